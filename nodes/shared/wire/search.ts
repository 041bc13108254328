import { endOfStructure, type ScanBudget } from './scan';
import { atOnce, type InTurns } from './turns';

/** An object that was found in a text, with the positions of its first character and behind its last. */
export interface FoundObject<Read> {
	read: Read;
	start: number;
	end: number;
}

/**
 * What a search may spend besides: what seems to begin an object and has no end is looked at more
 * than once.
 */
const LOOKED_AT_AGAIN: Readonly<ScanBudget> = { characters: 4 * 1024 * 1024, values: 1_000_000 };
/** How many beginnings it looks at: each of a million takes a microsecond. */
const MAX_BEGINNINGS = 20_000;

/**
 * Finds an object of JSON in a text. PHP prints its warnings, notices and comments around it, and
 * these may hold braces, quotes and JSON of their own. After an object that is not accepted the
 * search goes on behind it; it ends when its budget is spent.
 *
 * @param maxValues an object with more values is not looked at
 * @param accept reads the object's text, with `parseFound`; gives `undefined` for one that is not the
 *   object looked for
 * @param isWithinOthers whether to look, after all others, within objects that were not accepted: only
 *   where nobody but its sender can have written what is accepted
 */
export function findObject<Read>(
	text: string,
	maxValues: number,
	accept: (json: string) => Read | undefined,
	isWithinOthers = false,
): FoundObject<Read> | undefined {
	// eslint-disable-next-line require-yield -- it is read at once
	const acceptAtOnce = function* (json: string): InTurns<Read | undefined> {
		return accept(json);
	};
	return atOnce(findObjectInTurns(text, maxValues, acceptAtOnce, isWithinOthers));
}

/** As {@link findObject}; others get their turn while megabytes are searched and read. */
export function* findObjectInTurns<Read>(
	text: string,
	maxValues: number,
	accept: (json: string) => InTurns<Read | undefined>,
	isWithinOthers = false,
): InTurns<FoundObject<Read> | undefined> {
	const search: Search<Read> = {
		text,
		maxValues,
		accept,
		budget: {
			characters: text.length + LOOKED_AT_AGAIN.characters,
			values: maxValues + LOOKED_AT_AGAIN.values,
		},
		beginningsLeft: MAX_BEGINNINGS,
		hasRefused: false,
	};
	const found = yield* findFrom(search, (_start, end) => end);
	// Without an object that was not accepted there is nothing within one.
	if (found || !isWithinOthers || !search.hasRefused) return found;
	return yield* findFrom(search, (start) => start + 1);
}

interface Search<Read> {
	text: string;
	maxValues: number;
	accept: (json: string) => InTurns<Read | undefined>;
	/** What may still be spent, by all looks together. */
	budget: ScanBudget;
	beginningsLeft: number;
	/** Whether an object was read and not accepted. */
	hasRefused: boolean;
}

/** @param goOn where to search on after an object that was not accepted */
function* findFrom<Read>(
	search: Search<Read>,
	goOn: (start: number, end: number) => number,
): InTurns<FoundObject<Read> | undefined> {
	const { text, maxValues, accept, budget } = search;
	const beginnings = /\{\s*"/g;
	for (; search.beginningsLeft > 0 && budget.characters > 0; search.beginningsLeft--) {
		const start = beginnings.exec(text)?.index;
		if (start === undefined) break;
		yield;
		const end = endOfStructure(text, start, budget, maxValues);
		yield;
		const read = end > 0 ? yield* accept(text.slice(start, end)) : undefined;
		if (read !== undefined) return { read, start, end };
		search.hasRefused ||= end > 0;
		// What does not end, or is no JSON from some place on, may hold the one looked for.
		beginnings.lastIndex = end > 0 ? goOn(start, end) : start + 1;
	}
	return undefined;
}
