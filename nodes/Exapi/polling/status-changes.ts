import {
	emittedFor,
	furthest,
	type PollResult,
	type PollTurn,
	type Progress,
	readMark,
	record,
	settle,
	startAt,
} from '../../shared/polling';
import type { WireStatusAnswer } from '../protocol';
import {
	addWitnesses,
	askFrom,
	BEGINNING,
	changesIn,
	currentRevision,
	firstContradiction,
	isFarBelow,
	isLater,
	isSeenAgain,
	markOfChange,
	MAX_WITNESSES,
	namesTooLittle,
	type RevisedChange,
	type Revision,
	before as revisionBefore,
	revisionIn,
	revisionReached,
	type RevisionSource,
	type StatusChange,
} from './revisions';

/** The state saved between polls. Its position is a revision. */
export interface ChangesState extends Progress {
	/** The revision when the trigger started from "now": changes up to it are not new. */
	after: Revision;
	/** The latest changes seen, see {@link addWitnesses}. */
	witnesses?: string[];
	/** Whether the revision was below the position at the last poll. */
	isDoubted?: true;
	/** When it was last checked that the CRM is not below the position, in milliseconds. */
	checkedAt?: number;
}

/** How often to check a CRM whose answers do not show its revision: the check may return all orders. */
const CHECK_MILLISECONDS = 60 * 60_000;

/** What to request in a poll for changes. */
export interface ChangesPoll extends RevisionSource {
	/** The revision to start from; `now`: after all existing changes. */
	startFrom: 'now' | number | bigint;
	/** Which changes to emit; all by default. */
	isWanted?: (change: StatusChange) => boolean;
	/** Called when the revisions of the CRM started over. */
	onRestart?: (before: Revision, now: Revision) => void;
}

/**
 * Requests changes and advances the state. Duplicates are recognized by order and revision: the document
 * does not state whether "from a revision" includes it, and both readings work.
 *
 * @param state the state after the last poll, `undefined` for the first one
 * @returns the changes that this process has not emitted yet, oldest first
 */
export async function pollChanges(
	poll: ChangesPoll,
	state: ChangesState | undefined,
	turn: PollTurn,
): Promise<PollResult<ChangesState, StatusChange>> {
	const source = { ...poll, signal: turn.signal };
	const { from, answer } =
		state === undefined ? await firstAnswer(source) : await nextAnswer(source, state, turn.now);
	const changes = await changesIn(answer, poll.timeZone);
	const emitted = emittedFor(from, turn.processId);
	const fresh = changes.filter(
		(change) => isNew(change, from) && !emitted.has(readMark(markOfChange(change)).fingerprint),
	);
	// At the first poll, changes without a revision cannot be distinguished from new ones.
	const isOld = ({ revision }: RevisedChange) =>
		state === undefined && poll.startFrom === 'now' && revision === undefined;
	const events = fresh.filter((one) => !isOld(one) && (poll.isWanted?.(one.change) ?? true));
	const batch = {
		by: turn.processId,
		at: turn.now(),
		reached: revisionReached(answer, from.position),
		marks: events.map(markOfChange),
	};
	// It is settled only now: a CRM may return a revision whose change is not in the answer yet, so each
	// position is requested once more after a later one was reached.
	const passed = settle(from, turn.processId, turn.now(), isLater);
	const settled = [...passed.settled, ...fresh.filter(isOld).map(markOfChange)];
	const present = new Set(changes.map(markOfChange));
	const isNeeded = (mark: string) => {
		const { place } = readMark(mark);
		return place === '' ? present.has(mark) : isAtOrAfter(place, passed.position);
	};
	const progress = record({ ...passed, settled }, batch, isNeeded, isLater);
	return {
		state: {
			...progress,
			after: from.after,
			witnesses: addWitnesses(from.witnesses ?? [], changes),
			...(from.isDoubted && { isDoubted: true }),
			checkedAt: from.checkedAt ?? turn.now(),
		},
		events: events.map(({ change }) => change),
	};
}

/** Returns the latest changes for a test of the trigger. It saves nothing. */
export async function sampleChanges(poll: ChangesPoll, count: number): Promise<StatusChange[]> {
	const wantedFrom = async (revision: Revision) =>
		(await changesIn(await askFrom(poll, revision), poll.timeZone))
			.map(({ change }) => change)
			.filter((change) => poll.isWanted?.(change) ?? true);
	const before = BigInt(await currentRevision(poll)) - BigInt(count);
	const latest = await wantedFrom(before > 0n ? String(before) : BEGINNING);
	return (latest.length > 0 ? latest : await wantedFrom(BEGINNING)).slice(-count);
}

interface Answered {
	/** The state that the answer continues. */
	from: ChangesState;
	answer: WireStatusAnswer;
}

