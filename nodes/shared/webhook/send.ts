import type { ServerResponse } from 'node:http';
import {
	type IWebhookFunctions,
	type IWebhookResponseData,
	NodeOperationError,
} from 'n8n-workflow';
import { type Answer, ignoreLaterWrites } from '../reply/reply';

const alreadyLogged = new Set<string>();

/** Logs a message about a trigger in n8n's log. It must contain nothing that a partner sent. */
export function logTriggerEvent(
	node: IWebhookFunctions,
	level: 'warn' | 'error',
	message: string,
): void {
	node.logger[level](`${node.getNode().name}: ${message}`);
}

/** Logs a warning as {@link logTriggerEvent} does, once per node, topic and process. */
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

/** Tells n8n that the trigger sends the response, and that no execution starts. */
export const NO_EXECUTION: IWebhookResponseData = { noWebhookResponse: true };

/** Sends an answer immediately, without starting an execution. */
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

/** The reason why a request to a test URL was rejected. n8n shows it in the editor. */
export class TestRefusal extends NodeOperationError {}

/**
 * Rejects a request without starting an execution. On the test URL, n8n shows the reason to the user as an
 * execution in which the trigger failed.
 *
 * @param send sends the response, or closes the connection
 * @param reason the reason, without secrets
 * @throws TestRefusal on a test URL, after the response was sent
 */
export function refuse(
	node: IWebhookFunctions,
	response: ServerResponse,
	reason: string,
	send: () => IWebhookResponseData,
): IWebhookResponseData {
	const sent = send();
	if (!isTestUrl(node)) return sent;
	// n8n sends its own response for an error that a trigger throws.
	ignoreLaterWrites(response);
	throw new TestRefusal(node.getNode(), reason, {
		description:
			"The test request was rejected, and its sender got the same response as from the production URL. To try again, click 'Execute step'.",
	});
}

/** Whether the request was sent to a test URL, whose webhook n8n runs as a manual execution. */
export function isTestUrl(node: IWebhookFunctions): boolean {
	return node.getMode() === 'manual';
}
