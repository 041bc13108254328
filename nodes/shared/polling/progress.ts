import { createHash } from 'node:crypto';

/**
 * What a poll trigger remembers, as plain JSON for n8n's static data.
 *
 * n8n saves the static data and creates the execution independently of each other: when a process
 * dies between the two, what it emitted is gone although it was saved. So each batch is saved with
 * the process that emitted it. That process, while it lives, does not emit it again; any other one
 * does, unless the first one was seen alive a minute later. No event is lost this way.
 */
export interface Progress {
	/** Where the next poll starts to ask. What lies before it has reached its executions. */
	position: string;
	/** Marks of events, from the position on, that no process has to emit again. */
	settled: string[];
	/** What polls emitted within the last minute of their process. */
	batches: Batch[];
}

/** What one poll emitted. */
export interface Batch {
	/** The process that emitted it. */
	by: string;
	/** When, in milliseconds. */
	at: number;
	/** The position to go on from once the batch is settled. */
	reached: string;
	/** See {@link markOf}. */
	marks: string[];
}

/** Tells which of two positions is later. */
export type IsLater = (position: string, other: string) => boolean;

/** After this time a process that still lives has created the executions of a batch. */
const SETTLE_MILLISECONDS = 60_000;
/** More main processes than anybody runs: only those that ended long ago are forgotten. */
const MAX_PROCESSES = 8;
/** 72 bits: among a million events two collide once in ten billion cases. */
const FINGERPRINT_CHARACTERS = 12;

/** Shortens an event's identifier: thousands of them have to fit into static data. */
export function fingerprint(eventId: string): string {
	return createHash('sha256').update(eventId).digest('base64url').slice(0, FINGERPRINT_CHARACTERS);
}

/** What a partner sent, as text to take a fingerprint of; numbers may have been read as `bigint`. */
export function textOfAny(value: unknown): string {
	return JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? String(one) : one));
}

/** An event as it is remembered: where it is, which decides when to forget it, and which it is. */
export function markOf(place: string, eventId: string): string {
	return `${place} ${fingerprint(eventId)}`;
}

/** The two parts of a mark. */
export function readMark(mark: string): { place: string; fingerprint: string } {
	const blank = mark.lastIndexOf(' ');
	return { place: mark.slice(0, blank), fingerprint: mark.slice(blank + 1) };
}

/** A trigger that has emitted nothing yet. */
export function startAt(position: string): Progress {
	return { position, settled: [], batches: [] };
}

/** Fingerprints of the events that `processId` does not have to emit (again). */
export function emittedFor(progress: Progress, processId: string): Set<string> {
	const own = progress.batches.filter(({ by }) => by === processId);
	const marks = [...progress.settled, ...own.flatMap((batch) => batch.marks)];
	return new Set(marks.map((mark) => readMark(mark).fingerprint));
}

/** The latest position that any poll reached. */
export function furthest({ position, batches }: Progress, isLater: IsLater): string {
	return batches.reduce(
		(latest, { reached }) => (isLater(reached, latest) ? reached : latest),
		position,
	);
}

/** Settles what `processId` emitted more than a minute ago: it lives, so nothing of it was lost. */
export function settle(
	progress: Progress,
	processId: string,
	now: number,
	isLater: IsLater,
): Progress {
	const isSettled = ({ by, at }: Batch) => by === processId && now - at >= SETTLE_MILLISECONDS;
	const done = progress.batches.filter(isSettled);
	if (done.length === 0) return progress;
	return {
		position: furthest({ ...progress, batches: done }, isLater),
		settled: [...new Set([progress.settled, ...done.map(({ marks }) => marks)].flat())],
		batches: progress.batches.filter((batch) => !isSettled(batch)),
	};
}

/**
 * Adds what a poll emitted, and drops what need not be remembered any longer.
 *
 * @param isNeeded whether the event of a mark may be seen again
 */
export function record(
	progress: Progress,
	batch: Batch,
	isNeeded: (mark: string) => boolean,
	isLater: IsLater,
): Progress {
	const settled = progress.settled.filter(isNeeded);
	const settledMarks = new Set(settled);
	const says = (one: Batch) => one.marks.length > 0 || isLater(one.reached, progress.position);
	const earlier = progress.batches
		.map((one) => ({
			...one,
			marks: one.marks.filter((mark) => isNeeded(mark) && !settledMarks.has(mark)),
		}))
		.filter(says);
	const isNews = batch.marks.length > 0 || isLater(batch.reached, furthest(progress, isLater));
	const batches = isNews ? [...earlier, batch] : earlier;
	return { position: progress.position, settled, batches: ofLatestProcesses(batches) };
}

/** Each process that starts emits again what those before it did not outlive: dead ones pile up. */
function ofLatestProcesses(batches: Batch[]): Batch[] {
	const latestFirst = [...new Set(batches.map(({ by }) => by).reverse())];
	const kept = new Set(latestFirst.slice(0, MAX_PROCESSES));
	return batches.filter(({ by }) => kept.has(by));
}
