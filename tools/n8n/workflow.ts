import type { IConnections } from 'n8n-workflow';

export interface WorkflowNode {
	id?: string;
	name: string;
	type: string;
	typeVersion: number;
	position: [number, number];
	/** Of a node with webhooks, as the editor gives it; without one n8n 1 serves it at a longer path. */
	webhookId?: string;
	parameters: Record<string, unknown>;
	credentials?: Record<string, { id: string; name: string }>;
	disabled?: boolean;
	[setting: string]: unknown;
}

/** A workflow as n8n exports it. */
export interface WorkflowDefinition {
	/** Imports and `execute` go by it; n8n gives one when it is left out. */
	id?: string;
	name: string;
	nodes: WorkflowNode[];
	connections: IConnections;
	settings?: Record<string, unknown>;
	[property: string]: unknown;
}

/** A credential with its secrets in plain text. */
export interface CredentialDefinition {
	id: string;
	name: string;
	/** The credential type's name, as `exapiApi`. */
	type: string;
	data: Record<string, unknown>;
}

/** The first node that starts the workflow by hand; undefined when there is none. */
export function firstTrigger(
	workflow: Pick<WorkflowDefinition, 'nodes'>,
): WorkflowNode | undefined {
	const triggers = workflow.nodes.filter((node) => !node.disabled && /trigger$/i.test(node.type));
	return triggers.find((node) => node.type === 'n8n-nodes-base.manualTrigger') ?? triggers[0];
}
