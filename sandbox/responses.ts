import { STATUS_CODES } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Response } from 'express';

/** Sends a whole response with exactly these bytes and headers. */
export function send(
	res: Response,
	status: number,
	contentType: string,
	body: string | Buffer,
	headers: Readonly<Record<string, string>> = {},
): void {
	if (!canAnswer(res)) return;
	const bytes = Buffer.from(body);
	res.writeHead(status, {
		'Content-Type': contentType,
		'Content-Length': bytes.length,
		...headers,
	});
	res.end(bytes);
}

/** Closes the connection without a byte. */
export function drop(res: Response): void {
	res.req.socket.destroy();
}

/** Announces the whole body, sends half of it and resets the connection. */
export function resetHalfway(
	res: Response,
	body: string | Buffer,
	contentType = 'application/json',
): void {
	if (!canAnswer(res)) return;
	const bytes = Buffer.from(body);
	res.writeHead(200, { 'Content-Type': contentType, 'Content-Length': bytes.length });
	res.write(firstHalf(bytes), () => res.req.socket.resetAndDestroy());
}

export function firstHalf(bytes: Buffer): Buffer {
	return bytes.subarray(0, Math.ceil(bytes.length / 2));
}

/** Another HTTP status, with the page that belongs to it. `parseRetryAfter`: seconds or an HTTP date. */
export function sendStatus(res: Response, status: number, retryAfter?: number | string): void {
	const page = htmlPage(`${status} ${STATUS_CODES[status] ?? ''}`.trim());
	const headers: Record<string, string> = {};
	if (retryAfter !== undefined) headers['Retry-After'] = String(retryAfter);
	send(res, status, 'text/html', page, headers);
}

/** A page such as a web server or proxy puts in place of an answer. */
export function htmlPage(title: string): string {
	return [
		'<!DOCTYPE html>',
		`<html><head><title>${title}</title></head>`,
		`<body><h1>${title}</h1><p>The sandbox was told to answer like this.</p></body></html>`,
	].join('\n');
}

/** @returns whether the client still waits when the time is over */
export async function waitWhileOpen(res: Response, ms: number): Promise<boolean> {
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
