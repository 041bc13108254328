import { createHash, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { LRUCache } from 'lru-cache';
import type { IDataObject, IPollFunctions } from 'n8n-workflow';
import { PartnerError } from './errors';

/**
 * The state of a poll trigger, as plain JSON for n8n's static data.
 *
 * n8n saves the static data and creates the execution independently of each other. If a process dies
 * between the two, the events are lost although they were saved as emitted. Therefore each batch is saved
 * with the process that emitted it. That process does not emit it again while it is running; any other
 * process does, unless the first one was still running a minute later. No event is lost this way.
 */
export interface Progress {
	/** Where the next poll starts. All events before it have reached their executions. */
	position: string;
	/** Marks of events from the position on that no process must emit again. */
	settled: string[];
	/** Events that polls emitted within the last minute of their process. */
	batches: Batch[];
}

/** The events that one poll emitted. */
export interface Batch {
	/** The process that emitted it. */
	by: string;
	/** The time of the poll, in milliseconds. */
	at: number;
	/** The position to continue from once the batch is settled. */
	reached: string;
	/** See {@link markOf}. */
	marks: string[];
}

/** Whether the first position is later than the other. */
export type IsLater = (position: string, other: string) => boolean;

/** After this time, a process that is still running has created the executions of a batch. */
const SETTLE_MILLISECONDS = 60_000;
/** The most processes to store, more than n8n installations run: only those that ended long ago are dropped. */
const MAX_PROCESSES = 8;
/** 72 bits: two of a million events collide once in ten billion cases. */
const FINGERPRINT_CHARACTERS = 12;

/** Shortens an event's identifier: static data has to hold thousands of them. */
export function fingerprint(eventId: string): string {
	return createHash('sha256').update(eventId).digest('base64url').slice(0, FINGERPRINT_CHARACTERS);
}

/** Converts a partner's value to text for a fingerprint. It may contain `bigint`s. */
export function textOfAny(value: unknown): string {
	return JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? String(one) : one));
}

/** Builds the mark of an event: its place, which decides when to drop it, and its fingerprint. */
export function markOf(place: string, eventId: string): string {
	return `${place} ${fingerprint(eventId)}`;
}

/** Reads the two parts of a mark. */
export function readMark(mark: string): { place: string; fingerprint: string } {
	const blank = mark.lastIndexOf(' ');
	return { place: mark.slice(0, blank), fingerprint: mark.slice(blank + 1) };
}

/** Creates the state of a trigger that has emitted nothing yet. */
export function startAt(position: string): Progress {
	return { position, settled: [], batches: [] };
}

/** Returns the fingerprints of the events that `processId` must not emit again. */
export function emittedFor(progress: Progress, processId: string): Set<string> {
	const own = progress.batches.filter(({ by }) => by === processId);
	const marks = [...progress.settled, ...own.flatMap((batch) => batch.marks)];
	return new Set(marks.map((mark) => readMark(mark).fingerprint));
}

/** Returns the latest position that any poll reached. */
export function furthest({ position, batches }: Progress, isLater: IsLater): string {
	return batches.reduce(
		(latest, { reached }) => (isLater(reached, latest) ? reached : latest),
		position,
	);
}

/** Settles the events that `processId` emitted more than a minute ago: it is still running, so none was lost. */
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
 * Adds the events of a poll, and drops marks that are no longer needed.
 *
 * @param isNeeded returns whether the event of a mark may be received again
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

/** Drops the batches of the oldest processes, which would accumulate: each new process adds its own. */
function ofLatestProcesses(batches: Batch[]): Batch[] {
	const latestFirst = [...new Set(batches.map(({ by }) => by).reverse())];
	const kept = new Set(latestFirst.slice(0, MAX_PROCESSES));
	return batches.filter(({ by }) => kept.has(by));
}

/** The context of one poll. */
export interface PollTurn {
	/** Identifies the process that emits. */
	processId: string;
	/** Aborts when n8n is about to abandon the poll. */
	signal: AbortSignal;
	/** Returns the time in milliseconds. Call it when the responses have arrived. */
	now: () => number;
}

/** The events that a poll found, and the state for the next one. */
export interface PollResult<State, Event> {
	state: State;
	events: Event[];
}

/** Where the state of a poll is stored. */
export interface StateSlot {
	/** The key in the node's static data. */
	name: string;
	/** The source of the events, such as the partner's address. Another one starts with a new state in memory. */
	source: string;
	/** Static data in an earlier format: its keys, which the next save removes, and a function that reads it. */
	former?: { keys: readonly string[]; read: (data: IDataObject) => object | undefined };
}

/** The default limit of a poll, that of n8n's `PollContext.getPollBudgetMs`. */
const DEFAULT_BUDGET = 5 * 60_000;
/** If a poll has not ended this long after its limit, it no longer prevents others. */
const STUCK_AFTER = 60_000;
const MAX_REMEMBERED_TRIGGERS = 1_000;

interface Resumed<State> {
	state: State | undefined;
	/** The stamp of the saved state, whichever state is resumed. */
	stamp: string | undefined;
}

interface Unsaved {
	/** The stamp of the saved state that the poll started from, none if nothing was saved. */
	basedOn: string | undefined;
	stamped: IDataObject;
}

/**
 * Runs the polls of this process's triggers, one at a time for each trigger, and stores their state.
 *
 * n8n's ordinary scheduler uses one context, with its static data in memory, for all polls of an
 * activation. Its durable scheduler creates a context from the database for each poll, and saves the
 * static data only when a poll emits something or the workflow is published. Therefore the state is only
 * in the static data and is changed at the very end: an event counts as emitted when a later poll finds it
 * there. A poll that n8n abandoned, or whose workflow was unpublished meanwhile, leaves nothing behind.
 * The progress of polls without events, such as the "now" to start from, is stored in memory as long as
 * the saved state is the one they started from.
 */
export class PollRunner {
	private readonly unsaved = new LRUCache<string, Unsaved>({ max: MAX_REMEMBERED_TRIGGERS });
	/** Running polls, with the time by which they must have ended. */
	private readonly running = new Map<string, number>();
	private commits = 0;

	constructor(
		private readonly processId: string = randomUUID(),
		private readonly now: () => number = () => Date.now(),
	) {}

	/**
	 * Runs a poll. While another poll of this trigger is running it returns nothing: the other one returns
	 * the events, and n8n's durable scheduler abandons polls that wait.
	 *
	 * @param step requests events from the partner. It must not modify the state
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
			// There is no await from here on, so n8n cannot abandon the poll any more.
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

	/** Saves the state. It comes last: n8n keeps changes of a poll that throws afterwards. */
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

/** Returns n8n's time limit of a poll, which older versions do not provide. */
function budgetOf(node: Partial<Pick<IPollFunctions, 'getPollBudgetMs'>>): number {
	return node.getPollBudgetMs?.() ?? DEFAULT_BUDGET;
}

/** Copies the state without its stamp: writing to n8n's own object would mark it as changed. */
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
