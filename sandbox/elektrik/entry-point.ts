import express, { type ErrorRequestHandler, type RequestHandler, type Router } from 'express';
import { parseJson } from '../../nodes/shared/wire';
import { sendStatus } from '../responses';
import { answerUpdate } from './answering';
import type { PortalState } from './portal-state';
import { readUpdate } from './updates';

const BODY_LIMIT = '1mb';

/** The portal's one address for distributors: JSON by POST, whatever its content type says. */
export function elektrikEntryPoint(state: PortalState): Router {
	const router = express.Router();
	router.use((req, _res, next) => {
		state.connections.count(req.socket);
		next();
	});
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
		const update = readUpdate(parseJson(body), state.electricians);
		const { action, phoneHash, points, electrician, outcome } = update;
		const { remoteAddress = '', remotePort = 0 } = req.socket;
		const received = state.log.add({
			contentType: req.headers['content-type'] ?? '',
			action,
			phoneHash,
			points,
			phone: electrician?.phone ?? null,
			outcome,
			remoteAddress,
			remotePort,
		});
		const end = state.log.begin(received);
		res.once('close', end);
		try {
			await answerUpdate({ state, update, received, res });
		} finally {
			// The answer may be at the client before this connection knows that it has left.
			end();
		}
	};
}

/** A body too large, or wrongly compressed. */
const answerUnreadable: ErrorRequestHandler = (error: unknown, _req, res, next) => {
	const status = typeof error === 'object' && error !== null && 'status' in error && error.status;
	if (typeof status === 'number') sendStatus(res, status);
	else next(error);
};
