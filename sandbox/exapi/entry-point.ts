import { randomUUID } from 'node:crypto';
import express, { type ErrorRequestHandler, type RequestHandler, type Router } from 'express';
import {
	ExapiRequestError,
	type ExapiAnswer,
	type ExapiKey,
	type OpenedRequest,
} from '../../nodes/Exapi/protocol';
import { isObject } from '../../nodes/shared/wire';
import { deliver, respond, drop, type PendingRequest, type Reply } from '../core/player';
import type { LogEntry } from '../core/log';
import type { Fault, ReceivedRequest } from './faults';
import { executeMethod, MethodError, orderIdIn } from './methods';
import type { ExapiState } from './state';
import { writeSignedAnswer } from './wire';

/** As n8n's own limit for a request. */
const BODY_LIMIT = '16mb';
const ERROR_TEXT = 'An error that the sandbox is set to return';

/** The CRM's one address: signed messages by POST, whatever their content type says. */
export function exapiEntryPoint(state: ExapiState): Router {
	const router = express.Router();
	router.all('/', (req, res, next) => {
		state.connections.count(req.socket);
		res.once('close', state.requestsAtOnce.begin(''));
		next();
	});
	router.post('/', express.raw({ type: () => true, limit: BODY_LIMIT }), handleMessage(state));
	router.all('/', (_req, res) => {
		res.status(405).set('Allow', 'POST').type('text/plain').send('exapi takes POST only.\n');
	});
	router.use(dropUnreadable(state));
	return router;
}

/** The signature of a body that is too large or badly compressed is never read: no answer either. */
function dropUnreadable(state: ExapiState): ErrorRequestHandler {
	return (error: unknown, req, res, next) => {
		// What Express's body parsers throw, in contrast to a mistake of ours.
		if (!isObject(error) || typeof error.status !== 'number') {
			next(error);
			return;
		}
		if (req.socket.destroyed) return;
		state.log.add(req, refused(String(error.message)));
		drop(res);
	};
}

function handleMessage(state: ExapiState): RequestHandler {
	return async (req, res) => {
		const body = Buffer.isBuffer(req.body) ? req.body.toString('utf8') : '';
		let opened: OpenedRequest;
		try {
			opened = state.authentication.authenticate(body, req.socket.remoteAddress ?? '');
		} catch (error) {
			if (!(error instanceof ExapiRequestError)) throw error;
			const { answerTo, message } = error;
			if (!answerTo) {
				state.log.add(req, refused(message));
				drop(res);
				return;
			}
			const { key, id } = answerTo;
			state.outcomes.count('admitted');
			state.log.add(req, { ...refused(null), admitted: true, sender: key.sender });
			deliver(signed({ result: null, error: message, id }, key, state))(res);
			return;
		}
		const { key, request } = opened;
		const orderId = orderIdIn(request);
		state.outcomes.count('admitted');
		state.methods.count(request.method);
		if (orderId !== null) state.receipts.count(orderId);
		const sender = { admitted: true, refusal: null, sender: key.sender };
		const received = state.log.add(req, { ...sender, ...request, orderId });
		const pending = { res, ...pendingCall(opened, received, state) };
		const delivery = await respond(state.faults, received, pending);
		delivery(res);
	};
}

/** How the CRM answers an authenticated request, also when a fault applies to it. */
function pendingCall(
	{ key, request }: OpenedRequest,
	received: ReceivedRequest,
	state: ExapiState,
): Omit<PendingRequest<Fault>, 'res'> {
	const id = state.quirks.answerId === 'null' ? null : request.id;
	// What a fault spoils when it prevents the request from being executed.
	let whole: ExapiAnswer = { result: false, error: null, id };
	const reply = (changes: Partial<ExapiAnswer> = {}, by = key): Reply =>
		signed({ ...whole, ...changes }, by, state);
	return {
		carryOut() {
			try {
				const view = { sender: key.sender, book: state.book, style: state };
				whole = { result: executeMethod(request, view), error: null, id };
				received.carriedOut = true;
			} catch (error) {
				if (!(error instanceof MethodError)) throw error;
				whole = { result: null, error: error.message, id };
			}
			return reply();
		},
		nothingDone: () => reply(),
		ownReply(fault) {
			switch (fault.kind) {
				case 'wrongSignature':
					return reply({}, { ...key, secret: randomUUID() });
				case 'otherId':
					return reply({ id: `other-${randomUUID()}` });
				case 'false':
					return reply({ result: false, error: null });
				case 'error':
					return reply({ result: null, error: fault.message ?? ERROR_TEXT });
			}
		},
	};
}

function signed(whole: ExapiAnswer, key: ExapiKey, { quirks }: ExapiState): Reply {
	const body = writeSignedAnswer(whole, key, quirks);
	return { status: 200, contentType: 'application/json', body };
}

function refused(refusal: string | null): Omit<ReceivedRequest, keyof LogEntry> {
	return {
		admitted: false,
		refusal,
		sender: null,
		method: null,
		params: null,
		id: null,
		orderId: null,
	};
}
