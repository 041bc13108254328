import type { WorkflowDefinition, WorkflowNode } from '../../tools/n8n/workflow';
import { set, splitOut, startedByHand } from './trigger-workflows';

type Parameters = Record<string, unknown>;
type Step = Pick<WorkflowNode, 'type' | 'typeVersion' | 'parameters'>;

/** The node whose outcome is looked at. */
export const NODE = 'ClientRight';

/** Operation as `contact.upsert`, fields of the node, JSON of the input items, what comes after. */
export type WorkflowParts = [
	operation: string,
	parameters: Parameters,
	items?: readonly object[],
	...after: Step[],
];

/** Input items, our node and what comes after it. */
export function clientRightWorkflow(
	credentialId: string,
	...[operation, parameters, items = [{}], ...after]: WorkflowParts
): WorkflowDefinition {
	const [resource, name] = operation.split('.');
	const steps: Array<Step & { name: string }> = [
		{ name: 'Start', ...startedByHand() },
		{ name: 'Input', ...set({ items }) },
		{ name: 'Items', ...splitOut('items') },
		{
			name: NODE,
			type: 'n8n-nodes-partner-exchange.clientRight',
			typeVersion: 1,
			parameters: { resource, operation: name, ...parameters },
		},
		...after.map((step, index) => ({ name: `After ${index}`, ...step })),
	];
	const links = steps
		.slice(1)
		.map((step, index) => [
			steps[index]!.name,
			{ main: [[{ node: step.name, type: 'main' as const, index: 0 }]] },
		]);
	return {
		name: operation,
		nodes: steps.map((step, index): WorkflowNode => ({
			position: [200 * index, 0],
			...(step.name === NODE && {
				credentials: { clientRightApi: { id: credentialId, name: 'CRM' } },
			}),
			...step,
		})),
		connections: Object.fromEntries(links) as WorkflowDefinition['connections'],
		settings: { executionOrder: 'v1', saveDataErrorExecution: 'all', saveManualExecutions: true },
	};
}
