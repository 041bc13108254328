import { LRUCache } from 'lru-cache';
import { type CallOutcome, PartnerError } from '../errors';

/** Waiting tasks by key, in their order. A key is in the map while one of its tasks is running. */
const lines = new Map<string, Set<() => void>>();

/**
 * Runs tasks with the same key one after another, in their order, within this process.
 *
 * @param signal removes a waiting task from the queue without affecting the others
 * @returns the result of the task; an error of one task does not affect the others
 * @throws PartnerError `notSent` if the execution is stopped before the task has started
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

/** Creates the error of a task that has not started when the execution is stopped. */
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
			signal?.removeEventListener('abort', leaveLine);
			resolve();
		};
		const leaveLine = () => {
			line.delete(start);
			reject(stoppedBeforeSending());
		};
		line.add(start);
		signal?.addEventListener('abort', leaveLine, { once: true });
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

/** How long a partner may continue to process a request whose response was lost. */
export const LOST_CALL_MS = 10 * 60 * 1000;

/** The place of a write among the writes to one record; the same in each of its attempts. */
export interface Place {
	/** Set when its first attempt starts. */
	at?: number;
}

/** A write's turn at its record, for which other processes wait. */
export interface RecordTurn {
	/** The note of a process whose request may still be running, see {@link RecordTurn.confirm}. */
	readonly note: string | undefined;
	/**
	 * Confirms the turn. Call it before each request.
	 *
	 * @param note tells the next process where the request may still be running if it gets no response
	 * @throws PartnerError `notSent` if the turn is over and another process may have its own by now
	 */
	confirm(note?: string): Promise<void>;
	/** Removes the note. Call it when no request about the record is running any more. */
	settle(): void;
}

/** Sends the writes to one record one after another. */
export interface RecordOrder {
	/**
	 * Sends a write when it is its turn. n8n may retry a write after a newer one to the same record was
	 * sent; then the older one is not sent.
	 *
	 * @param send sends the write; called with the turn, if other processes wait for the record as well
	 * @throws PartnerError `notSent` for an older write, or if the execution is stopped while it waits
	 */
	inTurn<T>(
		record: string,
		place: Place,
		send: (turn?: RecordTurn) => Promise<T>,
		signal: AbortSignal | undefined,
	): Promise<T>;
}

let lastPlace = 0;
/** The newest write that may have been executed, by record; only for records with a failed write. */
const newest = new LRUCache<string, number>({ max: MAX_RECORDS });

/** Orders the writes of this process, across its executions. */
export const orderInMemory: RecordOrder = {
	async inTurn(record, place, send, signal) {
		const at = (place.at ??= ++lastPlace);
		const sendUnlessOlder = async () => {
			const newestPlace = newest.get(record);
			if (newestPlace !== undefined && at < newestPlace) throw olderWrite();
			try {
				const value = await send();
				if (newestPlace !== undefined) newest.set(record, at);
				return value;
			} catch (error) {
				newest.set(record, outcomeOf(error) === 'unknown' ? at : (newestPlace ?? 0));
				throw error;
			}
		};
		return await inTurnOfProcess(record, sendUnlessOlder, signal);
	},
};

/** Runs the tasks about one record one after another, within this process. */
export async function inTurnOfProcess<T>(
	record: string,
	task: () => Promise<T>,
	signal: AbortSignal | undefined,
): Promise<T> {
	return await exclusive(`record ${record}`, task, signal);
}

/** Returns the outcome of a failed write; `undefined` if it failed before a request. */
export function outcomeOf(error: unknown): CallOutcome | undefined {
	return error instanceof PartnerError ? error.outcome : undefined;
}

/** Creates the error of a write that is not sent because a newer one was. */
export function olderWrite(): PartnerError {
	return new PartnerError('Not sent, because newer data about the same record was sent meanwhile', {
		outcome: 'notSent',
		description:
			'Another item or execution sent it before this one was retried. If the older data is right, run this item again.',
	});
}
