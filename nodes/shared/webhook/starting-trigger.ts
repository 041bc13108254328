import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeParameters,
	IRunExecutionData,
} from 'n8n-workflow';

/** A trigger of ours that started the execution, as a node after it sees it. */
export interface StartingTrigger {
	name: string;
	parameters: INodeParameters;
	/** The first item that it emitted; `undefined` when it has not run. */
	item: INodeExecutionData | undefined;
}

/** How n8n's data proxy gives a node's run. */
type NodeRun = {
	isExecuted: boolean;
	first(output: number): INodeExecutionData | undefined;
};
type ReadRun = (nodeName: string, wholeItem: true) => NodeRun;

/** An exapi trigger has an output for each method; nobody has more methods. */
const MAX_OUTPUTS = 100;

/**
 * Finds the trigger of a type that started the execution. A node may have several triggers before
 * it, of which one has run.
 *
 * @param type n8n's name of the trigger without its package, such as `exapiTrigger`
 * @returns `undefined` when there is none before the node, or another trigger started the execution
 */
export function startingTrigger(
	node: IExecuteFunctions,
	type: string,
): StartingTrigger | undefined {
	const before = node
		.getParentNodes(node.getNode().name, { includeNodeParameters: true })
		.filter(({ disabled }) => !disabled);
	const triggers = before.filter((parent) => parent.type.split('.').at(-1) === type);
	if (triggers.length === 0) return undefined;
	const { $ } = node.getWorkflowDataProxy(0) as unknown as { $: ReadRun };
	const started = triggers.find(({ name }) => $(name, true).isExecuted);
	if (!started) {
		const isRoot = ({ name }: { name: string }) => node.getParentNodes(name).length === 0;
		const others = before.filter((parent) => !triggers.includes(parent) && isRoot(parent));
		if (others.some(({ name }) => $(name, true).isExecuted)) return undefined;
	}
	const { name, parameters = {} } = started ?? triggers[0]!;
	return { name, parameters, item: started && firstItem($(name, true)) };
}

/** Outputs that got no item are empty; after the last one n8n throws. */
function firstItem(run: NodeRun): INodeExecutionData | undefined {
	for (let output = 0; output < MAX_OUTPUTS; output++) {
		try {
			const item = run.first(output);
			if (item) return item;
		} catch {
			return undefined;
		}
	}
	return undefined;
}

/**
 * Whether n8n will run other nodes after this one, on branches beside it. n8n has no function that
 * tells: its own state of the execution is read where it is found.
 */
export function hasPendingNodes(node: IExecuteFunctions): boolean {
	const { runExecutionData } = node as { runExecutionData?: IRunExecutionData };
	const { nodeExecutionStack = [], waitingExecution = {} } = runExecutionData?.executionData ?? {};
	const waitingItems = Object.values(waitingExecution)
		.flatMap((runs) => Object.values(runs))
		.flatMap(({ main = [] }) => main);
	return nodeExecutionStack.length > 0 || waitingItems.some((items) => (items?.length ?? 0) > 0);
}
