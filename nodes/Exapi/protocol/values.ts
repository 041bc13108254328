import {
	isObject,
	MAX_DEPTH,
	parseJson,
	type StructureLimits,
	textOf,
	toItemNumber,
	wholeNumber,
} from '../../shared/wire';

const INTEGER = /^-?\d{1,19}$/;
const [LEAST, GREATEST] = [-(2n ** 63n), 2n ** 63n - 1n];
/** PHP's default `precision`, with which it converts a float to text. */
const PRECISION = 14;

/**
 * Converts a JSON number to text as PHP does when it concatenates: a 64-bit integer keeps its digits,
 * any other number becomes a float.
 *
 * @param source the number as written in JSON
 */
export function phpText(source: string): string {
	if (INTEGER.test(source)) {
		const integer = BigInt(source);
		if (integer >= LEAST && integer <= GREATEST) return String(integer);
	}
	return floatText(Number(source));
}

function floatText(float: number): string {
	if (!Number.isFinite(float)) return float > 0 ? 'INF' : '-INF';
	const [mantissa = '', exponent = ''] = float.toExponential(PRECISION - 1).split('e');
	const power = Number(exponent);
	// PHP writes no exponent from -4 up to the precision.
	if (power >= -4 && power < PRECISION) {
		const text = Number(float.toPrecision(PRECISION)).toFixed(Math.max(0, PRECISION - 1 - power));
		const plain = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
		return Object.is(float, -0) ? '-0' : plain;
	}
	const [whole = '', decimals = ''] = mantissa.split('.');
	const sign = power < 0 ? '-' : '+';
	return `${whole}.${decimals.replace(/0+$/, '') || '0'}E${sign}${Math.abs(power)}`;
}

/** A PHP array key that is an integer; a key with a leading zero is text. */
const INDEX = /^(?:0|[1-9]\d{0,14})$/;

/**
 * Reads a list as PHP sends it: an array, or an object with numeric keys if the list had gaps.
 *
 * @returns the entries with their positions, `undefined` when the value is not a list
 */
export function phpListEntries(value: unknown): Array<[index: number, entry: unknown]> | undefined {
	if (Array.isArray(value)) return value.map((entry, index) => [index, entry]);
	if (!isObject(value)) return undefined;
	const entries = Object.entries(value);
	if (!entries.every(([key]) => INDEX.test(key))) return undefined;
	return entries.map(([key, entry]) => [Number(key), entry]);
}

/** An entry of a list in another form than docs/protocols/exapi.md describes; it is kept unchanged. */
export type OddEntry = string | number | boolean | object;

/** The longest list of calls or goods that is read: reading a date may take 20 µs. */
const LONGEST_LIST = 1_000;
/** The same in characters, for a list that is received as text. */
const LONGEST_TEXT = 1024 * 1024;
const LIST_IN_ORDER: StructureLimits = { maxValues: 50_000, maxDepth: MAX_DEPTH };

/** Reads the entries of a list within an order, see {@link entriesIn}. A longer list is kept unchanged. */
export function readEntries<Read>(
	value: unknown,
	read: (entry: OddEntry) => Read | OddEntry,
): Array<Read | OddEntry> {
	const entries = entriesIn(value);
	return entries.length > LONGEST_LIST ? entries : entries.map(read);
}

/**
 * Returns the entries of a list within an order, without the empty ones. The list may also be JSON
 * text, as a database column stores it, or a single entry.
 */
function entriesIn(value: unknown): OddEntry[] {
	const isText = typeof value === 'string' && value.length <= LONGEST_TEXT;
	const list = isText ? (parseJson(value, LIST_IN_ORDER) ?? value) : value;
	const entries: unknown[] = Array.isArray(list)
		? list
		: (phpListEntries(list)?.map(([, entry]) => entry) ?? [list]);
	return entries.filter((entry): entry is OddEntry => !saysNothing(entry));
}

/** Whether a value is one of PHP's empty values. A 0 may mean something. */
export function saysNothing(value: unknown): boolean {
	if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
	return value === undefined || value === null || value === false || value === '';
}

/**
 * Converts a value to text: text and numbers as they are, other values as JSON.
 *
 * @example
 * exapi.wordsOf(7); // => '7'
 * exapi.wordsOf(null); // => ''
 * exapi.wordsOf(['by phone']); // => '["by phone"]'
 */
export function wordsOf(value: unknown): string {
	const isOdd = typeof value === 'object' || value === true;
	return isOdd && !saysNothing(value) ? JSON.stringify(value) : textOf(value);
}

/** An integer by docs/protocols/exapi.md. Another value is kept unchanged; `null` means none. */
export type IntegerLike = number | string | object | null;

/**
 * Reads an integer that PHP may send as text, "0" (docs/protocols/exapi.md, 6.3). Beyond 2^53 it is text
 * of its digits; a value that is not an integer is kept unchanged.
 */
export function integerLike(value: unknown): IntegerLike {
	if (typeof value === 'number') return value;
	if (typeof value === 'boolean') return Number(value);
	const whole = wholeNumber(value);
	if (whole !== undefined) return toItemNumber(whole);
	if (typeof value === 'string') return value.trim() === '' ? null : value;
	return typeof value === 'object' ? value : null;
}

/** Reads a price as {@link integerLike} reads an integer: "1590.50" becomes a number as well. */
export function decimalLike(value: unknown): IntegerLike {
	if (typeof value !== 'string') return integerLike(value);
	const text = value.trim();
	return /^[+-]?\d{1,15}(\.\d{1,6})?$/.test(text) ? Number(text) : integerLike(value);
}
