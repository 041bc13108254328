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

/** A trigger of this package that started the execution, as a later node sees it. */
export interface StartingTrigger {
	name: string;
	parameters: INodeParameters;
	/** The first item that it emitted; `undefined` if it has not run. */
	item: INodeExecutionData | undefined;
}

/** A node's run in n8n's data proxy. */
type NodeRun = {
	isExecuted: boolean;
	first(output: number): INodeExecutionData | undefined;
};
type ReadRun = (nodeName: string, wholeItem: true) => NodeRun;

/** The most outputs of a trigger: an Exapi Trigger may have one per method. */
const MAX_OUTPUTS = 100;

/**
 * Finds the trigger of a type that started the execution. A node may have several triggers before it, of
 * which one has run.
 *
 * @param type the trigger's name without its package, such as `exapiTrigger`
 * @returns `undefined` if there is none before the node, or another trigger started the execution
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

/** Finds the first item. Outputs without an item are empty; after the last one, n8n throws. */
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
 * Whether n8n will run other nodes after this one, on parallel branches. n8n has no function for it, so its
 * own state of the execution is read if it is available.
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
 * The property in which a trigger adds to the item of a test request when it responds at the latest, in Unix
 * milliseconds.
 */
const ANSWER_BY = 'answerBy';

/**
 * Returns the properties that a trigger adds to the item that it emits, so that the operation Respond can
 * report in a test that its response was too late. None for a request to the production URL, where the nodes
 * after a late Respond must still run.
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
 * Throws if the response is too late. An execution that started after the deadline is ignored: in the editor,
 * a user may run a part of a workflow with the item of an earlier test.
 *
 * @throws InputError in a test, if the trigger has already responded because of its deadline
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
