import { existsSync, readFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** What n8n’s event loop may be held up by one message, in milliseconds. */
export const EVENT_LOOP_BUDGET = 100;

const ATTEMPTS = 5;

/**
 * Measures for how long something keeps the event loop from anything else. Time in which the
 * processor worked for other processes does not count.
 *
 * @returns milliseconds, the fewest of some attempts, as a processor takes that nobody else uses
 */
export async function eventLoopDelay(work: () => unknown): Promise<number> {
	let fewest = Number.POSITIVE_INFINITY;
	for (let attempt = 1; attempt <= ATTEMPTS && fewest > EVENT_LOOP_BUDGET / 2; attempt++) {
		fewest = Math.min(fewest, await longestTurn(work));
	}
	return fewest <= EVENT_LOOP_BUDGET / 2 ? fewest : fewest / slowness();
}

const PROBE = 'x'.repeat(4 * 1024 * 1024);
/** What the probe takes where nothing else runs. */
const PROBE_MS = 8;

/** How much longer everything takes than it would alone: other processes share caches and cores. */
function slowness(): number {
	let fewest = Number.POSITIVE_INFINITY;
	for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
		const from = clocks();
		let quotes = 0;
		for (let at = 0; at < PROBE.length; at++) if (PROBE.charCodeAt(at) === 0x22) quotes++;
		fewest = Math.min(fewest, clocks().processor - from.processor + quotes);
	}
	return Math.min(3, Math.max(1, fewest / PROBE_MS));
}

async function longestTurn(work: () => unknown): Promise<number> {
	const state = { isDone: false };
	let longest = 0;
	let from = clocks();
	const finished = (async () => await work())().finally(() => (state.isDone = true));
	finished.catch(() => undefined);
	do {
		await nextTurn();
		const to = clocks();
		longest = Math.max(longest, Math.min(to.processor - from.processor, to.wall - from.wall));
		from = to;
	} while (!state.isDone);
	await finished;
	return longest;
}

/** Nanoseconds on a processor of the thread that reads it; Linux only. */
const OF_THREAD = '/proc/thread-self/schedstat';
const TELLS_OF_THREAD = existsSync(OF_THREAD);

function clocks(): { processor: number; wall: number } {
	return { processor: processorTime(), wall: performance.now() };
}

/** @returns milliseconds of this thread; of its helpers as well where the system does not tell them apart */
function processorTime(): number {
	if (TELLS_OF_THREAD) return Number.parseInt(readFileSync(OF_THREAD, 'utf8'), 10) / 1_000_000;
	const { user, system } = process.cpuUsage();
	return (user + system) / 1000;
}
