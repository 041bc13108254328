import { createHash, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { LRUCache } from 'lru-cache';
import type { IDataObject, IPollFunctions } from 'n8n-workflow';
import { PartnerError } from './errors';

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

/** What a poll needs besides its own settings. */
export interface PollTurn {
	/** Identifies the process that emits. */
	processId: string;
	/** Aborts when n8n is about to give the poll up. */
	signal: AbortSignal;
	/** The time in milliseconds, to be read when the answers are there. */
	now: () => number;
}

/** What a poll found, and the state to go on from. */
export interface PollResult<State, Event> {
	state: State;
	events: Event[];
}

/** Where the state of a poll is kept. */
export interface StateSlot {
	/** The key in the node's static data. */
	name: string;
	/** What the state is about, the partner's address for one: another one begins anew in memory. */
	source: string;
	/** Static data of an earlier format: keys, removed with the next save, and how to read them. */
	former?: { keys: readonly string[]; read: (data: IDataObject) => object | undefined };
}

/** n8n's own limit where it does not name one: that of `PollContext.getPollBudgetMs`. */
const DEFAULT_BUDGET = 5 * 60_000;
/** A poll that has not ended so long after its limit no longer keeps others from running. */
const STUCK_AFTER = 60_000;
const MAX_REMEMBERED_TRIGGERS = 1_000;

interface Resumed<State> {
	state: State | undefined;
	/** Of the state that is saved, whichever is resumed. */
	stamp: string | undefined;
}

interface Unsaved {
	/** The stamp of the saved state that the poll started from, none if nothing was saved. */
	basedOn: string | undefined;
	stamped: IDataObject;
}

/**
 * Runs the polls of this process's triggers, one at a time for each trigger, and keeps their state.
 *
 * n8n's ordinary scheduler uses one context, with its static data in memory, for all polls of an
 * activation. Its durable one makes a context from the database for each poll, and saves the static
 * data only when a poll emits something, or when the workflow is published. So the state is in the
 * static data alone, changed at the very end: an event counts as emitted when a later poll finds it
 * there. Neither a poll that n8n gave up nor one whose workflow was unpublished meanwhile leaves
 * anything behind. What polls without events reached is kept in memory, for as long as the saved
 * state is the one they started from: the "now" to begin with, for one.
 */
export class PollRunner {
	private readonly unsaved = new LRUCache<string, Unsaved>({ max: MAX_REMEMBERED_TRIGGERS });
	/** Polls under way, with the time by which they must have ended. */
	private readonly running = new Map<string, number>();
	private commits = 0;

	constructor(
		private readonly processId: string = randomUUID(),
		private readonly now: () => number = () => Date.now(),
	) {}

	/**
	 * Runs a poll. While another one of this trigger is under way it finds nothing: what there is, the
	 * other one brings, and n8n's durable scheduler gives up polls that wait.
	 *
	 * @param step asks the partner; must not change the state that it is given
	 * @returns the events to emit
	 */
	async run<State extends object, Event>(
		node: IPollFunctions,
		slot: StateSlot,
		step: (state: State | undefined, turn: PollTurn) => Promise<PollResult<State, Event>>,
	): Promise<Event[]> {
		const { id, name } = node.getNode();
		const trigger = `${String(node.getWorkflow().id)} ${id}`;
		const startedAt = this.now();
		if (startedAt < (this.running.get(trigger) ?? 0)) return [];
		const budget = budgetOf(node);
		const endsBy = startedAt + budget + STUCK_AFTER;
		this.running.set(trigger, endsBy);
		try {
			const saved = node.getWorkflowStaticData('node');
			const key = JSON.stringify([trigger, name, slot.name, slot.source]);
			const { state, stamp } = this.resume(key, saved, slot) as Resumed<State>;
			const signal = AbortSignal.timeout(budget);
			const turn = { processId: this.processId, signal, now: this.now };
			const result = await step(state, turn).catch((error: unknown) => {
				throw signal.aborted ? tookTooLong(budget) : error;
			});
			// From here on nothing waits, so n8n cannot give the poll up any more.
			if (signal.aborted || this.now() - startedAt > budget) throw tookTooLong(budget);
			this.keep(key, saved, slot, { before: state, stamp, ...result });
			return result.events;
		} finally {
			if (this.running.get(trigger) === endsBy) this.running.delete(trigger);
		}
	}

	private resume(key: string, saved: IDataObject, slot: StateSlot): Resumed<object> {
		const stamped = saved[slot.name] as IDataObject | undefined;
		const stamp = stamped?.stamp as string | undefined;
		const unsaved = this.unsaved.get(key);
		const latest = unsaved && unsaved.basedOn === stamp ? unsaved.stamped : stamped;
		return { state: latest ? withoutStamp(latest) : slot.former?.read(saved), stamp };
	}

	/** n8n keeps in memory what a poll changed before it threw, so this comes last. */
	private keep(
		key: string,
		saved: IDataObject,
		slot: StateSlot,
		poll: PollResult<object, unknown> & { before: object | undefined; stamp: string | undefined },
	): void {
		if (isDeepStrictEqual(poll.before, poll.state)) return;
		this.commits += 1;
		const stamped = { ...poll.state, stamp: `${this.processId}.${this.commits}` };
		if (poll.events.length === 0) this.unsaved.set(key, { basedOn: poll.stamp, stamped });
		for (const former of slot.former?.keys ?? []) Reflect.deleteProperty(saved, former);
		saved[slot.name] = stamped;
	}
}

/** The runner of this process. */
export const pollRunner = new PollRunner();

/** Older versions of n8n name no limit. */
function budgetOf(node: Partial<Pick<IPollFunctions, 'getPollBudgetMs'>>): number {
	return node.getPollBudgetMs?.() ?? DEFAULT_BUDGET;
}

/** A copy that is not n8n's: writing into static data marks it as changed. */
function withoutStamp(stamped: IDataObject): IDataObject {
	const state = JSON.parse(JSON.stringify(stamped)) as IDataObject;
	delete state.stamp;
	return state;
}

function tookTooLong(budget: number): PartnerError {
	const seconds = Math.round(budget / 100) / 10;
	return new PartnerError(`The poll took longer than the ${seconds} seconds that n8n allows`, {
		outcome: 'unknown',
		description:
			'Nothing was emitted, so nothing is lost: the next poll requests the same data. If this happens every time, reduce what a poll requests, or raise N8N_SCHEDULER_POLL_TIMEOUT.',
	});
}
