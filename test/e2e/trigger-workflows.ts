import { randomUUID } from 'node:crypto';
import type { WorkflowDefinition, WorkflowNode } from '../../tools/n8n/workflow';

const PACKAGE = 'n8n-nodes-partner-exchange';
type Parameters = Record<string, unknown>;
type Step = Pick<WorkflowNode, 'type' | 'typeVersion' | 'parameters' | 'webhookId'>;

const step = (type: string, typeVersion: number, parameters: Parameters): Step => ({
	type,
	typeVersion,
	parameters,
});

/** The trigger of a workflow that is started by hand. */
export const startedByHand = (): Step => step('n8n-nodes-base.manualTrigger', 1, {});

/** Edit Fields, with an object or an expression that gives one. */
export const set = (json: unknown): Step =>
	step('n8n-nodes-base.set', 3.4, {
		mode: 'raw',
		jsonOutput: typeof json === 'string' ? json : JSON.stringify(json),
		options: {},
	});

export const splitOut = (fieldToSplitOut: string): Step =>
	step('n8n-nodes-base.splitOut', 1, { fieldToSplitOut, options: {} });

export const wait = (seconds: number): Step =>
	step('n8n-nodes-base.wait', 1.1, { amount: seconds, unit: 'seconds' });

export const stopAndError = (): Step =>
	step('n8n-nodes-base.stopAndError', 1, { errorMessage: 'internal: password is 1234' });

/** A node that fails by itself. */
export const failingNode = (): Step =>
	step('n8n-nodes-base.httpRequest', 4.2, { url: 'http://127.0.0.1:1/', options: {} });

/** A node that returns the JSON at an address, and fails where there is none. */
export const getJson = (url: string): Step =>
	step('n8n-nodes-base.httpRequest', 4.2, { url, options: {} });

/** A node that lets nothing through. */
export const nothing = (): Step =>
	step('n8n-nodes-base.filter', 2, {
		conditions: {
			options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 1 },
			conditions: [
				{
					id: '1',
					leftValue: 'a',
					rightValue: 'b',
					operator: { type: 'string', operation: 'equals' },
				},
			],
			combinator: 'and',
		},
		options: {},
	});

export const respond = (parameters: Parameters): Step =>
	step(`${PACKAGE}.exapi`, 1, { resource: 'request', operation: 'respond', ...parameters });

/** Passes the trigger's order on to another CRM. */
export const createOrder = (credentialId: string): Step & Pick<WorkflowNode, 'credentials'> => ({
	...step(`${PACKAGE}.exapi`, 1, {
		resource: 'order',
		operation: 'create',
		orderId: '={{ $json.order.orderId }}',
		goodName: '={{ $json.order.goodName }}',
	}),
	credentials: { exapiApi: { id: credentialId, name: 'Another CRM' } },
});

/**
 * An Exapi Trigger with a chain of nodes at each of its outputs.
 *
 * @param parameters of the trigger; `executionTimeout` is n8n's setting of the workflow, in seconds
 */
export function triggerWorkflow(
	path: string,
	credentialId: string,
	{ executionTimeout, ...parameters }: Parameters,
	...chains: Step[][]
): WorkflowDefinition {
	const trigger: WorkflowNode = {
		...step(`${PACKAGE}.exapiTrigger`, 1, { path, responseMode: 'lastNode', ...parameters }),
		name: 'Trigger',
		position: [0, 0],
		webhookId: randomUUID(),
		credentials: { exapiPartnersApi: { id: credentialId, name: 'Partners' } },
	};
	const nodes = [trigger];
	const connections: WorkflowDefinition['connections'] = {
		Trigger: { main: chains.map(() => []) },
	};
	chains.forEach((chain, output) => {
		chain.forEach((part, index) => {
			const name = `Node ${output}.${index}`;
			nodes.push({ ...part, name, position: [200 * (index + 1), 200 * output] });
			const target = { node: name, type: 'main' as const, index: 0 };
			if (index === 0) connections.Trigger!.main![output] = [target];
			else connections[`Node ${output}.${index - 1}`] = { main: [[target]] };
		});
	});
	const settings = {
		executionOrder: 'v1',
		...(executionTimeout === undefined ? {} : { executionTimeout }),
	};
	return { name: path, nodes, connections, settings };
}
