import type { IExecuteFunctions, INode, Workflow } from 'n8n-workflow';

/** Another node of the workflow. */
export type ConnectedNode = Pick<INode, 'name' | 'type' | 'disabled'> &
	Partial<Pick<INode, 'parameters'>>;

const WITH_PARAMETERS = { includeNodeParameters: true };

/** All nodes from which connections lead to a node, directly or through others. */
export function nodesBefore(
	node: Pick<IExecuteFunctions, 'getParentNodes'>,
	name: string,
): ConnectedNode[] {
	return existing(
		node,
		() => node.getParentNodes(name, WITH_PARAMETERS),
		(workflow) => workflow.getParentNodes(name),
	);
}

/** All nodes to which connections lead from a node, directly or through others. */
export function nodesAfter(
	node: Pick<IExecuteFunctions, 'getChildNodes'>,
	name: string,
): ConnectedNode[] {
	return existing(
		node,
		() => node.getChildNodes(name, WITH_PARAMETERS),
		(workflow) => workflow.getChildNodes(name),
	);
}

/**
 * A workflow that was made by a program or edited by hand may hold a connection of a node that is not
 * there any more. n8n runs it, but its functions for nodes throw. The workflow itself is then asked,
 * which n8n hands to each node.
 *
 * @throws whatever n8n throws, where it hands out no workflow: to see nobody would be to miss a trigger
 */
function existing(
	node: object,
	ask: () => ConnectedNode[],
	namesIn: (workflow: Workflow) => string[],
): ConnectedNode[] {
	try {
		return ask();
	} catch (error) {
		const { workflow } = node as { workflow?: Workflow };
		if (!workflow) throw error;
		return namesIn(workflow).flatMap((name) => workflow.nodes[name] ?? []);
	}
}
