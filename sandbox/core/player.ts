import { STATUS_CODES } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Response } from 'express';
import type { CommonFault, CommonKind, FaultOptions, FaultPlan } from './faults';
import { COMMON_KINDS } from './faults';
import type { LogEntry } from './log';
import { BYTE_ORDER_MARK, PHP_HTML, phpWarning } from './php';

/** A whole response. */
export interface Reply {
	status: number;
	contentType: string;
	body: string | Buffer;
	headers?: Readonly<Record<string, string>>;
}

/** Sends a response, or does what a fault does instead. */
export type Delivery = (res: Response) => void;

type OwnFault<Fault> = Exclude<Fault, { kind: CommonKind }>;

/** A request that is to be answered. */
export interface PendingRequest<Fault> {
	res: Response;
	/** Executes the request. */
	carryOut(): Reply | Promise<Reply>;
	/** What a fault spoils when it prevents the request from being executed. */
	nothingDone(): Reply;
	/** What a kind of fault that only this system has makes of a response. */
	ownReply(fault: OwnFault<Fault>, reply: Reply): Reply;
}

/**
 * Executes a request and returns its response, or plays the fault of the plan that applies to it,
 * up to the point where something is to be sent.
 *
 * @param entry the request's entry in the log, which notes the fault
 */
export async function respond<
	Fault extends FaultOptions & { kind: string },
	Entry extends LogEntry,
>(plan: FaultPlan<Fault, Entry>, entry: Entry, request: PendingRequest<Fault>): Promise<Delivery> {
	const fault = plan.take(entry);
	if (!fault) return deliver(await request.carryOut());
	entry.fault = fault.kind;
	const early = plan.carriesOutFirst(fault) ? await request.carryOut() : undefined;
	const isOpen = fault.ms === undefined || (await waitWhileOpen(request.res, fault.ms));
	if (fault.kind === 'delay') {
		if (early) return deliver(early);
		return isOpen ? deliver(await request.carryOut()) : () => undefined;
	}
	const reply = early ?? request.nothingDone();
	if (isCommon(fault)) return spoil(fault, reply);
	return deliver(request.ownReply(fault as OwnFault<Fault>, reply));
}

/** Sends a whole response with exactly these bytes and headers. */
export function deliver({ status, contentType, body, headers = {} }: Reply): Delivery {
	return (res) => {
		if (!canAnswer(res)) return;
		const bytes = Buffer.from(body);
		res.writeHead(status, {
			'Content-Type': contentType,
			'Content-Length': bytes.length,
			...headers,
		});
		res.end(bytes);
	};
}

/** Closes the connection without a byte. */
export function drop(res: Response): void {
	res.req.socket.destroy();
}

/** Another HTTP status, with its page. `retryAfter`: seconds or an HTTP date. */
export function statusReply(status: number, retryAfter?: number | string): Reply {
	const body = htmlPage(`${status} ${STATUS_CODES[status] ?? ''}`.trim());
	const reply: Reply = { status, contentType: 'text/html', body };
	if (retryAfter !== undefined) reply.headers = { 'Retry-After': String(retryAfter) };
	return reply;
}

/** A page such as a web server or proxy sends instead of a response. */
function htmlPage(title: string): string {
	return [
		'<!DOCTYPE html>',
		`<html><head><title>${title}</title></head>`,
		`<body><h1>${title}</h1><p>The sandbox is set to respond like this.</p></body></html>`,
	].join('\n');
}

function isCommon<Fault extends { kind: string }>(fault: Fault): fault is Fault & CommonFault {
	return Object.hasOwn(COMMON_KINDS, fault.kind);
}

function spoil(fault: CommonFault, reply: Reply): Delivery {
	const bytes = Buffer.from(reply.body);
	const withPrefix = (prefix: string) => Buffer.concat([Buffer.from(prefix), bytes]);
	switch (fault.kind) {
		case 'drop':
			return drop;
		case 'reset':
			return (res) => resetAfter(res, reply, cut(bytes, fault.at));
		case 'truncated':
			return deliver({ ...reply, body: cut(bytes, fault.at) });
		case 'empty':
			return deliver({ ...reply, body: '' });
		case 'html': {
			const body = htmlPage('The site is closed for maintenance');
			return deliver({ status: 200, contentType: PHP_HTML, body });
		}
		case 'warning': {
			const body = withPrefix(phpWarning('Undefined array key "city"'));
			return deliver({ ...reply, contentType: PHP_HTML, body });
		}
		case 'byteOrderMark':
			return deliver({ ...reply, contentType: PHP_HTML, body: withPrefix(BYTE_ORDER_MARK) });
		case 'status':
			return deliver(statusReply(fault.status, fault.retryAfter));
		case 'delay':
			return deliver(reply);
	}
}

function cut(bytes: Buffer, at = Math.ceil(bytes.length / 2)): Buffer {
	return bytes.subarray(0, at);
}

/** Announces the whole body, sends its start and resets the connection. */
function resetAfter(res: Response, { contentType, body }: Reply, start: Buffer): void {
	if (!canAnswer(res)) return;
	res.writeHead(200, {
		'Content-Type': contentType,
		'Content-Length': Buffer.byteLength(body),
	});
	res.write(start, () => res.req.socket.resetAndDestroy());
}

/** @returns whether the client still waits when the time is over */
async function waitWhileOpen(res: Response, ms: number): Promise<boolean> {
	const gone = new AbortController();
	const abort = () => gone.abort();
	res.once('close', abort);
	try {
		await sleep(ms, undefined, { signal: gone.signal });
		return canAnswer(res);
	} catch {
		return false;
	} finally {
		res.off('close', abort);
	}
}

function canAnswer(res: Response): boolean {
	return !res.destroyed && !res.headersSent && !res.req.socket.destroyed;
}
