import { setImmediate as nextTurn } from 'node:timers/promises';

/** Work that can stop at each `yield`, so that other work of the process gets its turn. */
export type InTurns<Result> = Generator<undefined, Result, undefined>;

/** How long work goes on before others get their turn, in milliseconds; its next `yield` may come later. */
const TURN_MS = 10;

/** Does work to its end, and lets the event loop go on in between. */
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

/** Reads the entries of a list that may have very many. */
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

/** Does work to its end at once. */
export function atOnce<Result>(work: InTurns<Result>): Result {
	for (;;) {
		const { done, value } = work.next();
		if (done) return value;
	}
}
