const MAX_RANGES = 10;

/**
 * Item indexes for a person, as n8n counts them (from 0).
 *
 * @param indexes ascending
 * @returns for example `items 0–48 and 50 (50 in all)`
 */
export function describeItems(indexes: readonly number[]): string {
	const ranges: Array<[first: number, last: number]> = [];
	for (const index of indexes) {
		const range = ranges.at(-1);
		if (range && range[1] === index - 1) range[1] = index;
		else ranges.push([index, index]);
	}
	const shown = ranges
		.slice(0, MAX_RANGES)
		.map(([first, last]) => (first === last ? String(first) : `${first}–${last}`));
	const noun = indexes.length === 1 ? 'item' : 'items';
	const total = ranges.length > 1 ? ` (${indexes.length} in all)` : '';
	return `${noun} ${shown.join(', ')}${ranges.length > MAX_RANGES ? ', …' : ''}${total}`;
}
