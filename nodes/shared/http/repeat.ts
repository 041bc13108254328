import { setTimeout as sleep } from 'node:timers/promises';
import { afterEarlier, afterRetry, PartnerError } from '../errors';

const ATTEMPTS = 3;
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 30_000;
/** A connection that was dialed for that long in vain is hardly there a moment later. */
const LONGEST_DIALING = 5_000;

/** Whether to make a failed call again; after a pause of ours, or of `after` milliseconds. */
export interface Repetition {
	again: boolean;
	after?: number;
}

/**
 * Makes a call again, up to three times in all, with growing pauses.
 *
 * @param judge decides by the error; only what surely changes nothing may be made again
 * @param isWrite whether an attempt may have changed something: then no later one hides that
 */
export async function repeating<T>(
	call: () => Promise<T>,
	judge: (error: unknown) => Repetition,
	signal?: AbortSignal,
	isWrite = false,
): Promise<T> {
	const startedAt = Date.now();
	let earlier: unknown;
	for (let attempt = 1; ; attempt++) {
		try {
			return await call();
		} catch (lastError) {
			const repetition = judge(lastError);
			const error = (isWrite ? afterRetry : afterEarlier)(earlier, lastError);
			earlier = error;
			if (!repetition.again || attempt === ATTEMPTS || signal?.aborted) throw error;
			if (isNoConnection(lastError) && Date.now() - startedAt > LONGEST_DIALING) throw error;
			const pause = repetition.after ?? FIRST_PAUSE * 3 ** (attempt - 1);
			if (pause > LONGEST_PAUSE) throw error;
			// When the execution is stopped meanwhile, the error that was there is the one to tell.
			await sleep(pause, undefined, signal ? { signal } : {}).catch(() => {
				throw error;
			});
		}
	}
}

function isNoConnection(error: unknown): boolean {
	return error instanceof PartnerError && error.noConnection;
}

/**
 * Reads a `Retry-After` header: seconds, or an HTTP date.
 *
 * @returns milliseconds from now, or `undefined` when there is none
 */
export function retryAfter(header: string | undefined): number | undefined {
	if (header === undefined) return undefined;
	const seconds = Number(header);
	const milliseconds = Number.isNaN(seconds) ? Date.parse(header) - Date.now() : seconds * 1000;
	return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds);
}
