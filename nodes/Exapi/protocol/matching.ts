import { textOf } from './json';
import { revisionOf, type WireOrderState, type WireStatusAnswer } from './order-status';

/**
 * Finds each asked order in an answer. The document pairs by index ("по индексам соответствующим тем
 * что в параметре запроса"), and CRMs write numbers in their own way. So it is decided entry by entry:
 *
 * - an entry whose number is exactly one that was asked for belongs to that one, wherever it is;
 * - where the answer has a place for each number asked for, an entry belongs to its place if the two
 *   numbers differ only in case, leading zeros, blanks or type;
 * - an entry without a number belongs to its place.
 *
 * An exact number goes before a place. Of several entries for one order the latest revision counts.
 *
 * @param asked the order numbers in the order they were sent
 * @returns the orders found, by the number that was asked for
 */
export function matchOrders(
	asked: readonly string[],
	answer: WireStatusAnswer,
): Map<string, WireOrderState> {
	const exact = new Set(asked);
	const byNumber = new Map<string, WireOrderState>();
	const byPlace = new Map<string, WireOrderState>();
	const isKeyed = isKeyedByNumber(exact, answer);
	const hasPlaces = answer.length === undefined || answer.length === asked.length;
	for (const { position, key, order } of answer.orders) {
		const written = textOf(order.nmb);
		const number = exact.has(written) ? written : written.trim();
		const place = isKeyed ? key : asked[position];
		if (exact.has(number)) keepLatest(byNumber, number, order);
		else if (place === undefined || !exact.has(place)) continue;
		else if (number === '' || (hasPlaces && isSameNumber(number, place))) {
			keepLatest(byPlace, place, order);
		}
	}
	return new Map([...byPlace, ...byNumber]);
}

/** PHP writes a list with gaps as an object as well: its keys are places, unless they cannot be. */
function isKeyedByNumber(asked: ReadonlySet<string>, { orders }: WireStatusAnswer): boolean {
	const keys = orders.flatMap(({ key }) => (key === undefined ? [] : [key]));
	if (keys.some((key) => !/^\d+$/.test(key) || String(Number(key)) !== key)) return true;
	return keys.every((key) => asked.has(key)) && keys.some((key) => Number(key) >= asked.size);
}

function isSameNumber(one: string, other: string): boolean {
	return comparable(one) === comparable(other);
}

function comparable(number: string): string {
	const text = number.replace(/\s+/g, '').toLowerCase();
	return text.replace(/^0+(?=.)/, '');
}

function keepLatest(
	found: Map<string, WireOrderState>,
	number: string,
	order: WireOrderState,
): void {
	const known = found.get(number);
	if (known === undefined || revisionOf(order) >= revisionOf(known)) found.set(number, order);
}
