import { endOfString } from './scan';

/** A whole number of any size, as it leaves in JSON: without quotes, with all its digits. */
export type WholeNumber = number | bigint;

/** 2^53 has so many; a text without as many in a row needs no second look. */
const MANY_DIGITS = 16;
const ZERO = '0'.charCodeAt(0);
const NINE = '9'.charCodeAt(0);
/** More digits than anybody numbers by; longer text stays text. */
const DIGITS = /^[+-]?\d{1,100}$/;

/** Whether a whole number, by its digits, is beyond what a JavaScript number holds exactly. */
export function isBeyond(digits: string): boolean {
	return isJsonInteger(digits) && !Number.isSafeInteger(Number(digits));
}

/** Asked in parts: a pattern that steps back over millions of digits runs out of its memory. */
function isJsonInteger(text: string): boolean {
	return /^-?\d/.test(text) && !/^-?0\d/.test(text) && !/\D/.test(text.slice(1));
}

/**
 * Writes whole numbers of JSON text in quotes, where `JSON.parse` would round them. Text that is no
 * JSON stays so: a number stands where no key does.
 *
 * @param isQuoted which numbers, by their digits; all that would be rounded by default
 */
export function quoteNumbers(json: string, isQuoted: (digits: string) => boolean): string {
	if (!hasManyDigits(json)) return json;
	const integers = /-?\d{16}/g;
	const other = /\D/g;
	const pieces: string[] = [];
	let done = 0;
	// Texts are looked at once, up to the number that is looked at.
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

/** As many digits in a row cover one of every so many characters: only these are looked at. */
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

/** Whether a value stands at this place, and no key. */
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

/** A whole number, also as text of digits, as it is to be written; `undefined` for anything else. */
export function wholeNumber(value: unknown): WholeNumber | undefined {
	if (typeof value === 'bigint') return asJsonNumber(value);
	if (typeof value === 'number') return Number.isSafeInteger(value) ? value : undefined;
	if (typeof value !== 'string') return undefined;
	const digits = value.trim();
	if (!DIGITS.test(digits)) return undefined;
	const number = Number(digits);
	// Text of more digits never comes out as a safe one; "-0" is the whole number 0.
	return Number.isSafeInteger(number) ? number || 0 : BigInt(digits.replace('+', ''));
}

function asJsonNumber(value: bigint): WholeNumber {
	const number = Number(value);
	return Number.isSafeInteger(number) ? number : value;
}

/** As an item holds it: a number, or text of the same digits where a number would be rounded. */
export function toItemNumber(value: WholeNumber): number | string {
	return typeof value === 'bigint' ? String(value) : value;
}

/** The greater of two; JavaScript compares numbers and bigints exactly. */
export function greaterOf(one: WholeNumber, other: WholeNumber): WholeNumber {
	return other > one ? other : one;
}

/** JSON would write such a number without an exponent, as if all its digits were true. */
const LOOKS_EXACT_BELOW = 1e21;

/** Whether a number, or one within a list or an object, is whole and has lost digits on its way. */
export function hasLostDigits(value: unknown): boolean {
	if (typeof value === 'number') {
		const looksExact = Number.isInteger(value) && Math.abs(value) < LOOKS_EXACT_BELOW;
		return looksExact && !Number.isSafeInteger(value);
	}
	return typeof value === 'object' && value !== null && Object.values(value).some(hasLostDigits);
}
