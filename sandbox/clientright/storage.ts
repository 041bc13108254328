import express, { type Request, type Response, type Router } from 'express';
import { htmlPage, send } from '../responses';
import type { CrmState } from './crm-state';
import { strike } from './fault-effects';
import type { Reply } from './php-output';
import type { ReceivedCall } from './request-log';
import { originOf } from './webservice';

const APACHE_HTML = 'text/html; charset=iso-8859-1';

/** The CRM's folder of uploaded files, served by the web server without vtiger. */
export function storageFolder(state: CrmState): Router {
	const router = express.Router();
	router.get('/*path', async (req, res) => {
		const received = state.log.add(originOf(req));
		received.operation = 'download';
		state.figures.countDownload();
		await answer(state, req, res, received);
		received.status = res.headersSent ? res.statusCode : null;
	});
	return router;
}

async function answer(
	state: CrmState,
	req: Request,
	res: Response,
	received: ReceivedCall,
): Promise<void> {
	const path = `storage${decodeURIComponent(req.path)}`;
	received.parameters = { path };
	const reply = fileReply(state, path);
	const carryOut = () => {
		received.carriedOut = reply.status === 200;
		return Promise.resolve(reply);
	};
	const fault = state.faults.take(received);
	if (fault) {
		const deliver = await strike({ fault, received, res, carryOut, endSession: () => undefined });
		deliver(res);
		return;
	}
	const { status, contentType, body } = await carryOut();
	send(res, status, contentType, body);
}

function fileReply({ files, quirks }: CrmState, path: string): Reply {
	const file = files.find(path);
	const content = files.content(path);
	if (!file || !content) return page(404, 'Not Found');
	if (file.forbidden || quirks.filesForbidden) return page(403, 'Forbidden');
	const contentType = path.endsWith('.pdf') ? 'application/pdf' : 'application/octet-stream';
	return { status: 200, contentType, body: content };
}

function page(status: number, title: string): Reply {
	return { status, contentType: APACHE_HTML, body: htmlPage(`${status} ${title}`) };
}
