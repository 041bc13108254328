import { atOnce, type InTurns } from './turns';

/** The default depth of PHP's `json_encode` and `json_decode`. */
export const MAX_DEPTH = 512;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const SPACE = 0x20;
const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** A search for a quote costs more than this many steps, and a text may have millions of short strings. */
const NEAR = 32;

/** What may follow next in a list or an object. */
type Next = 'firstKey' | 'key' | 'colon' | 'value' | 'firstValue' | 'commaOrEnd';

/** The budget left for finding the ends of objects. Each search uses a part of it. */
export interface ScanBudget {
	characters: number;
	values: number;
}

/**
 * Finds the end of a JSON object or list by its syntax, without parsing it.
 *
 * @param start the position of its opening brace or bracket
 * @param maxValues the most values that it may have
 * @returns the position after its closing brace or bracket. If there is none, the position at which the text
 *   stops being JSON or the budget is used up, as a negative number
 */
export function endOfStructure(
	text: string,
	start: number,
	budget: ScanBudget,
	maxValues = Number.POSITIVE_INFINITY,
): number {
	const stop = Math.min(text.length, start + budget.characters);
	const { end, values } = scan(text, start, stop, Math.min(budget.values, maxValues));
	budget.characters -= Math.abs(end) - start;
	budget.values -= values;
	return end;
}

function scan(
	text: string,
	start: number,
	stop: number,
	maxValues: number,
): { end: number; values: number } {
	let values = 0;
	const give = (end: number) => ({ end, values });
	/** For each list or object that is open, whether it is an object. */
	const open: boolean[] = [];
	let next = 'value' as Next;
	let at = start;
	while (at < stop) {
		switch (text.charCodeAt(at)) {
			case SPACE:
			case TAB:
			case LINE_FEED:
			case CARRIAGE_RETURN:
				at = behindBlanks(text, at + 1, stop);
				break;
			case QUOTE: {
				if (next === 'colon' || next === 'commaOrEnd') return give(-at);
				const end = endOfString(text, at);
				if (end < 0) return give(end);
				next = next === 'firstKey' || next === 'key' ? 'colon' : 'commaOrEnd';
				at = end;
				break;
			}
			case COLON:
				if (next !== 'colon') return give(-at);
				next = 'value';
				at++;
				break;
			case COMMA:
				if (next !== 'commaOrEnd' || ++values > maxValues) return give(-at);
				next = open[open.length - 1] ? 'key' : 'value';
				at++;
				break;
			case OPENING_BRACE:
			case OPENING_BRACKET: {
				if (next !== 'value' && next !== 'firstValue') return give(-at);
				if (open.length === MAX_DEPTH || ++values > maxValues) return give(-at);
				const isObject = text.charCodeAt(at) === OPENING_BRACE;
				open.push(isObject);
				next = isObject ? 'firstKey' : 'firstValue';
				at++;
				break;
			}
			case CLOSING_BRACE:
			case CLOSING_BRACKET: {
				const isObject = text.charCodeAt(at) === CLOSING_BRACE;
				const isEmpty = next === (isObject ? 'firstKey' : 'firstValue');
				if (open.pop() !== isObject || !(isEmpty || next === 'commaOrEnd')) return give(-at);
				next = 'commaOrEnd';
				at++;
				if (open.length === 0) return give(at);
				break;
			}
			default: {
				if (next !== 'value' && next !== 'firstValue') return give(-at);
				const end = endOfScalar(text, at, stop);
				if (end === at) return give(-at);
				next = 'commaOrEnd';
				at = end;
			}
		}
	}
	return give(-stop);
}

/** Skips whitespace, of which a text may have a lot. */
function behindBlanks(text: string, start: number, stop: number): number {
	let at = start;
	while (at < stop && isBlank(text.charCodeAt(at))) at++;
	return at;
}

function isBlank(code: number): boolean {
	return code === SPACE || code === LINE_FEED || code === TAB || code === CARRIAGE_RETURN;
}

/**
 * Finds the end of a JSON string. Invalid characters in it are left to the parser.
 *
 * @param start the position of its opening quote
 * @returns the position after its closing quote; a negative number if there is none
 */
