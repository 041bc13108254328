import {
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
	NodeOperationError,
} from 'n8n-workflow';
import { toNodeError } from '../errors';
import { runUnits, type Work } from './attempt';
import { nothingSentNote } from './memory';
import { type ItemResult, toOutput } from './output';
import type { JobResult } from './schedule';

/** An operation that sends nothing and needs no credential. */
export interface LocalOperation {
	fields: INodeProperties[];
	executeLocally(node: IExecuteFunctions): Promise<INodeExecutionData[]>;
}

/** The operations of a node: by resource, then by name. */
export type Operations<Operation> = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

/**
 * The operation that a node is set to. Resource and operation take no expressions, so they are the
 * same for every item.
 *
 * @throws NodeOperationError for one that does not exist, as a workflow of another version may name
 */
export function chosenOperation<Operation>(
	node: IExecuteFunctions,
	operations: Operations<Operation>,
): Operation {
	const resource = node.getNodeParameter('resource', 0);
	const name = node.getNodeParameter('operation', 0);
	const operation = operations[resource]?.[name];
	if (operation) return operation;
	throw new NodeOperationError(node.getNode(), `There is no operation "${resource}.${name}"`);
}

/** An operation that is carried out item by item. */
export interface ItemOperation<Prepared> extends Work<Prepared, IDataObject[]> {
	/** Reads and checks an item's parameters. No I/O: every item is prepared before one is sent. */
	prepare(itemIndex: number): Prepared;
}

/**
 * The item loop: bad items fail before anything is sent, items run side by side, the output keeps
 * the order of the input and is paired to it, errors go where the node's settings say, and a run
 * that n8n retries goes on where it stopped.
 *
 * @throws NodeApiError or NodeOperationError for the first item that failed, unless the node
 *   continues on fail
 */
export async function runItems<Prepared>(
	node: IExecuteFunctions,
	operation: ItemOperation<Prepared>,
	concurrency: number,
): Promise<INodeExecutionData[]> {
	const units = prepareItems(node, (index) => operation.prepare(index));
	const results = await runUnits(node, operation, units, concurrency);
	return toOutput(node, results, operation.isWrite);
}

/**
 * Prepares every input item.
 *
 * @throws NodeOperationError for the first bad one, unless the node continues on fail
 */
export function prepareItems<Prepared>(
	node: IExecuteFunctions,
	prepare: (itemIndex: number) => Prepared,
): Array<JobResult<Prepared>> {
	return node.getInputData().map((_, index) => {
		try {
			return { done: true, value: prepare(index) };
		} catch (error) {
			if (!node.continueOnFail()) {
				throw toNodeError(node.getNode(), error, index, [nothingSentNote(node)]);
			}
			return { done: false, error };
		}
	});
}

/** A read that asks for the keys of all input items together, many in a request. */
export interface BatchOperation<Value> {
	/** The keys that an item asks for. No I/O. */
	keysOf(itemIndex: number): string[];
	/** Asks for several keys at once. Those the partner does not know are absent from the answer. */
	ask(keys: string[], signal: AbortSignal | undefined): Promise<Map<string, Value>>;
	/** An output item's json for one key. */
	toJson(key: string, value: Value | undefined): IDataObject;
	batchSize: number;
}

/**
 * Asks for each distinct key once, in batches, and gives each input item its own answers, in the
 * order it asked for them.
 *
 * @throws NodeApiError or NodeOperationError as {@link runItems} does
 */
export async function runBatches<Value>(
	node: IExecuteFunctions,
	operation: BatchOperation<Value>,
	concurrency: number,
): Promise<INodeExecutionData[]> {
	const items = prepareItems(node, (index) => operation.keysOf(index));
	const keys = [...new Set(items.flatMap((item) => (item.done ? item.value : [])))];
	const batches = split(keys, operation.batchSize);
	const answers = await runUnits(
		node,
		{ carryOut: async (batch, signal) => await operation.ask(batch, signal), isWrite: false },
		batches.map((batch) => ({ done: true, value: batch })),
		concurrency,
	);
	const answerOf = new Map<string, JobResult<Map<string, Value>> | undefined>();
	batches.forEach((batch, index) => batch.forEach((key) => answerOf.set(key, answers[index])));
	return toOutput(
		node,
		items.map((item) => resultOf(item, answerOf, operation)),
		false,
	);
}

function resultOf<Value>(
	item: JobResult<string[]>,
	answerOf: ReadonlyMap<string, JobResult<Map<string, Value>> | undefined>,
	operation: BatchOperation<Value>,
): ItemResult {
	if (!item.done) return item;
	const output: IDataObject[] = [];
	for (const key of item.value) {
		const answer = answerOf.get(key);
		if (!answer?.done) return answer;
		output.push(operation.toJson(key, answer.value.get(key)));
	}
	return { done: true, value: output };
}

function split(keys: readonly string[], size: number): string[][] {
	const count = Math.ceil(keys.length / size);
	return Array.from({ length: count }, (_, index) => keys.slice(index * size, (index + 1) * size));
}
