import { endOfString } from './scan';

/** A whole number of any size. It is written to JSON without quotes and with all its digits. */
export type WholeNumber = number | bigint;

/** The number of digits of 2^53: a text without as many in a row needs no further check. */
const MANY_DIGITS = 16;
const ZERO = '0'.charCodeAt(0);
const NINE = '9'.charCodeAt(0);
/** A whole number of up to 100 digits; a longer text remains text. */
const DIGITS = /^[+-]?\d{1,100}$/;

/** Whether a whole number, as its digits, is too large for an exact JavaScript number. */
export function isBeyond(digits: string): boolean {
	return isJsonInteger(digits) && !Number.isSafeInteger(Number(digits));
}

/** Checks in parts: one pattern would run out of memory when it backtracks over millions of digits. */
function isJsonInteger(text: string): boolean {
	return /^-?\d/.test(text) && !/^-?0\d/.test(text) && !/\D/.test(text.slice(1));
}

/**
 * Puts whole numbers in JSON text into quotes if `JSON.parse` would round them. Invalid JSON remains invalid,
 * because only values are quoted, not keys.
 *
 * @param isQuoted returns whether to quote a number, given its digits
 */
export function quoteNumbers(json: string, isQuoted: (digits: string) => boolean): string {
	if (!hasManyDigits(json)) return json;
	const integers = /-?\d{16}/g;
	const other = /\D/g;
	const pieces: string[] = [];
	let done = 0;
	// Strings are scanned once, up to the current number.
	let outside = 0;
	let quote = json.indexOf('"');
	for (let match = integers.exec(json); match; match = integers.exec(json)) {
		const { index } = match;
		while (quote !== -1 && quote < index) {
			const end = endOfString(json, quote);
			outside = end < 0 ? json.length : end;
			quote = json.indexOf('"', outside);
		}
		if (outside > index) {
			integers.lastIndex = outside;
			continue;
		}
		other.lastIndex = integers.lastIndex;
		const end = other.exec(json)?.index ?? json.length;
		integers.lastIndex = end;
		const digits = json.slice(index, end);
		if (stands(json, index, end) && isQuoted(digits)) {
			pieces.push(json.slice(done, index), `"${digits}"`);
			done = end;
		}
	}
	return pieces.length === 0 ? json : pieces.join('') + json.slice(done);
}

/** Whether the text has 16 digits in a row. Checking every 16th character is enough to find them. */
function hasManyDigits(text: string): boolean {
	let known = -1;
	for (let at = MANY_DIGITS - 1; at < text.length; at += MANY_DIGITS) {
		if (!isDigitAt(text, at)) continue;
		let first = at;
		while (first - 1 > known && isDigitAt(text, first - 1)) first--;
		let end = at + 1;
		while (end - first < MANY_DIGITS && isDigitAt(text, end)) end++;
		if (end - first >= MANY_DIGITS) return true;
		known = end;
	}
	return false;
}

function isDigitAt(text: string, at: number): boolean {
	const code = text.charCodeAt(at);
	return code >= ZERO && code <= NINE;
}

/** Whether the text at this position is a value, not a key. */
function stands(json: string, start: number, end: number): boolean {
	let before = start - 1;
	while (isBlank(json[before])) before--;
	let behind = end;
	while (isBlank(json[behind])) behind++;
	return isOneOf(json[before], '[,:') && isOneOf(json[behind], ',]}');
}

function isBlank(character: string | undefined): boolean {
	return character !== undefined && ' \t\n\r'.includes(character);
}

function isOneOf(character: string | undefined, characters: string): boolean {
	return character === undefined || characters.includes(character);
}

/** Reads a whole number, also from text of digits. @returns `undefined` for any other value */
export function wholeNumber(value: unknown): WholeNumber | undefined {
	if (typeof value === 'bigint') return asJsonNumber(value);
	if (typeof value === 'number') return Number.isSafeInteger(value) ? value : undefined;
	if (typeof value !== 'string') return undefined;
	const digits = value.trim();
	if (!DIGITS.test(digits)) return undefined;
	const number = Number(digits);
	// A longer number is never a safe integer; "-0" is 0.
	return Number.isSafeInteger(number) ? number || 0 : BigInt(digits.replace('+', ''));
}

function asJsonNumber(value: bigint): WholeNumber {
	const number = Number(value);
	return Number.isSafeInteger(number) ? number : value;
}

/** Converts it for an item: to a number, or to text of its digits if a number would be rounded. */
export function toItemNumber(value: WholeNumber): number | string {
	return typeof value === 'bigint' ? String(value) : value;
}

/** Returns the greater number. JavaScript compares numbers and bigints exactly. */
export function greaterOf(one: WholeNumber, other: WholeNumber): WholeNumber {
	return other > one ? other : one;
}

/** Below this, JavaScript writes a number without an exponent, as if all its digits were exact. */
const LOOKS_EXACT_BELOW = 1e21;

/** Whether a number, or one inside a list or an object, is whole and has lost digits. */
export function hasLostDigits(value: unknown): boolean {
	if (typeof value === 'number') {
		const looksExact = Number.isInteger(value) && Math.abs(value) < LOOKS_EXACT_BELOW;
		return looksExact && !Number.isSafeInteger(value);
	}
	return typeof value === 'object' && value !== null && Object.values(value).some(hasLostDigits);
}
