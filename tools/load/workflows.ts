import type { WorkflowDefinition, WorkflowNode } from '../n8n/workflow';

const PACKAGE = 'n8n-nodes-partner-exchange';

/** n8n takes no schedule with several seconds in it, but several schedules. */
const EVERY_TEN_SECONDS = [0, 10, 20, 30, 40, 50].map((second) => ({
	mode: 'custom',
	cronExpression: `${second} * * * * *`,
}));

function chain(
	name: string,
	...steps: Array<Pick<WorkflowNode, 'type' | 'typeVersion' | 'parameters' | 'credentials'>>
): WorkflowDefinition {
	const nodes = steps.map((step, at): WorkflowNode => ({
		...step,
		name: `Node ${at}`,
		position: [200 * at, 0],
	}));
	const connections = Object.fromEntries(
		nodes
			.slice(1)
			.map((node, at) => [
				`Node ${at}`,
				{ main: [[{ node: node.name, type: 'main' as const, index: 0 }]] },
			]),
	);
	return { name, nodes, connections, settings: { executionOrder: 'v1' } };
}

const editFields = (expression: string) => ({
	type: 'n8n-nodes-base.set',
	typeVersion: 3.4,
	parameters: { mode: 'raw', jsonOutput: expression, options: {} },
});

/** Each trigger with the least that answers by what was asked. */
export const exapiWorkflow = (path: string, credential: string): WorkflowDefinition =>
	chain(
		'exapi',
		{
			type: `${PACKAGE}.exapiTrigger`,
			typeVersion: 1,
			parameters: { path, responseMode: 'lastNode', ban: { maxFailures: 1_000_000 } },
			credentials: { exapiPartnersApi: { id: credential, name: 'Partners' } },
		},
		editFields(
			'={{ $json.method === "addOrder" ? { crmId: $json.order.quantity } : { orderId: $json.orderIds?.[0] ?? "A-1", status: "paid", fullName: $json.since ?? "", updateRevision: ($json.revision ?? 0) + 1 } }}',
		),
	);

export const elektrikWorkflow = (path: string, credential: string): WorkflowDefinition =>
	chain(
		'Elektrik.ru',
		{
			type: `${PACKAGE}.elektrikTrigger`,
			typeVersion: 1,
			parameters: { path, responseMode: 'lastNode' },
			credentials: { elektrikApi: { id: credential, name: 'Portal' } },
		},
		editFields('={{ { points: parseInt($json.phoneHash.slice(0, 6), 16) } }}'),
	);

/** @param witness address to which each change is reported */
export const changesWorkflow = (credential: string, witness: string): WorkflowDefinition =>
	chain(
		'Changes',
		{
			type: `${PACKAGE}.exapiOrderTrigger`,
			typeVersion: 1,
			parameters: {
				pollTimes: { item: EVERY_TEN_SECONDS },
				event: 'statusChanged',
				startFrom: 'now',
			},
			credentials: { exapiApi: { id: credential, name: 'CRM' } },
		},
		{
			type: 'n8n-nodes-base.httpRequest',
			typeVersion: 4.2,
			parameters: { url: `=${witness}/{{ encodeURIComponent($json.eventId) }}`, options: {} },
		},
	);
