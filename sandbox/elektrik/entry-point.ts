import express, { type ErrorRequestHandler, type RequestHandler, type Router } from 'express';
import { isObject, parseJson, type JsonObject } from '../../nodes/shared/wire';
import { deliver, respond, statusReply, type Reply } from '../core/player';
import type { Electrician } from './electricians';
import type { UpdateOutcome } from './faults';
import type { PortalState } from './portal';

const BODY_LIMIT = '1mb';

/** The portal's one address for distributors: JSON by POST, whatever its content type says. */
export function elektrikEntryPoint(state: PortalState): Router {
	const router = express.Router();
	router.post('/', express.raw({ type: () => true, limit: BODY_LIMIT }), handleUpdate(state));
	router.all('/', (_req, res) => {
		res.status(405).set('Allow', 'POST').type('text/plain').send('The portal takes POST only.\n');
	});
	router.use(answerUnreadable);
	return router;
}

function handleUpdate(state: PortalState): RequestHandler {
	return async (req, res) => {
		const body = Buffer.isBuffer(req.body) ? req.body.toString('utf8') : '';
		const { answer: reply, electrician, ...update } = readUpdate(parseJson(body), state);
		const phone = electrician?.phone ?? null;
		const received = state.log.add(req, { ...update, phone });
		const delivery = await respond(state.faults, received, {
			res,
			carryOut() {
				if (update.outcome === 'updated' && electrician) {
					electrician.points = Number(update.points);
					received.carriedOut = true;
					state.updates.count(electrician.phone);
				}
				return jsonReply(reply);
			},
			nothingDone: () => jsonReply(reply),
			ownReply({ kind, message: error = FAILURES.phoneHashIncorrect }) {
				const isFailure = kind === 'error';
				return jsonReply({ success: isFailure, ...(isFailure && { result: false }), error });
			},
		});
		delivery(res);
	};
}

function jsonReply(message: PortalAnswer): Reply {
	return { status: 200, contentType: 'application/json', body: JSON.stringify(message) };
}

/** A body that is too large, or badly compressed. */
const answerUnreadable: ErrorRequestHandler = (error: unknown, _req, res, next) => {
	const status = typeof error === 'object' && error !== null && 'status' in error && error.status;
	if (typeof status === 'number') deliver(statusReply(status))(res);
	else next(error);
};

/** The portal's answer (docs/protocols/elektrik.md, 3.3): `error` only beside `result: false`. */
interface PortalAnswer {
	success: boolean;
	result?: boolean;
	error?: string;
}

/** What a request asks for, read but not executed. */
interface ReadUpdate {
	phoneHash: unknown;
	points: unknown;
	/** Whose points; `undefined` where the request names no electrician. */
	electrician?: Electrician;
	outcome: UpdateOutcome;
	answer: PortalAnswer;
}

/** Failures in the portal's own words (docs/protocols/elektrik.md, 3.5). */
const FAILURES = {
	uidIncorrect: 'UID incorrect',
	phoneHashIncorrect: 'Phone hash incorrect',
} as const;

/**
 * Reads a request of a distributor (docs/protocols/elektrik.md, 3.2).
 *
 * @param message its JSON; `undefined` for invalid JSON
 */
function readUpdate(message: unknown, { electricians }: PortalState): ReadUpdate {
	const fields = isObject(message) ? message : {};
	const { phone: phoneHash = null, points = null, uid } = fields;
	const electrician =
		typeof phoneHash === 'string' ? electricians.findByHash(phoneHash) : undefined;
	const read = { phoneHash, points, electrician };
	const reason = reasonToRefuse(fields);
	if (reason !== undefined) {
		// How the portal answers such requests is not described (docs/protocols/elektrik.md, 5.4).
		return { ...read, outcome: 'notUnderstood', answer: { success: false, error: reason } };
	}
	if (uid !== electricians.uid) return { ...read, ...failure('uidIncorrect') };
	if (!electrician) return { ...read, ...failure('phoneHashIncorrect') };
	return { ...read, outcome: 'updated', answer: { success: true, result: true } };
}

function failure(outcome: keyof typeof FAILURES): Pick<ReadUpdate, 'outcome' | 'answer'> {
	return { outcome, answer: { success: true, result: false, error: FAILURES[outcome] } };
}

function reasonToRefuse({ action, points }: JsonObject): string | undefined {
	if (action !== 'user.update.points') return 'Action unknown';
	return isNumber(points) && Number(points) >= 0 ? undefined : 'Points incorrect';
}

/** PHP takes a number written as text for a number. */
function isNumber(value: unknown): boolean {
	return typeof value === 'number' || (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value));
}
