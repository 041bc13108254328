import type {
	IDataObject,
	IExecuteFunctions,
	INode,
	INodeExecutionData,
	Workflow,
} from 'n8n-workflow';
import { errorJson, InputError, type NodeError, toNodeError } from '../errors';
import { clearRunMemory } from './memory';
import type { JobResult } from './schedule';

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

const MAX_RANGES = 10;

/**
 * Item indexes for a person, as n8n counts them (from 0).
 *
 * @param indexes ascending
 * @returns for example `items 0–48 and 50 (50 in all)`
 */
export function describeItems(indexes: readonly number[]): string {
	const ranges: Array<[first: number, last: number]> = [];
	for (const index of indexes) {
		const range = ranges.at(-1);
		if (range && range[1] === index - 1) range[1] = index;
		else ranges.push([index, index]);
	}
	const shown = ranges
		.slice(0, MAX_RANGES)
		.map(([first, last]) => (first === last ? String(first) : `${first}–${last}`));
	const noun = indexes.length === 1 ? 'item' : 'items';
	const total = ranges.length > 1 ? ` (${indexes.length} in all)` : '';
	return `${noun} ${shown.join(', ')}${ranges.length > MAX_RANGES ? ', …' : ''}${total}`;
}

/** What became of an input item; `undefined` when it was not begun. */
export type ItemResult = JobResult<IDataObject[]> | undefined;

/**
 * Turns results by item into output: in the order of the input, paired, errors where the node's
 * settings want them.
 *
 * @param isWrite whether the error of a run that stops must say what was carried out before
 * @throws NodeApiError or NodeOperationError for the first item that failed, unless the node
 *   continues on fail
 */
export function toOutput(
	node: IExecuteFunctions,
	results: readonly ItemResult[],
	isWrite: boolean,
): INodeExecutionData[] {
	if (node.getExecutionCancelSignal()?.aborted) {
		const unfinished = results.findIndex((result) => !result?.done);
		if (unfinished !== -1) throw stopError(node, results, unfinished, isWrite);
	}
	const failed = results.findIndex((result) => result?.done === false);
	if (failed !== -1 && !node.continueOnFail()) throw stopError(node, results, failed, isWrite);
	const output = results.flatMap((result, item) => {
		if (result === undefined) return [];
		const pairedItem = { item };
		if (result.done) return result.value.map((json) => ({ json, pairedItem }));
		return [{ json: errorJson(toNodeError(node.getNode(), result.error, item)), pairedItem }];
	});
	if (failed === -1 && !looksFailed(output)) clearRunMemory(node);
	return output;
}

/**
 * Whether n8n may take the output for a failure and try again, as it does by the first item's `error`:
 * a partner's raw answer has one that says nothing. n8n 2.41 lets `null` and `false` pass, 1.123 does
 * not.
 */
function looksFailed([first]: readonly INodeExecutionData[]): boolean {
	return first?.json.error !== undefined;
}

/**
 * The error of an operation that takes all items together: in place of each where the node's settings
 * want that.
 *
 * @throws NodeApiError or NodeOperationError unless the node continues on fail
 */
export function failAllItems(node: IExecuteFunctions, cause: unknown): INodeExecutionData[] {
	const error = toNodeError(node.getNode(), cause, 0);
	if (!node.continueOnFail()) throw error;
	const json = errorJson(error);
	return node.getInputData().map((_, item) => ({ json, pairedItem: { item } }));
}

/**
 * Whether nobody takes what n8n puts into the error output of a node: n8n drops it there, and as the
 * last node it answers a webhook with no item.
 */
export function losesErrors(node: IExecuteFunctions): boolean {
	const { name, onError } = node.getNode();
	return onError === 'continueErrorOutput' && nodesAfter(node, name).length === 0;
}

/** The input as it came, each item paired with itself. */
export function passThrough(items: readonly INodeExecutionData[]): INodeExecutionData[] {
	return items.map((item, index) => ({ ...item, pairedItem: { item: index } }));
}

function stopError(
	node: IExecuteFunctions,
	results: readonly ItemResult[],
	at: number,
	isWrite: boolean,
): NodeError {
	const result = results[at];
	const cause = result?.done === false ? result.error : new InputError('The execution was stopped');
	return toNodeError(node.getNode(), cause, at, isWrite ? progressOf(results, at) : []);
}

/** What a person must know before running the rest. */
function progressOf(results: readonly ItemResult[], at: number): string[] {
	if (results.length === 1) return [];
	const indexes = (wanted: (result: ItemResult) => boolean) =>
		results.flatMap((result, index) => (index !== at && wanted(result) ? [index] : []));
	const done = indexes((result) => result?.done === true);
	const others = indexes((result) => result?.done === false);
	const unstarted = indexes((result) => result === undefined);
	return [
		done.length > 0 ? `Already executed: ${describeItems(done)}.` : 'No other item was executed.',
		others.length > 0 ? `Also failed: ${describeItems(others)}.` : '',
		unstarted.length > 0 ? `Not sent: ${describeItems(unstarted)}.` : '',
	];
}
