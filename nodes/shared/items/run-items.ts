import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { toNodeError } from '../errors';
import { carryOutAll, type Work } from './attempt';
import { nothingSentNote } from './memory';
import { toOutput } from './output';
import type { JobResult } from './schedule';

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
	const results = await carryOutAll(node, operation, units, concurrency);
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
