import type { Request } from 'express';
import type { IWebhookFunctions } from 'n8n-workflow';
import { PATIENCE, watchArrival } from './arrival';
import { tell } from './telling';
import { watchUnpacking } from './unpacking';

/** n8n's request: it reads the body as it came, decompressed, when it is asked to. */
interface RawRequest extends Request {
	readRawBody(): Promise<void>;
}

let noticed = false;

/**
 * The bytes of a webhook's request. `req.body` is not used: n8n mixes up XML of requests that come
 * at once. When n8n has read the body by itself this is told, once for a process.
 *
 * @throws whatever n8n does about a body that is too large or not what its encoding says; Error
 *   when the body does not come, whose connection is closed then
 */
export async function readRawBody(
	node: IWebhookFunctions,
	request: Request,
	patience = PATIENCE,
): Promise<Buffer> {
	const raw = request as RawRequest;
	noticeReadBody(node, raw);
	const giveUp = watchUnpacking(raw);
	const arrival = watchArrival(raw, patience);
	arrival.failed.catch(() => raw.destroy());
	try {
		await Promise.race([raw.readRawBody(), arrival.failed]);
	} catch (error) {
		giveUp();
		throw error;
	} finally {
		arrival.stop();
	}
	return bytesOf(raw) ?? Buffer.alloc(0);
}

/** None before the body was read, nor where there is none, whatever n8n's types say. */
function bytesOf(request: Request): Buffer | undefined {
	return (request as { rawBody?: Buffer }).rawBody;
}

/**
 * n8n hands over an unread body to a trigger of version 1 with the option `binaryData`. That is
 * nowhere promised: should it end, what n8n cannot parse never comes here.
 */
function noticeReadBody(node: IWebhookFunctions, request: Request): void {
	if (noticed || (bytesOf(request) === undefined && request.body === undefined)) return;
	noticed = true;
	tell(
		node,
		'warn',
		'n8n parsed a request before the trigger saw it, so it answers malformed JSON and other encodings than UTF-8 in its own words, where the partner expects those of the protocol. Other requests are served as before. If this trigger was not made in the editor, give its options "binaryData": true; otherwise look for a newer version of this package.',
	);
}
