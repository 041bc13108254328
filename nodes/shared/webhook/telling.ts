import type { IWebhookFunctions } from 'n8n-workflow';

const told = new Set<string>();

/** Tells n8n's log something about a trigger. Nothing a partner sent belongs in it. */
export function tell(node: IWebhookFunctions, level: 'warn' | 'error', message: string): void {
	node.logger[level](`${node.getNode().name}: ${message}`);
}

/** As {@link tell}, once for a node, topic and process: what is told may differ each time. */
export function tellOnce(
	node: IWebhookFunctions,
	topic: 'address' | 'closed' | 'hops' | 'proxy',
	message: string,
): void {
	const id = `${String(node.getWorkflow().id)} ${node.getNode().id} ${topic}`;
	if (told.has(id)) return;
	told.add(id);
	tell(node, 'warn', message);
}
