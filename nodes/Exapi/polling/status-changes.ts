import type { ExapiClient } from '../transport/exapi-client';
import { readingResult } from '../transport/failures';
import {
	getOrderStatusRCall,
	readStatusAnswer,
	revisionAfter,
	revisionOf,
	toOrderState,
	type OrderState,
	type WireStatusAnswer,
} from '../protocol';
import { LaggingMarks } from './lag';

/** An order as it was at a revision; `eventId` is the same whenever the change is emitted. */
export type StatusChange = OrderState & { eventId: string };

/** What is saved from poll to poll. */
export interface ChangesState {
	/** Changes from this revision on may not have been emitted yet. */
	revision?: number;
	/** What the CRM had when the trigger began "now": these changes are not new. */
	after?: number;
}

/** What the process remembers of one activation of the trigger. */
export class ChangesMemory {
	readonly marks = new LaggingMarks<number>();
	/** Event identifiers emitted, with their revisions. */
	readonly emitted = new Map<string, number>();
}

/** Whom a poll asks for changes, and from where on. */
export interface ChangesPoll {
	client: Pick<ExapiClient, 'call'>;
	timeZone: string;
	timeout: number;
	/** From which revision on to begin; `now`: after what is there. */
	startFrom: 'now' | number;
}

/** Beyond what a CRM reaches, and within 32 bits. */
const FAR_REVISION = 2 ** 31 - 1;

/**
 * Asks for changes and moves the state on. Doubles are removed by number and revision: the document
 * does not say whether "from a revision" includes it, and both work.
 *
 * @returns the changes not emitted yet by this activation, oldest first
 */
export async function pollChanges(
	poll: ChangesPoll,
	state: ChangesState,
	memory: ChangesMemory,
	now: number,
): Promise<StatusChange[]> {
	const after = state.after ?? (poll.startFrom === 'now' ? await currentRevision(poll) : 0);
	const from = state.revision ?? (poll.startFrom === 'now' ? after : poll.startFrom);
	const answer = await askFrom(poll, from);
	const changes = toChanges(answer, poll.timeZone).filter(
		({ eventId, at }) => at > after && !memory.emitted.has(eventId),
	);
	const reached = numberOf(revisionAfter(answer, from), from);
	for (const { eventId, at } of changes) memory.emitted.set(eventId, at);
	// The state is changed last: n8n keeps what a poll changed before it threw.
	moveOn(state, memory, { after, from, reached, now });
	return changes.map(({ change }) => change);
}

/** The latest changes, for a person who tries the trigger. Nothing is remembered. */
export async function sampleChanges(poll: ChangesPoll, count: number): Promise<StatusChange[]> {
	const current = await currentRevision(poll);
	const latest = toChanges(await askFrom(poll, Math.max(0, current - count)), poll.timeZone);
	const changes = latest.length > 0 ? latest : toChanges(await askFrom(poll, 0), poll.timeZone);
	return changes.slice(-count).map(({ change }) => change);
}

function moveOn(
	state: ChangesState,
	memory: ChangesMemory,
	at: { after: number; from: number; reached: number; now: number },
): void {
	const { marks, emitted } = memory;
	if (at.reached < at.from) {
		// A CRM that was set back, to a backup for example, counts from there anew.
		state.after = 0;
		state.revision = at.reached;
		emitted.clear();
		return;
	}
	state.after = at.after;
	state.revision = marks.settle(at.now) ?? at.from;
	marks.reach(at.reached, at.now);
	for (const [eventId, revision] of emitted) {
		if (revision < state.revision) emitted.delete(eventId);
	}
}

/** A CRM names its revision also when nothing changed; from one that does not, all is asked for. */
async function currentRevision(poll: ChangesPoll): Promise<number> {
	const { revision } = await askFrom(poll, FAR_REVISION);
	if (typeof revision === 'number' && revision < FAR_REVISION) return revision;
	return numberOf(revisionAfter(await askFrom(poll, 0), 0), 0);
}

async function askFrom(poll: ChangesPoll, revision: number): Promise<WireStatusAnswer> {
	const { result } = await poll.client.call(getOrderStatusRCall(revision, 'object'), {
		changes: false,
		timeout: poll.timeout,
	});
	return readingResult(() => readStatusAnswer(result));
}

interface DatedChange {
	eventId: string;
	/** The revision of the change. */
	at: number;
	change: StatusChange;
}

/** Oldest first, each once. */
function toChanges({ orders }: WireStatusAnswer, timeZone: string): DatedChange[] {
	const byId = new Map<string, DatedChange>();
	for (const { order } of orders) {
		const state = toOrderState(order, timeZone);
		const at = revisionOf(order);
		const eventId = `${state.orderId}:${at}`;
		byId.set(eventId, { eventId, at, change: { eventId, ...state } });
	}
	return [...byId.values()].sort((a, b) => a.at - b.at);
}

function numberOf(revision: unknown, fallback: number): number {
	return typeof revision === 'number' ? revision : fallback;
}
