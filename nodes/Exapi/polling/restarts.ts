import { fingerprint, markOf, readMark, textOfAny } from '../../shared/polling';
import { BEGINNING, isLater, type RevisedChange, type Revision } from './revisions';

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
