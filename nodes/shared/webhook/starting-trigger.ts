import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeParameters,
	IRunExecutionData,
	IWebhookFunctions,
} from 'n8n-workflow';
import { InputError } from '../errors';
import { fieldLabel } from '../fields';
import { nodesBefore } from '../items';
import { deadlineField } from './fields';
import { isTestUrl } from './send';

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
	const before = nodesBefore(node, node.getNode().name).filter(({ disabled }) => !disabled);
	const triggers = before.filter((parent) => parent.type.split('.').at(-1) === type);
	if (triggers.length === 0) return undefined;
	const { $ } = node.getWorkflowDataProxy(0) as unknown as { $: ReadRun };
	const started = triggers.find(({ name }) => $(name, true).isExecuted);
	if (!started) {
		const isRoot = ({ name }: { name: string }) => nodesBefore(node, name).length === 0;
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

/**
 * The name under which a trigger puts beside the item of a test request, as a number of Unix
 * milliseconds, when it answers at the latest.
 */
const ANSWER_BY = 'answerBy';

/**
 * What a trigger puts beside the item that it emits, so that the operation Respond can tell whoever
 * tries the workflow that its answer came too late. Nothing for a request at the production URL:
 * what follows a late Respond there is to run.
 *
 * @param deadline in milliseconds from now
 */
export function testDeadline(
	node: IWebhookFunctions,
	deadline: number,
): Partial<Record<typeof ANSWER_BY, number>> {
	return isTestUrl(node) ? { [ANSWER_BY]: Date.now() + deadline } : {};
}

/**
 * An execution that began after the deadline is another one: in the editor a person runs a part of
 * a workflow with the item of an earlier test.
 *
 * @throws InputError in a test, when the trigger has answered already because it was time
 */
export function refuseLateAnswer(
	node: Partial<Pick<IExecuteFunctions, 'getExecutionContext'>>,
	{ name, item }: StartingTrigger,
): void {
	const answerBy = item?.[ANSWER_BY];
	if (typeof answerBy !== 'number' || Date.now() <= answerBy) return;
	const begun = node.getExecutionContext?.()?.establishedAt;
	if (begun === undefined || begun > answerBy) return;
	const title = fieldLabel([deadlineField('')], 'deadline');
	throw new InputError(
		`The response was too late: "${name}" had already responded with an error`,
		`Make the workflow faster, or raise the field ${title} in "${name}".`,
	);
}
