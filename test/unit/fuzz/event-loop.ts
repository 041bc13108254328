import { setImmediate as nextTurn } from 'node:timers/promises';

/** What n8n’s event loop may be held up by one message, in milliseconds. */
export const EVENT_LOOP_BUDGET = 100;

const ATTEMPTS = 3;

/**
 * Measures for how long something keeps the event loop from anything else. Time in which the
 * processor worked for other processes does not count.
 *
 * @returns milliseconds, the fewest of some attempts
 */
export async function eventLoopDelay(work: () => unknown): Promise<number> {
	let fewest = Number.POSITIVE_INFINITY;
	for (let attempt = 1; attempt <= ATTEMPTS && fewest > EVENT_LOOP_BUDGET / 2; attempt++) {
		fewest = Math.min(fewest, await longestTurn(work));
	}
	return fewest;
}

async function longestTurn(work: () => unknown): Promise<number> {
	const state = { isDone: false };
	const finished = (async () => await work())().finally(() => (state.isDone = true));
	finished.catch(() => undefined);
	let longest = 0;
	let from = clocks();
	do {
		await nextTurn();
		const to = clocks();
		longest = Math.max(longest, Math.min(to.processor - from.processor, to.wall - from.wall));
		from = to;
	} while (!state.isDone);
	await finished;
	return longest;
}

function clocks(): { processor: number; wall: number } {
	const { user, system } = process.cpuUsage();
	return { processor: (user + system) / 1000, wall: performance.now() };
}