export function endOfString(text: string, start: number): number {
	let at = start + 1;
	while (at < text.length) {
		const near = at + NEAR;
		while (at < near) {
			const code = text.charCodeAt(at++);
			if (code === QUOTE) return at;
			if (code === BACKSLASH) at++;
		}
		const quote = text.indexOf('"', at);
		if (quote < 0) break;
		let first = quote;
		while (first > at && text.charCodeAt(first - 1) === BACKSLASH) first--;
		if ((quote - first) % 2 === 0) return quote + 1;
		at = quote + 1;
	}
	return -text.length;
}

/** Skips the characters of numbers, `true`, `false` and `null`. Other words of them are left to the parser. */
function endOfScalar(text: string, start: number, stop: number): number {
	let at = start;
	while (at < stop && isOfScalar(text.charCodeAt(at))) at++;
	return at;
}

function isOfScalar(code: number): boolean {
	const isDigit = code >= 0x30 && code <= 0x39;
	const isLetter = code >= 0x61 && code <= 0x7a;
	return isDigit || isLetter || code === 0x2d || code === 0x2b || code === 0x2e || code === 0x45;
}

/** The limits of a JSON text. */
export interface StructureLimits {
	maxValues: number;
	maxDepth: number;
}

/** The only bit in which a brace differs from the bracket of the same side. */
const BRACE_BIT = 0x20;
const OPENING = OPENING_BRACKET | BRACE_BIT;
const CLOSING = CLOSING_BRACKET | BRACE_BIT;

/**
 * Whether JSON text is within the limits of values and depth. It is checked before parsing: 16 MB of `[` or of
 * empty lists take seconds and half a gigabyte to parse.
 */
export function isWithin(text: string, { maxValues, maxDepth }: StructureLimits): boolean {
	const { length } = text;
	let values = 0;
	let depth = 0;
	let at = 0;
	while (at < length) {
		const code = text.charCodeAt(at++);
		if (code === QUOTE) {
			// Inline, because a function call would take longer than most strings.
			while (at < length) {
				const within = text.charCodeAt(at++);
				if (within === QUOTE) break;
				if (within === BACKSLASH) at++;
			}
		} else if (code === COMMA) {
			if (++values > maxValues) return false;
		} else if ((code | BRACE_BIT) === OPENING) {
			if (++values > maxValues || ++depth > maxDepth) return false;
		} else if ((code | BRACE_BIT) === CLOSING) {
			depth--;
		}
	}
	return true;
}

/** An object that was found in a text, with its first position and the position after its end. */
export interface FoundObject<Read> {
	read: Read;
	start: number;
	end: number;
}

/**
 * The additional budget of a search: text that looks like the start of an object, but has no end, is scanned
 * more than once.
 */
const LOOKED_AT_AGAIN: Readonly<ScanBudget> = { characters: 4 * 1024 * 1024, values: 1_000_000 };
/** The most starts of objects to check: a million would take a second. */
const MAX_BEGINNINGS = 20_000;

/**
 * Finds a JSON object in a text. PHP prints warnings, notices and comments around it, which may contain braces,
 * quotes and JSON. The search continues after an object that is not accepted, and ends when its budget is used
 * up.
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

/** Finds an object as {@link findObject} does, and lets other work run while it searches a large text. */
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
	// If no object was rejected, there is none to search inside.
	if (found || !isWithinOthers || !search.hasRefused) return found;
	return yield* findFrom(search, (start) => start + 1);
}

interface Search<Read> {
	text: string;
	maxValues: number;
	accept: (json: string) => InTurns<Read | undefined>;
	/** The budget left for the whole search. */
	budget: ScanBudget;
	beginningsLeft: number;
	/** Whether an object was read and not accepted. */
	hasRefused: boolean;
}

/** Searches once. @param goOn returns where to continue after an object that was not accepted */
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
		// Text that has no end, or becomes invalid, may contain the wanted object.
		beginnings.lastIndex = end > 0 ? goOn(start, end) : start + 1;
	}
	return undefined;
}
