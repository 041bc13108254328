import { isObject, parseJson, textOf, wholeNumber, toItemNumber } from '../../shared/wire';

export { isObject, parseJson, textOf, type JsonObject } from '../../shared/wire';

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

/**
 * The entries of a list within an order, also where the list is JSON text, as a column of a database
 * holds it, or a single entry. Those that say nothing are left out.
 */
export function entriesIn(value: unknown): OddEntry[] {
	const list = typeof value === 'string' ? (parseJson(value) ?? value) : value;
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
