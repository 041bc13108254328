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

/** What is saved from poll to poll; the position is a revision. */
export interface ChangesState extends Progress {
	/** What the CRM had when the trigger began "now": these changes are not new. */
	after: Revision;
	/** The latest changes seen, see {@link addWitnesses}. */
	witnesses?: string[];
	/** Whether the revision seemed to be below the position at the last poll. */
	isDoubted?: true;
	/** When it was last checked that the CRM is not below the position, in milliseconds. */
	checkedAt?: number;
}

/** How often to check a CRM whose answers tell nothing: the check may send all orders. */
const CHECK_MILLISECONDS = 60 * 60_000;

/** Whom a poll asks for changes, and from where on. */
export interface ChangesPoll extends RevisionSource {
	/** From which revision on to begin; `now`: after what is there. */
	startFrom: 'now' | number | bigint;
	/** Which changes to emit; all by default. */
	isWanted?: (change: StatusChange) => boolean;
	/** Called when the revisions of the CRM started over. */
	onRestart?: (before: Revision, now: Revision) => void;
}

/**
 * Asks for changes and moves the state on. Duplicates are recognized by order and revision: the
 * document does not say whether "from a revision" includes it, and both readings work.
 *
 * @param state what the last poll left, `undefined` for the first one
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
	// Without a revision, what the CRM has at the first poll cannot be told from what is new.
	const isOld = ({ revision }: RevisedChange) =>
		state === undefined && poll.startFrom === 'now' && revision === undefined;
	const events = fresh.filter((one) => !isOld(one) && (poll.isWanted?.(one.change) ?? true));
	const batch = {
		by: turn.processId,
		at: turn.now(),
		reached: revisionReached(answer, from.position),
		marks: events.map(markOfChange),
	};
	// Settled only now: a CRM may name a revision whose change is not in the same answer yet, so each
	// position is asked from once more after another one was reached.
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

/** The latest changes, for a person who tries the trigger. Nothing is remembered. */
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
	// A little before it, to recognize the history by.
	const answer = await askFrom(poll, revisionBefore(current, MAX_WITNESSES));
	// A CRM that always names the same revision would send its whole history as new.
	const position = namesTooLittle(answer) ? revisionReached(answer, current) : current;
	return { from: { ...startAt(position), after: position }, answer };
}

/** Notices a CRM that was set back, to a backup for example: it counts from there again. */
async function nextAnswer(
	poll: ChangesPoll,
	from: ChangesState,
	now: () => number,
): Promise<Answered> {
	const answer = await askFrom(poll, from.position);
	const { isDoubted, ...trusted } = from;
	const current = revisionIn(answer);
	if (tellsNothing(answer, from)) {
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

/** Neither a change nor another revision: a CRM that names none, or repeats ours, may be far below. */
function tellsNothing(answer: WireStatusAnswer, { position }: ChangesState): boolean {
	const current = revisionIn(answer);
	const isSame = current === position && answer.orders.length === 0;
	return position !== BEGINNING && (current === undefined || isSame);
}

/** For a revision that is below what was emitted within the last minute. */
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

/** For a revision that is below the position. */
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
		// A server that is behind the others, or a CRM whose newest order was deleted.
		if (isSeenAgain(changes, witnesses)) return { from, answer };
		if (!isDoubted && !isFarBelow(current, from.position)) {
			return { from: { ...from, isDoubted: true }, answer };
		}
	}
	poll.onRestart?.(furthest(from, isLater), current);
	return { from: { ...startAt(BEGINNING), after: BEGINNING }, answer: whole };
}

/** The CRM tells another history after this revision: what it sends of it is new. */
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

/** A CRM that takes no notice of the revision asked for sends older changes as well. */
function isNew({ revision }: RevisedChange, { position, after }: ChangesState): boolean {
	if (revision === undefined) return true;
	return isLater(revision, after) && isAtOrAfter(revision, position);
}

function isAtOrAfter(revision: Revision, other: Revision): boolean {
	return !isLater(other, revision);
}
