import type { ServerResponse } from 'node:http';
import type { IWebhookResponseData } from 'n8n-workflow';
import type { Answer } from '../reply';

/** Tells n8n that the response is ours, and that no execution starts. */
export const NO_EXECUTION: IWebhookResponseData = { noWebhookResponse: true };

/** Sends an answer at once; no execution starts. */
export function sendNow(
	response: ServerResponse,
	{ status, contentType, body, headers }: Answer,
): IWebhookResponseData {
	response.writeHead(status, {
		'Cache-Control': 'no-transform',
		...headers,
		'Content-Type': contentType,
		'Content-Length': body.length,
	});
	response.end(body);
	return NO_EXECUTION;
}
