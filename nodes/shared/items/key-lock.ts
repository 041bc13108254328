import { LRUCache } from 'lru-cache';
import { PartnerError } from '../errors';

/** Waiting tasks by key, in the order they came; a key is here as long as a task of it runs. */
const lines = new Map<string, Set<() => void>>();

/**
 * Runs tasks of one key one after the other, in the order they came, within this process.
 *
 * @param signal takes a waiting task out of its line; the others keep their places
 * @returns what the task returns; an error of one task does not concern the others
 * @throws PartnerError `notSent` if the execution is stopped before the task has begun
 */
export async function exclusive<T>(
	key: string,
	task: () => Promise<T>,
	signal?: AbortSignal,
): Promise<T> {
	await enter(key, signal);
	try {
		return await task();
	} finally {
		leave(key);
	}
}

/** The error of a task that has not begun when the execution is stopped. */
export function stoppedBeforeSending(): PartnerError {
	return new PartnerError('The execution was stopped', { outcome: 'notSent' });
}

async function enter(key: string, signal: AbortSignal | undefined): Promise<void> {
	if (signal?.aborted) throw stoppedBeforeSending();
	const line = lines.get(key);
	if (!line) {
		lines.set(key, new Set());
		return;
	}
	await new Promise<void>((resolve, reject) => {
		const start = () => {
			signal?.removeEventListener('abort', giveUp);
			resolve();
		};
		const giveUp = () => {
			line.delete(start);
			reject(stoppedBeforeSending());
		};
		line.add(start);
		signal?.addEventListener('abort', giveUp, { once: true });
	});
}

function leave(key: string): void {
	const line = lines.get(key);
	const [next] = line ?? [];
	if (!next) {
		lines.delete(key);
		return;
	}
	line?.delete(next);
	next();
}

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
