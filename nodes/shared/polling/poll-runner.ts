import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { LRUCache } from 'lru-cache';
import type { IDataObject, IPollFunctions } from 'n8n-workflow';
import { PartnerError } from '../errors';

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
			'Nothing was emitted, so nothing is lost: the next poll asks again. If this happens each time, reduce what a poll asks for, or raise N8N_SCHEDULER_POLL_TIMEOUT.',
	});
}
