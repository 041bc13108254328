import { fingerprint, markOf, readMark, textOfAny } from '../../shared/polling';
import { mapInTurns } from '../../shared/wire';
import type { ExapiClient } from '../client/client';
import { withResultErrors } from '../client/failures';
import {
	getOrderStatusRCall,
	type OrderState,
	readStatusAnswer,
	toOrderState,
	type WireStatusAnswer,
} from '../protocol';

/** The number of changes to store: enough to recognize a CRM's history, and little static data. */
export const MAX_WITNESSES = 20;

/** Adds the latest changes with their content, by which the history of the CRM is recognized. */
export function addWitnesses(witnesses: readonly string[], changes: RevisedChange[]): string[] {
	const latest = changes.filter(({ revision }) => revision !== undefined).slice(-MAX_WITNESSES);
	return [...new Set([...witnesses, ...latest.map(witnessOf)])]
		.sort((a, b) => (isLater(readMark(a).place, readMark(b).place) ? 1 : -1))
		.slice(-MAX_WITNESSES);
}

/**
 * Finds where the CRM's history differs: a known revision has another order or other content than before.
 * An answer of a server that lags behind the others, or of a CRM whose newest order was deleted, is only
 * shorter.
 *
 * @param marks marks of changes that were emitted
 * @returns the first such revision
 */
export function firstContradiction(
	changes: RevisedChange[],
	witnesses: readonly string[],
	marks: readonly string[],
): Revision | undefined {
	const byRevision = new Map<Revision, RevisedChange[]>();
	for (const one of changes) {
		if (one.revision === undefined) continue;
		const there = byRevision.get(one.revision);
		if (there) there.push(one);
		else byRevision.set(one.revision, [one]);
	}
	const [seen, emitted] = [byPlace(witnesses), byPlace(marks)];
	const differs = (known: string[] | undefined, found: string[]) =>
		known !== undefined && !known.some((one) => found.includes(one));
	return [...byRevision].find(
		([revision, found]) =>
			differs(seen.get(revision), found.map(witnessOf)) ||
			differs(emitted.get(revision), found.map(markOfChange)),
	)?.[0];
}

/** Whether one of the known changes is unchanged. */
export function isSeenAgain(changes: RevisedChange[], witnesses: readonly string[]): boolean {
	const places = new Set(witnesses.map((witness) => readMark(witness).place));
	return changes.some(
		(one) =>
			one.revision !== undefined && places.has(one.revision) && witnesses.includes(witnessOf(one)),
	);
}

/** Whether a revision is too far below the position for a server that only lags behind. */
export function isFarBelow(current: Revision, position: Revision): boolean {
	return BigInt(current) * 2n < BigInt(position);
}

/** Returns the revision that is `count` below another one. */
export function before(revision: Revision, count: number): Revision {
	const earlier = BigInt(revision) - BigInt(count);
	return earlier > 0n ? String(earlier) : BEGINNING;
}

/** Returns the mark of a change by order and revision. */
export function markOfChange({ revision, change }: RevisedChange): string {
	return markOf(revision ?? '', change.eventId);
}

function witnessOf({ revision, change, order }: RevisedChange): string {
	return markOf(revision ?? '', `${change.eventId} ${fingerprint(textOfAny(order))}`);
}

function byPlace(marks: readonly string[]): Map<string, string[]> {
	const places = new Map<string, string[]>();
	for (const mark of marks) {
		const { place } = readMark(mark);
		const there = places.get(place);
		if (there) there.push(mark);
		else places.set(place, [mark]);
	}
	return places;
}

/** A revision as text of its digits: it may be too large for a JavaScript number. */
export type Revision = string;

/** The revision before the first change of a CRM. */
export const BEGINNING: Revision = '0';

/** A revision that most CRMs never reach, within 32 bits. */
const FAR_REVISION: Revision = String(2 ** 31 - 1);

/** Where to request changes. */
export interface RevisionSource {
	client: Pick<ExapiClient, 'call'>;
	timeZone: string;
	/** Milliseconds for each request. */
	timeout: number;
	signal?: AbortSignal;
}