async function firstAnswer(poll: ChangesPoll): Promise<Answered> {
	if (poll.startFrom !== 'now') {
		const position = String(poll.startFrom);
		const answer = await askFrom(poll, position);
		return { from: { ...startAt(position), after: BEGINNING }, answer };
	}
	const current = await currentRevision(poll);
	// Start a little before it, to recognize the history later.
	const answer = await askFrom(poll, revisionBefore(current, MAX_WITNESSES));
	// If a CRM always returned the same revision, its whole history would be new.
	const position = namesTooLittle(answer) ? revisionReached(answer, current) : current;
	return { from: { ...startAt(position), after: position }, answer };
}

/** Requests the next changes, and detects a CRM whose revisions started over, for example from a backup. */
async function nextAnswer(
	poll: ChangesPoll,
	from: ChangesState,
	now: () => number,
): Promise<Answered> {
	const answer = await askFrom(poll, from.position);
	const { isDoubted, ...trusted } = from;
	const current = revisionIn(answer);
	if (showsNoRevision(answer, from)) {
		if (!isDoubted && now() - (from.checkedAt ?? now()) < CHECK_MILLISECONDS) {
			return { from, answer };
		}
		const found = await currentRevision(poll);
		const checked = { ...from, checkedAt: now() };
		if (found !== BEGINNING && isLater(from.position, found)) {
			return await compareHistory(poll, checked, answer);
		}
		return { from: { ...trusted, checkedAt: checked.checkedAt }, answer };
	}
	if (current === undefined || !isLater(furthest(from, isLater), current)) {
		return { from: trusted, answer };
	}
	return isLater(from.position, current)
		? await compareHistory(poll, from, answer)
		: await compareLatest(poll, trusted, answer, current);
}

/** Whether an answer has neither a change nor another revision, so that the CRM's revision may be lower. */
function showsNoRevision(answer: WireStatusAnswer, { position }: ChangesState): boolean {
	const current = revisionIn(answer);
	const isSame = current === position && answer.orders.length === 0;
	return position !== BEGINNING && (current === undefined || isSame);
}

/** Handles a revision below that of the changes emitted in the last minute. */
async function compareLatest(
	poll: ChangesPoll,
	from: ChangesState,
	answer: WireStatusAnswer,
	current: Revision,
): Promise<Answered> {
	const marks = [...from.settled, ...from.batches.flatMap((batch) => batch.marks)];
	const changes = await changesIn(answer, poll.timeZone);
	const different = firstContradiction(changes, from.witnesses ?? [], marks);
	if (different === undefined) return { from, answer };
	poll.onRestart?.(furthest(from, isLater), current);
	return { from: setBack(from, revisionBefore(different, 1)), answer };
}

/** Handles a revision below the position. */
async function compareHistory(
	poll: ChangesPoll,
	{ isDoubted, ...from }: ChangesState,
	answer: WireStatusAnswer,
): Promise<Answered> {
	const whole = await askFrom(poll, BEGINNING);
	const current = revisionReached(whole, BEGINNING);
	if (!isLater(from.position, current)) return { from, answer };
	const changes = await changesIn(whole, poll.timeZone);
	const witnesses = from.witnesses ?? [];
	if (firstContradiction(changes, witnesses, from.settled) === undefined) {
		// It is a server that lags behind the others, or a CRM whose newest order was deleted.
		if (isSeenAgain(changes, witnesses)) return { from, answer };
		if (!isDoubted && !isFarBelow(current, from.position)) {
			return { from: { ...from, isDoubted: true }, answer };
		}
	}
	poll.onRestart?.(furthest(from, isLater), current);
	return { from: { ...startAt(BEGINNING), after: BEGINNING }, answer: whole };
}

/** Sets the state back to a revision: the CRM's history after it differs, so its changes are new. */
function setBack(from: ChangesState, last: Revision): ChangesState {
	const atMost = (revision: Revision) => (isLater(revision, last) ? last : revision);
	const isKept = (mark: string) => {
		const { place } = readMark(mark);
		return place === '' || !isLater(place, last);
	};
	return {
		...from,
		after: atMost(from.after),
		witnesses: from.witnesses?.filter(isKept),
		settled: from.settled.filter(isKept),
		batches: from.batches.map((batch) => ({
			...batch,
			reached: atMost(batch.reached),
			marks: batch.marks.filter(isKept),
		})),
	};
}

/** Whether a change is new. A CRM that ignores the requested revision returns older changes as well. */
function isNew({ revision }: RevisedChange, { position, after }: ChangesState): boolean {
	if (revision === undefined) return true;
	return isLater(revision, after) && isAtOrAfter(revision, position);
}

function isAtOrAfter(revision: Revision, other: Revision): boolean {
	return !isLater(other, revision);
}
