/** As deep as PHP's `json_encode` and `json_decode` go unless told otherwise. */
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

/** A search for a quote costs more than as many steps, and millions of quotes may be as near. */
const NEAR = 32;

/** What may come next in a list or an object. */
type Next = 'firstKey' | 'key' | 'colon' | 'value' | 'firstValue' | 'commaOrEnd';

/** What may still be spent on looking for the ends of objects; each look takes of it. */
export interface ScanBudget {
	characters: number;
	values: number;
}

/**
 * Looks for the end of a JSON object or list by its syntax, without parsing it.
 *
 * @param start position of its opening brace or bracket
 * @param maxValues how many values it may have
 * @returns the position behind its closing one; where there is none, the position at which the
 *   text stops being JSON, or at which the budget is spent, as a negative number
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

/** Blanks may be most of a text. */
function behindBlanks(text: string, start: number, stop: number): number {
	let at = start;
	while (at < stop && isBlank(text.charCodeAt(at))) at++;
	return at;
}

function isBlank(code: number): boolean {
	return code === SPACE || code === LINE_FEED || code === TAB || code === CARRIAGE_RETURN;
}

/**
 * Looks for the end of a JSON string. What it may not hold the parser finds.
 *
 * @param start position of its opening quote
 * @returns the position behind its closing quote; a negative number where there is none
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

/** Numbers, `true`, `false` and `null` are made of these characters; what else is, the parser finds. */
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
