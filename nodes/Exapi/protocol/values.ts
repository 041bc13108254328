import {
	isObject,
	MAX_DEPTH,
	parseJson,
	type StructureLimits,
	textOf,
	toItemNumber,
	wholeNumber,
} from '../../shared/wire';

const LONGEST = 60;

/** A refused value, cut short: a person must recognise it, a log need not keep it. Never throws. */
export function previewValue(value: unknown): string {
	const text = typeof value === 'object' && value !== null ? written(value) : String(value);
	return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function written(value: object): string {
	try {
		// An object may say that it has no JSON.
		const json: unknown = JSON.stringify(value);
		return typeof json === 'string' ? json : 'an object';
	} catch {
		// It holds itself, or a number that JSON does not know.
		return 'an object';
	}
}

const INTEGER = /^-?\d{1,19}$/;
const [LEAST, GREATEST] = [-(2n ** 63n), 2n ** 63n - 1n];
/** PHP's `precision`, with which a float becomes text, unless php.ini says otherwise. */
const PRECISION = 14;

/**
 * The text that PHP makes of a number in JSON when it puts it together with text: an integer of 64 bits
 * keeps its digits, anything else is a float.
 *
 * @param source the number as it stands in JSON
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
	// From -4 on, and below the precision, there is no exponent.
	if (power >= -4 && power < PRECISION) {
		const text = Number(float.toPrecision(PRECISION)).toFixed(Math.max(0, PRECISION - 1 - power));
		const plain = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
		return Object.is(float, -0) ? '-0' : plain;
	}
	const [whole = '', decimals = ''] = mantissa.split('.');
	const sign = power < 0 ? '-' : '+';
	return `${whole}.${decimals.replace(/0+$/, '') || '0'}E${sign}${Math.abs(power)}`;
}

/** A key of PHP that is an integer; one with a leading zero is text. */
const INDEX = /^(?:0|[1-9]\d{0,14})$/;

/**
 * A list as PHP sends it: an array, or an object with numeric keys where `json_encode` met gaps.
 *
 * @returns the entries with their positions, or `undefined` when the value is no list
 */
export function phpListEntries(value: unknown): Array<[index: number, entry: unknown]> | undefined {
	if (Array.isArray(value)) return value.map((entry, index) => [index, entry]);
	if (!isObject(value)) return undefined;
	const entries = Object.entries(value);
	if (!entries.every(([key]) => INDEX.test(key))) return undefined;
	return entries.map(([key, entry]) => [Number(key), entry]);
}

/** An entry of a list that is not of the shape of docs/protocols/exapi.md; it comes out as it came. */
export type OddEntry = string | number | boolean | object;

/** Calls to a customer, and goods of an order, are not many. To read a date may take 20 µs. */
const LONGEST_LIST = 1_000;
/** Characters of one that comes as text. */
const LONGEST_TEXT = 1024 * 1024;
const LIST_IN_ORDER: StructureLimits = { maxValues: 50_000, maxDepth: MAX_DEPTH };

/** Reads the entries of a list within an order, see {@link entriesIn}; a longer one comes out as it came. */
export function readEntries<Read>(
	value: unknown,
	read: (entry: OddEntry) => Read | OddEntry,
): Array<Read | OddEntry> {
	const entries = entriesIn(value);
	return entries.length > LONGEST_LIST ? entries : entries.map(read);
}

/**
 * The entries of a list within an order, also where the list is JSON text, as a column of a database
 * holds it, or a single entry. Those that say nothing are left out.
 */
function entriesIn(value: unknown): OddEntry[] {
	const isText = typeof value === 'string' && value.length <= LONGEST_TEXT;
	const list = isText ? (parseJson(value, LIST_IN_ORDER) ?? value) : value;
	const entries: unknown[] = Array.isArray(list)
		? list
		: (phpListEntries(list)?.map(([, entry]) => entry) ?? [list]);
	return entries.filter((entry): entry is OddEntry => !saysNothing(entry));
}

/** Whether a value is one of PHP's for nothing. A 0 may mean something. */
export function saysNothing(value: unknown): boolean {
	if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
	return value === undefined || value === null || value === false || value === '';
}

/** As {@link textOf}; what is neither text nor a number comes out as its JSON. */
export function wordsOf(value: unknown): string {
	const isOdd = typeof value === 'object' || value === true;
	return isOdd && !saysNothing(value) ? JSON.stringify(value) : textOf(value);
}

/** Integer by docs/protocols/exapi.md; what is none comes out as it came, `null` stands for nothing. */
export type IntegerLike = number | string | object | null;

/**
 * A number where an integer is due but PHP may send text, "0" (docs/protocols/exapi.md, 6.3); as text of
 * its digits beyond 2^53; what is none stays as it is.
 */
export function integerLike(value: unknown): IntegerLike {
	if (typeof value === 'number') return value;
	if (typeof value === 'boolean') return Number(value);
	const whole = wholeNumber(value);
	if (whole !== undefined) return toItemNumber(whole);
	if (typeof value === 'string') return value.trim() === '' ? null : value;
	return typeof value === 'object' ? value : null;
}

/** As {@link integerLike}, for prices: "1590.50" becomes a number as well. */
export function decimalLike(value: unknown): IntegerLike {
	if (typeof value !== 'string') return integerLike(value);
	const text = value.trim();
	return /^[+-]?\d{1,15}(\.\d{1,6})?$/.test(text) ? Number(text) : integerLike(value);
}
