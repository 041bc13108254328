import type { ServerResponse } from 'node:http';
import {
	NodeOperationError,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';
import { ignoreLaterWrites } from '../reply';

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
			'The test request was refused, and its sender got the answer that the production URL gives. To try again, click “Execute step”.',
	});
}

/** n8n runs the webhook of a test URL as a manual execution. */
export function isTestUrl(node: IWebhookFunctions): boolean {
	return node.getMode() === 'manual';
}
