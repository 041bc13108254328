import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { carryOutAll } from './attempt';
import { toOutput, type ItemResult } from './output';
import { prepareItems } from './run-items';
import type { JobResult } from './schedule';

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
	const answers = await carryOutAll(
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
