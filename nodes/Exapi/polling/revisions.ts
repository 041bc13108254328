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

/** Enough to recognize the history of a CRM by, and little in static data. */
export const MAX_WITNESSES = 20;

/** Keeps the latest changes seen, with their content, to recognize the history of the CRM by. */
export function addWitnesses(witnesses: readonly string[], changes: RevisedChange[]): string[] {
	const latest = changes.filter(({ revision }) => revision !== undefined).slice(-MAX_WITNESSES);
	return [...new Set([...witnesses, ...latest.map(witnessOf)])]
		.sort((a, b) => (isLater(readMark(a).place, readMark(b).place) ? 1 : -1))
		.slice(-MAX_WITNESSES);
}

/**
 * Finds where the CRM tells another history: at a revision that was seen, it has something, but
 * neither the order nor the content seen there. An answer of a server that is behind the others, or of
 * a CRM whose newest order was deleted, is only shorter.
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

/** Whether one of the changes seen is there as it was. */
export function isSeenAgain(changes: RevisedChange[], witnesses: readonly string[]): boolean {
	const places = new Set(witnesses.map((witness) => readMark(witness).place));
	return changes.some(
		(one) =>
			one.revision !== undefined && places.has(one.revision) && witnesses.includes(witnessOf(one)),
	);
}

/** No server is behind the others by half of all changes. */
export function isFarBelow(current: Revision, position: Revision): boolean {
	return BigInt(current) * 2n < BigInt(position);
}

/** The revision that is `count` before another one. */
export function before(revision: Revision, count: number): Revision {
	const earlier = BigInt(revision) - BigInt(count);
	return earlier > 0n ? String(earlier) : BEGINNING;
}

/** The mark of a change by order and revision. */
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

/** A revision by its digits: it may be beyond what a JavaScript number holds. */
export type Revision = string;

/** Before the first change of a CRM. */
export const BEGINNING: Revision = '0';

/** Beyond what most CRMs reach, and within 32 bits. */
const FAR_REVISION: Revision = String(2 ** 31 - 1);

/** Whom to ask for changes. */
export interface RevisionSource {
	client: Pick<ExapiClient, 'call'>;
	timeZone: string;
	/** Milliseconds for each request. */
	timeout: number;
	signal?: AbortSignal;
}

/** An order as it was at a revision; `eventId` is the same whenever the change is emitted. */
export type StatusChange = OrderState & { eventId: string };

/** A change with its revision; `undefined` where the CRM names none. */
export interface RevisedChange {
	revision: Revision | undefined;
	change: StatusChange;
	/** The order as the CRM sent it. */
	order: Readonly<Record<string, unknown>>;
}

export function isLater(revision: Revision, other: Revision): boolean {
	return BigInt(revision) > BigInt(other);
}

/** @returns `undefined` for what is not a whole number, 0 or more */
export function readDigits(value: unknown): Revision | undefined {
	if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') {
		return undefined;
	}
	const text = String(value).trim();
	return /^\+?\d+$/.test(text) ? String(BigInt(text.replace('+', ''))) : undefined;
}

/** The changes that the CRM has from a revision on, in either reading of "from". */
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

/** A CRM names its revision also when nothing changed; from one that does not, all is asked for. */
export async function currentRevision(source: RevisionSource): Promise<Revision> {
	const current = revisionIn(await askFrom(source, FAR_REVISION));
	if (current !== undefined && current !== FAR_REVISION) return current;
	return revisionReached(await askFrom(source, BEGINNING), BEGINNING);
}

/**
 * The current revision by an answer: the one it names, unless one of its orders has a greater one.
 * A CRM may repeat the revision of the question, or always name 0.
 */
export function revisionIn({ revision, orders }: WireStatusAnswer): Revision | undefined {
	return [readDigits(revision), ...orders.map(({ order }) => revisionOfOrder(order))].reduce(
		(greatest, one) =>
			one !== undefined && (greatest === undefined || isLater(one, greatest)) ? one : greatest,
		undefined,
	);
}

/** Whether the revision that the answer names is below that of one of its orders. */
export function namesTooLittle(answer: WireStatusAnswer): boolean {
	return readDigits(answer.revision) !== revisionIn(answer);
}

/** The revision to ask from next time. */
export function revisionReached(answer: WireStatusAnswer, asked: Revision): Revision {
	return revisionIn(answer) ?? asked;
}

/** Oldest first, each once; those without a revision, which may be of any time, at the end. */
export async function changesIn(
	{ orders }: WireStatusAnswer,
	timeZone: string,
): Promise<RevisedChange[]> {
	const changes = await mapInTurns(orders, ({ order, key }): [string, RevisedChange] => {
		const state = toOrderState(order, timeZone, key);
		const revision = revisionOfOrder(order);
		// What the CRM said of the order then takes the place of the revision that it did not name.
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

/** The greater of its two, since a CRM may leave the one of updates empty for a new order. */
function revisionOfOrder(order: Readonly<Record<string, unknown>>): Revision | undefined {
	const revisions = [order.add_rev, order.upd_rev]
		.map(readDigits)
		.filter((revision) => revision !== undefined);
	const greatest = revisions.reduce((a, b) => (isLater(b, a) ? b : a), BEGINNING);
	return greatest === BEGINNING ? undefined : greatest;
}
