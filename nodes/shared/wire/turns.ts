import { setImmediate as nextTurn } from 'node:timers/promises';

/** Work that can pause at each `yield`, so that other work of the process can run. */
export type InTurns<Result> = Generator<undefined, Result, undefined>;

/** How long to work before other work can run, in milliseconds. The next `yield` may be later. */
const TURN_MS = 10;

/** Runs work to its end, and lets the event loop run in between. */
export async function takeTurns<Result>(work: InTurns<Result>): Promise<Result> {
	let began = performance.now();
	for (;;) {
		const { done, value } = work.next();
		if (done) return value;
		if (performance.now() - began < TURN_MS) continue;
		await nextTurn();
		began = performance.now();
	}
}

/** Reads the entries of a list that may be very long, and lets other work run in between. */
export async function mapInTurns<Entry, Read>(
	list: readonly Entry[],
	read: (entry: Entry) => Read,
): Promise<Read[]> {
	return await takeTurns(eachInTurns(list, read));
}

function* eachInTurns<Entry, Read>(
	list: readonly Entry[],
	read: (entry: Entry) => Read,
): InTurns<Read[]> {
	const all: Read[] = [];
	for (const entry of list) {
		all.push(read(entry));
		if (all.length % 100 === 0) yield;
	}
	return all;
}

/** Runs work to its end without pauses. */
export function atOnce<Result>(work: InTurns<Result>): Result {
	for (;;) {
		const { done, value } = work.next();
		if (done) return value;
	}
}
