import express, {
	type ErrorRequestHandler,
	type Request,
	type RequestHandler,
	type Router,
} from 'express';
import { ExapiRequestError } from '../../nodes/Exapi/protocol';
import { isObject } from '../../nodes/shared/wire';
import { drop } from '../responses';
import { answerRequest, sendSigned } from './answering';
import type { CrmState } from './crm-state';
import { orderIdIn } from './methods';
import type { ReceivedRequest } from './request-log';

/** As n8n's own limit for a request. */
const BODY_LIMIT = '16mb';

/** The CRM's one address: signed messages by POST, whatever their content type says. */
export function exapiEntryPoint(state: CrmState): Router {
	const router = express.Router();
	router.all('/', countRequest(state));
	router.post('/', express.raw({ type: () => true, limit: BODY_LIMIT }), handleMessage(state));
	router.all('/', (_req, res) => {
		res.status(405).set('Allow', 'POST').type('text/plain').send('exapi takes POST only.\n');
	});
	router.use(dropUnreadable(state));
	return router;
}

function countRequest({ connections, log }: CrmState): RequestHandler {
	return (req, res, next) => {
		connections.count(req.socket);
		log.begin();
		res.once('close', () => log.end());
		next();
	};
}

/** A body too large, or wrongly compressed, never comes to its signature: no answer either. */
function dropUnreadable(state: CrmState): ErrorRequestHandler {
	return (error: unknown, req, res, next) => {
		if (!isHttpError(error)) {
			next(error);
			return;
		}
		if (req.socket.destroyed) return;
		state.log.add({ ...admittedAs(null), refusal: error.message, ...originOf(req) });
		drop(res);
	};
}

/** What Express's body parsers throw, in contrast to a mistake of ours. */
function isHttpError(error: unknown): error is { message: string } {
	return isObject(error) && typeof error.status === 'number';
}

function originOf(req: Request): Pick<ReceivedRequest, 'remoteAddress' | 'remotePort'> {
	const { remoteAddress = '', remotePort = 0 } = req.socket;
	return { remoteAddress, remotePort };
}

function handleMessage(state: CrmState): RequestHandler {
	return async (req, res) => {
		const body = Buffer.isBuffer(req.body) ? req.body.toString('utf8') : '';
		const from = originOf(req);
		try {
			const opened = state.admission.admit(body, from.remoteAddress);
			const { key, request } = opened;
			const received = state.log.add({ ...admittedAs(key.sender), ...request, ...from });
			const orderId = orderIdIn(request);
			if (orderId !== undefined) state.log.countOrder(orderId);
			await answerRequest({ state, opened, received, res });
		} catch (error) {
			if (!(error instanceof ExapiRequestError)) throw error;
			const { answerTo } = error;
			if (answerTo) {
				const { key, id } = answerTo;
				state.log.add({ ...admittedAs(key.sender), ...from });
				sendSigned(res, { result: null, error: error.message, id }, key, state);
			} else {
				state.log.add({ ...admittedAs(null), refusal: error.message, ...from });
				drop(res);
			}
		}
	};
}

function admittedAs(
	sender: string | null,
): Pick<ReceivedRequest, 'admitted' | 'refusal' | 'sender' | 'method' | 'params' | 'id'> {
	return {
		admitted: sender !== null,
		refusal: null,
		sender,
		method: null,
		params: null,
		id: null,
	};
}