/** An order at a revision. Its `eventId` is the same each time the change is emitted. */
export type StatusChange = OrderState & { eventId: string };

/** A change with its revision, `undefined` if the CRM sends none. */
export interface RevisedChange {
	revision: Revision | undefined;
	change: StatusChange;
	/** The order as the CRM sent it. */
	order: Readonly<Record<string, unknown>>;
}

export function isLater(revision: Revision, other: Revision): boolean {
	return BigInt(revision) > BigInt(other);
}

/** Reads a whole number, 0 or more. @returns `undefined` for any other value */
export function readDigits(value: unknown): Revision | undefined {
	if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') {
		return undefined;
	}
	const text = String(value).trim();
	return /^\+?\d+$/.test(text) ? String(BigInt(text.replace('+', ''))) : undefined;
}

/** Requests the changes since a revision, whether or not the CRM includes it. */
export async function askFrom(
	source: RevisionSource,
	revision: Revision,
): Promise<WireStatusAnswer> {
	const number = Number(revision);
	const exact = Number.isSafeInteger(number) ? number : revision;
	const { result } = await source.client.call(getOrderStatusRCall(exact, 'object'), {
		changes: false,
		timeout: source.timeout,
		signal: source.signal,
	});
	return withResultErrors(() => readStatusAnswer(result));
}

/** Requests the CRM's current revision. If an answer without changes has none, it requests all changes. */
export async function currentRevision(source: RevisionSource): Promise<Revision> {
	const current = revisionIn(await askFrom(source, FAR_REVISION));
	if (current !== undefined && current !== FAR_REVISION) return current;
	return revisionReached(await askFrom(source, BEGINNING), BEGINNING);
}

/**
 * Returns the current revision of an answer: its own, unless one of its orders has a greater one. A CRM
 * may return the requested revision, or always 0.
 */
export function revisionIn({ revision, orders }: WireStatusAnswer): Revision | undefined {
	return [readDigits(revision), ...orders.map(({ order }) => revisionOfOrder(order))].reduce(
		(greatest, one) =>
			one !== undefined && (greatest === undefined || isLater(one, greatest)) ? one : greatest,
		undefined,
	);
}

/** Whether the revision of the answer is below that of one of its orders. */
export function namesTooLittle(answer: WireStatusAnswer): boolean {
	return readDigits(answer.revision) !== revisionIn(answer);
}

/** Returns the revision for the next request. */
export function revisionReached(answer: WireStatusAnswer, asked: Revision): Revision {
	return revisionIn(answer) ?? asked;
}

/** Reads the changes of an answer, oldest first, each once. Those without a revision are at the end. */
export async function changesIn(
	{ orders }: WireStatusAnswer,
	timeZone: string,
): Promise<RevisedChange[]> {
	const changes = await mapInTurns(orders, ({ order, key }): [string, RevisedChange] => {
		const state = toOrderState(order, timeZone, key);
		const revision = revisionOfOrder(order);
		// Without a revision, the content of the order identifies the change.
		const version = revision ?? `#${fingerprint(textOfAny(order))}`;
		const eventId = `${state.orderId}:${version}`;
		return [eventId, { revision, change: { eventId, ...state }, order }];
	});
	return [...new Map(changes).values()].sort(byRevision);
}

function byRevision({ revision: a }: RevisedChange, { revision: b }: RevisedChange): number {
	if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
	return a === b ? 0 : isLater(a, b) ? 1 : -1;
}

/** Returns the greater of its two revisions: a CRM may leave the update revision of a new order empty. */
function revisionOfOrder(order: Readonly<Record<string, unknown>>): Revision | undefined {
	const revisions = [order.add_rev, order.upd_rev]
		.map(readDigits)
		.filter((revision) => revision !== undefined);
	const greatest = revisions.reduce((a, b) => (isLater(b, a) ? b : a), BEGINNING);
	return greatest === BEGINNING ? undefined : greatest;
}
