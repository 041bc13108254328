import { randomUUID } from 'node:crypto';
import type { WorkflowDefinition, WorkflowNode } from '../../tools/n8n/workflow';
import { nothing, set, splitOut, startedByHand } from './trigger-workflows';

const PACKAGE = 'n8n-nodes-partner-exchange';

export type TriggerParameters = Record<string, unknown>;
/** The nodes behind the trigger, in their order. */
export type Chain = Array<ReturnType<typeof set>>;

/** The name and id of a stored `elektrikApi`. */
export interface ElektrikCredential {
	id: string;
	name: string;
}

/** Knows electricians whose hash begins with "a": their points are the number in its last six digits. */
export const knowsHashesWithA: Chain = [
	set(
		'={{ $json.phoneHash.startsWith("a") ? { points: parseInt($json.phoneHash.slice(-6), 16), password: "row of a database" } : { exist: false } }}',
	),
];

/** The hash of an invented electrician whom that workflow knows with so many points. */
export const hashOf = (points: number): string => `a${points.toString(16).padStart(31, '0')}`;

export const respondCheck = (exist: boolean, points?: unknown): Chain[number] => ({
	type: `${PACKAGE}.elektrik`,
	typeVersion: 1,
	parameters: { resource: 'request', operation: 'respond', exist, points },
});

/** A look-up that finds nothing, in a node with "Always Output Data". */
export const emptyItem = (): Chain[number] => Object.assign(nothing(), { alwaysOutputData: true });

/** An Elektrik.ru Trigger with a chain of nodes behind it. */
export function checkWorkflow(
	path: string,
	credential: ElektrikCredential,
	parameters: TriggerParameters,
	chain: Chain,
): WorkflowDefinition {
	const trigger: Chain[number] = {
		type: `${PACKAGE}.elektrikTrigger`,
		typeVersion: 1,
		parameters: { path, responseMode: 'lastNode', ...parameters },
		webhookId: randomUUID(),
	};
	return workflowOf(path, credential, [trigger, ...chain]);
}

/** Tells the portal the points of electricians, when it is started by hand. */
export function pointsWorkflow(
	name: string,
	credential: ElektrikCredential,
	electricians: Array<{ phone: string; points: number }>,
): WorkflowDefinition {
	return workflowOf(name, credential, [
		startedByHand(),
		set({ electricians }),
		splitOut('electricians'),
		{
			type: `${PACKAGE}.elektrik`,
			typeVersion: 1,
			parameters: {
				resource: 'user',
				operation: 'updatePoints',
				dataMode: 'autoMapInputData',
			},
		},
	]);
}

/** Asks a distributor about an electrician as the portal does, when it is started by hand. */
export function askWorkflow(
	credential: ElektrikCredential,
	parameters: { endpoint: string; protocol: 'json' | 'soap'; phoneHash: string },
): WorkflowDefinition {
	return workflowOf(`Ask by ${parameters.protocol}`, credential, [
		startedByHand(),
		{
			type: `${PACKAGE}.elektrik`,
			typeVersion: 1,
			parameters: { resource: 'user', operation: 'check', ...parameters },
		},
	]);
}

/** Nodes in a row; the first is called Trigger, and ours have the credential. */
function workflowOf(
	name: string,
	credential: ElektrikCredential,
	chain: Chain,
): WorkflowDefinition {
	const nodes = chain.map((part, index): WorkflowNode => {
		const credentials = part.type.startsWith(PACKAGE) ? { elektrikApi: credential } : undefined;
		const title = index === 0 ? 'Trigger' : `Node ${index}`;
		return {
			...part,
			name: title,
			position: [200 * index, 0],
			...(credentials && { credentials }),
		};
	});
	const connections: WorkflowDefinition['connections'] = {};
	nodes.slice(1).forEach((node, index) => {
		const target = { node: node.name, type: 'main' as const, index: 0 };
		connections[nodes[index]!.name] = { main: [[target]] };
	});
	return { name, nodes, connections, settings: { executionOrder: 'v1' } };
}
