import { LRUCache } from 'lru-cache';
import { PartnerError } from '../errors';
import { exclusive } from './key-lock';

const MAX_RECORDS = 10_000;

let lastPlace = 0;
/** The newest write that may have been carried out, by record; only of records whose write failed. */
const newest = new LRUCache<string, number>({ max: MAX_RECORDS });

/** Returns the place of a write in the order in which this process began them. */
export function nextPlace(): number {
	lastPlace += 1;
	return lastPlace;
}

/**
 * Sends the writes about one record one after the other, across the executions of this process. n8n
 * may retry a write after another execution has sent a newer one; the older one is then not sent.
 *
 * @param place of the write, the same in each of its attempts
 * @throws PartnerError `notSent` for an older write, or if the execution is stopped while it waits
 */
export async function inOrder<T>(
	record: string,
	place: number,
	send: () => Promise<T>,
	signal: AbortSignal | undefined,
): Promise<T> {
	const sendUnlessOlder = async () => {
		const newestPlace = newest.get(record);
		if (newestPlace !== undefined && place < newestPlace) throw older();
		try {
			const value = await send();
			if (newestPlace !== undefined) newest.set(record, place);
			return value;
		} catch (error) {
			const mayBeDone = error instanceof PartnerError && error.outcome === 'unknown';
			newest.set(record, mayBeDone ? place : (newestPlace ?? 0));
			throw error;
		}
	};
	return await exclusive(`record ${record}`, sendUnlessOlder, signal);
}

function older(): PartnerError {
	return new PartnerError('Not sent, because newer data about the same record was sent meanwhile', {
		outcome: 'notSent',
		description:
			'Another item or execution sent it before this one was retried. If the older data is right, run this item again.',
	});
}
