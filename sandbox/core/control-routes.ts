import express, { type ErrorRequestHandler, type RequestHandler, type Router } from 'express';
import { SandboxControlError } from './input';
import { isLoopback } from './loopback';

/** One address of a control API: JSON in, JSON out. */
export interface ControlRoute {
	method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
	/** Below `/control/<system>`. */
	path: string;
	/** What it does, for the page and the documentation. */
	about: string;
	/** @returns the JSON of the response; nothing for HTTP 204 */
	run(request: ControlRequest): unknown;
}

export interface ControlRequest {
	parameters: Readonly<Record<string, string>>;
	query: Readonly<Record<string, unknown>>;
	body: unknown;
}

/** `Sec-Fetch-Site` of requests in which no other site had a part (Fetch Metadata, 2.3). */
const NO_OTHER_SITE = new Set(['same-origin', 'none']);

/** Unknown addresses and errors are answered as `{error}`, never as Express's page with a stack. */
export function controlRouter(routes: readonly ControlRoute[]): Router {
	const router = express.Router();
	router.use(express.json({ limit: '64mb' }));
	for (const route of routes) {
		const method = route.method.toLowerCase() as Lowercase<ControlRoute['method']>;
		router[method](route.path, async ({ params, query, body }, res) => {
			const parameters = params as Record<string, string>;
			const result = await route.run({ parameters, query, body });
			if (result === undefined) res.status(204).end();
			else res.json(result);
		});
	}
	router.use((req) => {
		throw new SandboxControlError(`There is no ${req.method} ${req.originalUrl}`, 404);
	});
	router.use(answerError);
	return router;
}

/** Protects all control APIs; answers itself what they have in common. */
export function guardControls(describe: () => unknown): Router {
	const router = express.Router();
	router.use(fromThisMachineOnly);
	router.get('/', (_req, res) => res.json(describe()));
	router.use(answerError);
	return router;
}

/**
 * Accepts requests of programs on this machine and of the sandbox's own page. A control request can
 * make the sandbox send requests to this machine, so a web site that is open in a browser must not
 * control it: neither under its own name (`Origin`, `Sec-Fetch-Site`) nor under a name that it has
 * pointed at this machine (`Host`, DNS rebinding).
 *
 * Throws a {@link SandboxControlError} with status 403 for everything else.
 */
const fromThisMachineOnly: RequestHandler = (req, _res, next) => {
	const { host = '', origin, 'sec-fetch-site': site } = req.headers;
	if (!isLoopbackHost(host)) {
		throw new SandboxControlError(
			`"${host}" is not a name of this machine. Use 127.0.0.1, localhost or [::1]`,
			403,
		);
	}
	const isOwn = origin === undefined || origin === `http://${host}`;
	if (!isOwn || !NO_OTHER_SITE.has(site ?? 'none')) {
		throw new SandboxControlError(
			'Another web site sent this request. The sandbox is controlled from its own page, or by programs of this machine',
			403,
		);
	}
	next();
};

const answerError: ErrorRequestHandler = (error: unknown, _req, res, next) => {
	if (res.headersSent) next(error);
	else res.status(statusOf(error)).json({ error: messageOf(error) });
};

function isLoopbackHost(host: string): boolean {
	const address = `http://${host}`;
	return URL.canParse(address) && isLoopback(new URL(address).hostname);
}

function statusOf(error: unknown): number {
	const status = typeof error === 'object' && error !== null && 'status' in error && error.status;
	return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
