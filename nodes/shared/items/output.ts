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

/** Returns all nodes that are connected to a node's input, directly or through others. */
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

/** Returns all nodes that are connected to a node's output, directly or through others. */
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
 * Finds nodes, also in a workflow that has a connection of a missing node, because a program created it or
 * a user edited it as text. n8n runs such a workflow, but its functions for nodes throw. In that case the
 * nodes are read from the workflow itself, which n8n provides to each node.
 *
 * @throws n8n's error if it provides no workflow: without nodes, a trigger would be missed
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
 * Writes item indexes for a user, as n8n counts them (from 0).
 *
 * @param indexes indexes in ascending order
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

/** The result of an input item; `undefined` if it was not started. */
export type ItemResult = JobResult<IDataObject[]> | undefined;

/**
 * Converts results by item to the node's output: in the order of the input, paired, and with errors as the
 * node's settings require.
 *
 * @param isWrite whether the error of a stopped run must list the items executed before
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
 * Whether n8n may treat the output as a failure and retry, because the first item has an `error`: a
 * partner's raw answer has one that means "no error". n8n 2.41 ignores `null` and `false`, n8n 1.123 does
 * not.
 */
function looksFailed([first]: readonly INodeExecutionData[]): boolean {
	return first?.json.error !== undefined;
}

/**
 * Fails an operation that processes all items together. If the node continues on fail, every item is
 * replaced by the error.
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
 * Whether a node's error output is used but not connected: n8n drops errors there, and if it is the last
 * node, n8n responds to a webhook with no item.
 */
export function losesErrors(node: IExecuteFunctions): boolean {
	const { name, onError } = node.getNode();
	return onError === 'continueErrorOutput' && nodesAfter(node, name).length === 0;
}

/** Returns the input unchanged, each item paired with itself. */
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

/** Lists what a user must know before running the rest. */
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
