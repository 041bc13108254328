import { LRUCache } from 'lru-cache';
import { type CallOutcome, PartnerError } from '../errors';

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

/** For so long a partner may go on with a request whose answer was lost. */
export const LOST_CALL_MS = 10 * 60 * 1000;

/** When a write was begun, compared with others about the same record; the same in each of its attempts. */
export interface Place {
	/** Set when its first attempt begins. */
	at?: number;
}

/** A write's turn at its record, where other processes wait for it. */
export interface RecordTurn {
	/** What a process left whose request may still run: see {@link RecordTurn.confirm}. */
	readonly note: string | undefined;
	/**
	 * To be called before each request.
	 *
	 * @param note tells the next process, if the request is never answered, where it may still run
	 * @throws PartnerError `notSent` if the turn is over: another process may have its own by now
	 */
	confirm(note?: string): Promise<void>;
	/** To be called when no request about the record runs any more, so that no note is left. */
	settle(): void;
}

/** Sends the writes about one record one after the other. */
export interface RecordOrder {
	/**
	 * Does a write when its turn comes. n8n may retry a write after a newer one about the same record was
	 * sent; the older one is then not sent.
	 *
	 * @param send gets the turn, if other processes wait for it as well
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
/** The newest write that may have been carried out, by record; only of records whose write failed. */
const newest = new LRUCache<string, number>({ max: MAX_RECORDS });

/** The order of the writes of this process, across its executions. */
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

/** Runs the tasks about one record one after the other, within this process. */
export async function inTurnOfProcess<T>(
	record: string,
	task: () => Promise<T>,
	signal: AbortSignal | undefined,
): Promise<T> {
	return await exclusive(`record ${record}`, task, signal);
}

/** What became of a write that failed; `undefined` if it failed before there was a request. */
export function outcomeOf(error: unknown): CallOutcome | undefined {
	return error instanceof PartnerError ? error.outcome : undefined;
}

/** The error of a write that is not sent since a newer one was. */
export function olderWrite(): PartnerError {
	return new PartnerError('Not sent, because newer data about the same record was sent meanwhile', {
		outcome: 'notSent',
		description:
			'Another item or execution sent it before this one was retried. If the older data is right, run this item again.',
	});
}
