import type { ServerResponse } from 'node:http';
import {
	type IWebhookFunctions,
	type IWebhookResponseData,
	NodeOperationError,
} from 'n8n-workflow';
import { type Answer, ignoreLaterWrites } from '../reply/reply';

const alreadyLogged = new Set<string>();

/** Tells n8n's log something about a trigger. Nothing a partner sent belongs in it. */
export function logTriggerEvent(
	node: IWebhookFunctions,
	level: 'warn' | 'error',
	message: string,
): void {
	node.logger[level](`${node.getNode().name}: ${message}`);
}

/** As {@link logTriggerEvent}, once for a node, topic and process: what is told may differ each time. */
export function warnOnce(
	node: IWebhookFunctions,
	topic: 'address' | 'closed' | 'hops' | 'proxy',
	message: string,
): void {
	const id = `${String(node.getWorkflow().id)} ${node.getNode().id} ${topic}`;
	if (alreadyLogged.has(id)) return;
	alreadyLogged.add(id);
	logTriggerEvent(node, 'warn', message);
}

/** Tells n8n that the response is ours, and that no execution starts. */
export const NO_EXECUTION: IWebhookResponseData = { noWebhookResponse: true };

/** Sends an answer at once; no execution starts. */
export function respondImmediately(
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

/** Why a request of a test URL was refused. Thrown by a trigger, n8n shows it in the editor. */
export class TestRefusal extends NodeOperationError {}

/**
 * Refuses a request, which starts no execution. On a test URL the reason is where the person looks
 * who tries the trigger: n8n shows an execution in which the trigger failed.
 *
 * @param send answers the request, or closes its connection
 * @param reason without secrets
 * @throws TestRefusal on a test URL, when the answer has been sent
 */
export function refuse(
	node: IWebhookFunctions,
	response: ServerResponse,
	reason: string,
	send: () => IWebhookResponseData,
): IWebhookResponseData {
	const sent = send();
	if (!isTestUrl(node)) return sent;
	// n8n answers by itself what a trigger throws.
	ignoreLaterWrites(response);
	throw new TestRefusal(node.getNode(), reason, {
		description:
			"The test request was rejected, and its sender got the same response as from the production URL. To try again, click 'Execute step'.",
	});
}

/** n8n runs the webhook of a test URL as a manual execution. */
export function isTestUrl(node: IWebhookFunctions): boolean {
	return node.getMode() === 'manual';
}
