import express, { type ErrorRequestHandler, type Router } from 'express';
import { isObject, type JsonObject } from '../nodes/shared/wire';

/** A control request that cannot be carried out; `status` is its HTTP status. */
export class SandboxControlError extends Error {
	override readonly name = 'SandboxControlError';

	constructor(
		message: string,
		readonly status: 400 | 403 | 404 | 409 | 502 | 504 = 400,
	) {
		super(message);
	}
}

/** A router for JSON in and JSON out, to which a system adds its control routes. */
export function controlRouter(): Router {
	const router = express.Router();
	router.use(express.json({ limit: '64mb' }));
	return router;
}

/**
 * Closes a control router: unknown addresses and errors are answered as `{error}`, never as
 * Express's page with a stack. To be mounted after the routes.
 */
export function endControlRoutes(router: Router): void {
	router.use((req) => {
		throw new SandboxControlError(`There is no ${req.method} ${req.originalUrl}`, 404);
	});
	answerErrors(router);
}

/** Errors of a router as `{error}`, without an end to its addresses. */
export function answerErrors(router: Router): void {
	const answerError: ErrorRequestHandler = (error: unknown, _req, res, next) => {
		if (res.headersSent) next(error);
		else res.status(statusOf(error)).json({ error: messageOf(error) });
	};
	router.use(answerError);
}

/** A system's faults, as its control API offers them. */
interface Faulty<Fault> {
	injectFault(fault: Fault): unknown;
	faults(): unknown;
	clearFaults(): void;
}

/**
 * Adds what every system has: `GET`, `POST` and `DELETE` of `/faults`.
 *
 * @param read throws a SandboxControlError for what is no fault
 */
export function addFaultRoutes<Fault>(
	router: Router,
	system: Faulty<Fault>,
	read: (body: JsonObject) => Fault,
): void {
	router.get('/faults', (_req, res) => res.json(system.faults()));
	router.post('/faults', (req, res) => {
		res.status(201).json(system.injectFault(read(objectIn(req.body))));
	});
	router.delete('/faults', (_req, res) => {
		system.clearFaults();
		res.status(204).end();
	});
}

/** A value of a query, if it was given once. */
export function textIn(value: unknown): string | undefined {
	return typeof value === 'string' ? value : undefined;
}

/** The JSON object in the body of a control request. */
export function objectIn(body: unknown): JsonObject {
	if (isObject(body)) return body;
	throw new SandboxControlError('Send a JSON object with Content-Type: application/json');
}

/** `?last=20` asks for so many of the latest entries of a list; all, when absent. */
export function lastIn({ last }: Readonly<Record<string, unknown>>): number {
	if (last === undefined) return Infinity;
	const count = Number(last);
	if (Number.isInteger(count) && count > 0) return count;
	throw new SandboxControlError('"last" must be a whole number above 0');
}

function statusOf(error: unknown): number {
	const status = typeof error === 'object' && error !== null && 'status' in error && error.status;
	return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
