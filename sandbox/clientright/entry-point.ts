import express, { type RequestHandler, type Router } from 'express';
import { htmlPage, respond, type Reply } from '../core/player';
import { nothingDone, vtigerReplies } from './faults';
import type { OperationTable } from './operation-table';
import type { ClientRightState } from './state';
import { unreadCall, webservice } from './webservice';

/** More than PHP accepts, so that it is PHP's limit that is reached. */
const BODY_LIMIT = '64mb';
const APACHE_HTML = 'text/html; charset=iso-8859-1';

/** The CRM's folder on its web server: `webservice.php` and `storage/`. */
export function clientRightEntryPoint(state: ClientRightState, operations: OperationTable): Router {
	const router = express.Router();
	router.use((req, _res, next) => {
		state.connections.count(req.socket);
		next();
	});
	router.all(
		'/webservice.php',
		express.raw({ type: () => true, limit: BODY_LIMIT }),
		webservice(state, operations),
	);
	router.get('/storage/*path', download(state));
	return router;
}

/** The CRM's folder of uploaded files, served by the web server without vtiger. */
function download(state: ClientRightState): RequestHandler {
	return async (req, res) => {
		const path = decodeURIComponent(req.path).slice(1);
		const received = state.log.add(req, {
			...unreadCall(req),
			operation: 'download',
			parameters: { path },
		});
		state.figures.logins.count('downloads');
		const delivery = await respond(state.faults, received, {
			res,
			carryOut() {
				const reply = fileReply(state, path);
				received.carriedOut = reply.status === 200;
				return reply;
			},
			nothingDone,
			ownReply: vtigerReplies(received, () => undefined),
		});
		delivery(res);
		received.status = res.headersSent ? res.statusCode : null;
	};
}

function fileReply({ files }: ClientRightState, path: string): Reply {
	const file = files.find(path);
	if (!file) return page(404, 'Not Found');
	if (file.forbidden) return page(403, 'Forbidden');
	const contentType = path.endsWith('.pdf') ? 'application/pdf' : 'application/octet-stream';
	return { status: 200, contentType, body: file.content };
}

function page(status: number, title: string): Reply {
	return { status, contentType: APACHE_HTML, body: htmlPage(`${status} ${title}`) };
}
