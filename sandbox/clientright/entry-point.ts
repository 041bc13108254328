import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { htmlEntities } from '../core/php';
import { respond, type Reply } from '../core/player';
import { fileAt } from './documents';
import { nothingDone, vtigerReplies, type ReceivedCall } from './faults';
import { MODULES } from './modules';
import { textsIn, type OperationTable } from './operation-table';
import { allParameters, limitsOf, readPhpRequest } from './php';
import { shownRecord } from './record-operations';
import type { ClientRightState } from './state';
import { capture } from './web-forms';
import { unreadCall, webservice } from './webservice';

/** More than PHP accepts, so that it is PHP's limit that is reached. */
const BODY_LIMIT = '192mb';
/** What Apache reads of a request's first line. */
const MOST_LINE_BYTES = 8190;

/** The CRM's folder on its web server: `webservice.php`, web forms, pages and `storage/`. */
export function clientRightEntryPoint(state: ClientRightState, operations: OperationTable): Router {
	const router = express.Router();
	router.use((req, res, next) => {
		state.connections.count(req.socket);
		const line = `${req.method} ${req.originalUrl} HTTP/1.1`;
		if (line.length <= MOST_LINE_BYTES) next();
		else send(res, apachePage(414, 'Request-URI Too Long', TOO_LONG));
	});
	const body = express.raw({ type: () => true, limit: BODY_LIMIT });
	router.all('/webservice.php', body, webservice(state, operations));
	router.all('/modules/Webforms/capture.php', body, webForm(state));
	router.get('/storage/*path', download(state));
	router.get('/index.php', (req, res) => send(res, recordPage(state, req)));
	return router;
}

function send(res: Response, { status, contentType, body, headers }: Reply): void {
	res.writeHead(status, { 'Content-Type': contentType, ...headers }).end(body);
}

/** Plays faults, and keeps the log, for what is answered without a session. */
async function answer(
	state: ClientRightState,
	received: ReceivedCall,
	res: Response,
	carryOut: () => Reply,
): Promise<void> {
	const delivery = await respond(state.faults, received, {
		res,
		carryOut,
		nothingDone: () => nothingDone(state.quirks),
		ownReply: vtigerReplies(received, () => undefined, state.quirks),
	});
	delivery(res);
	received.status = res.headersSent ? res.statusCode : null;
}

function webForm(state: ClientRightState): RequestHandler {
	return async (req, res) => {
		const request = readPhpRequest(req, limitsOf(state.quirks, state.mostFileBytes));
		const operation = 'capture';
		const parameters = textsIn(allParameters(request, false));
		const received = state.log.add(req, { ...unreadCall(req), operation, parameters });
		state.figures.operations.count(operation);
		await answer(state, received, res, () => {
			const before = state.records.all().length;
			const reply = capture(state, request);
			received.carriedOut = state.records.all().length > before;
			return reply;
		});
	};
}

/** The CRM's folder of uploaded files, served by the web server without vtiger. */
function download(state: ClientRightState): RequestHandler {
	return async (req, res) => {
		const path = decodeURIComponent(req.path).slice(1);
		const operation = 'download';
		const received = state.log.add(req, { ...unreadCall(req), operation, parameters: { path } });
		state.figures.logins.count('downloads');
		await answer(state, received, res, () => {
			const reply = fileReply(state, path);
			received.carriedOut = reply.status === 200;
			return reply;
		});
	};
}

const FORBIDDEN = "You don't have permission to access this resource.";
const NOT_FOUND = 'The requested URL was not found on this server.';
const TOO_LONG = "The requested URL's length exceeds the capacity\nlimit for this server.<br />\n";

function fileReply({ records }: ClientRightState, path: string): Reply {
	const file = fileAt(records, path);
	if (!file) return apachePage(404, 'Not Found', NOT_FOUND);
	if (file.forbidden) return apachePage(403, 'Forbidden', FORBIDDEN);
	const contentType = path.endsWith('.pdf') ? 'application/pdf' : 'application/octet-stream';
	return { status: 200, contentType, body: file.content };
}

function apachePage(status: number, title: string, text: string): Reply {
	const body = [
		'<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">',
		`<html><head>\n<title>${status} ${title}</title>\n</head><body>`,
		`<h1>${title}</h1>\n<p>${text}</p>\n</body></html>\n`,
	];
	return { status, contentType: 'text/html; charset=iso-8859-1', body: body.join('\n') };
}

/** The page of a record, to which the nodes' `url` leads; the CRM's own wants a login first. */
function recordPage(state: ClientRightState, { originalUrl }: Request): Reply {
	const parameters = new URLSearchParams(originalUrl.split('?')[1]);
	const module = MODULES.get(parameters.get('module') ?? '');
	const record = module && state.records.find(module, parameters.get('record') ?? '');
	if (!record) return apachePage(404, 'Not Found', NOT_FOUND);
	const shown = Object.entries(shownRecord(record, state)) as Array<[string, string | null]>;
	const rows = shown
		// The label is made of other fields.
		.filter(([name, value]) => name !== 'label' && value !== null && value !== '')
		.map(([name, value]) => {
			const label = record.module.fields.get(name)?.label ?? name;
			return `<tr><th>${htmlEntities(label)}</th><td>${htmlEntities(value ?? '')}</td></tr>`;
		});
	const title = htmlEntities(`${record.module.singular} ${record.id}`);
	const page = `<!DOCTYPE html><meta charset="utf-8"><title>${title}</title><h1>${title}</h1>`;
	return {
		status: 200,
		contentType: 'text/html; charset=UTF-8',
		// Its texts come from partners: nothing in it may run.
		headers: { 'Content-Security-Policy': "default-src 'none'" },
		body: `${page}<table>${rows.join('')}</table>`,
	};
}
