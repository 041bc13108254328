import { isObject } from '../../shared/wire';

export { isObject, parseJson, textOf, type JsonObject } from '../../shared/wire';

/**
 * A list as PHP sends it: an array, or an object with numeric keys where `json_encode` met gaps.
 *
 * @returns the entries with their positions, or `undefined` when the value is no list
 */
export function phpListEntries(value: unknown): Array<[index: number, entry: unknown]> | undefined {
	if (Array.isArray(value)) return value.map((entry, index) => [index, entry]);
	if (!isObject(value)) return undefined;
	const entries = Object.entries(value);
	if (!entries.every(([key]) => /^\d+$/.test(key))) return undefined;
	return entries.map(([key, entry]) => [Number(key), entry]);
}

/** A number where the document says integer but PHP may send text ("0"); other text stays as it is. */
export function integerLike(value: unknown): number | string | null {
	if (typeof value === 'number') return value;
	if (typeof value === 'string') {
		const text = value.trim();
		if (text === '') return null;
		return /^[+-]?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : value;
	}
	if (typeof value === 'boolean') return Number(value);
	return null;
}

/** As {@link integerLike}, for prices: "1590.50" becomes a number as well. */
export function decimalLike(value: unknown): number | string | null {
	if (typeof value !== 'string') return integerLike(value);
	const text = value.trim();
	return /^[+-]?\d{1,15}(\.\d{1,6})?$/.test(text) ? Number(text) : integerLike(value);
}
