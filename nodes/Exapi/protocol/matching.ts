import { textOf } from '../../shared/wire';
import {
	revisionOf,
	type PlacedOrder,
	type WireOrderState,
	type WireStatusAnswer,
} from './order-status';

/** How certain it is that an order is the requested one. The most certain match wins, then the latest revision. */
enum Certainty {
	/** By its position, without a number or with the same number in another spelling. */
	Place,
	/** By its exact number, at the position of another number. */
	Number,
	/** By its exact number, at its own position. */
	NumberAndPlace,
}

interface Match {
	number: string;
	certainty: Certainty;
}

/** What the keys of an answer are: order numbers, positions in the request, or either. */
type KeyReading = 'number' | 'place' | 'either';

/**
 * Finds each requested order in an answer. Entries are paired by index (docs/protocols/exapi.md, 6.2),
 * and CRMs write numbers in their own way (docs/protocols/exapi.md, 6.7 and 6.8). Each entry is matched
 * by these rules:
 *
 * - an entry whose number equals a requested one belongs to it, at any position;
 * - if the answer has a position for each requested number, an entry belongs to its position when the
 *   two numbers differ only in case, leading zeros, whitespace or type;
 * - an entry without a number belongs to its position.
 *
 * A key of an object is an order number or a position, see {@link readingOfKeys}. An entry that may be
 * either of two orders is dropped: an unknown status is safer than the status of another order.
 *
 * @param asked the order numbers in the order they were sent
 * @returns the orders found, by the requested number
 *
 * @example
 * const answer = exapi.readStatusAnswer([{ nmb: 'a-1', status: 'paid' }, null]);
 * exapi.matchOrders(['A-1', 'A-2'], answer);
 * // => new Map([['A-1', { nmb: 'a-1', status: 'paid' }]])
 */
export function matchOrders(
	asked: readonly string[],
	answer: WireStatusAnswer,
): Map<string, WireOrderState> {
	const requested = new RequestedOrders(asked);
	const reading = readingOfKeys(requested, answer.orders);
	const hasPlaces = answer.length === undefined || answer.length === asked.length;
	const found = new Map<string, { order: WireOrderState; certainty: Certainty }>();
	for (const placed of answer.orders) {
		const places = placesOf(requested, placed, reading);
		const match = matchOf(requested, placed.order, places, hasPlaces);
		if (match === undefined) continue;
		const known = found.get(match.number);
		const isBetter =
			known === undefined ||
			match.certainty > known.certainty ||
			(match.certainty === known.certainty && revisionOf(placed.order) >= revisionOf(known.order));
		if (isBetter) found.set(match.number, { order: placed.order, certainty: match.certainty });
	}
	return new Map([...found].map(([number, { order }]) => [number, order]));
}

function matchOf(
	requested: RequestedOrders,
	order: WireOrderState,
	places: readonly string[],
	hasPlaces: boolean,
): Match | undefined {
	const number = requested.numberIn(order);
	if (requested.has(number)) {
		const isInPlace = hasPlaces && places.includes(number);
		return { number, certainty: isInPlace ? Certainty.NumberAndPlace : Certainty.Number };
	}
	const fitting =
		number === ''
			? places
			: places.filter((place) => hasPlaces && comparable(number) === comparable(place));
	const [place] = fitting;
	return place === undefined || fitting.length > 1
		? undefined
		: { number: place, certainty: Certainty.Place };
}

/** Returns the requested numbers that an entry may belong to by its position or key, more than one if unsure. */
function placesOf(
	requested: RequestedOrders,
	{ position, key }: PlacedOrder,
	reading: KeyReading,
): readonly string[] {
	const place = requested.at(key === undefined ? position : indexOf(key));
	const number = key === undefined ? undefined : requested.resolve(key);
	const readings =
		key === undefined || reading === 'place'
			? [place]
			: reading === 'number'
				? [number]
				: [place, number];
	return [...new Set(readings)].filter((candidate) => candidate !== undefined);
}

/**
 * Decides what the keys of an answer are. PHP writes `["1" => …, "2" => …]` both for a list with gaps
 * and for orders by their numbers. Keys are numbers if one of them cannot be an index, and positions if
 * an entry's own number shows it. Otherwise they are numbers if each equals a requested number, and
 * positions if each is a position and not each is a number in another spelling.
 */
function readingOfKeys(requested: RequestedOrders, orders: readonly PlacedOrder[]): KeyReading {
	const keys = orders.flatMap(({ key }) => (key === undefined ? [] : [key]));
	if (keys.some((key) => indexOf(key) === undefined)) return 'number';
	const said = new Set(orders.map((placed) => readingSaid(requested, placed)));
	said.delete(undefined);
	if (said.size > 0) return said.size === 1 ? [...said][0]! : 'either';
	if (keys.every((key) => requested.has(key))) return 'number';
	const isEachNumber = keys.every((key) => requested.resolve(key) !== undefined);
	const isEachPlace = keys.every((key) => requested.at(indexOf(key)) !== undefined);
	if (isEachNumber === isEachPlace) return 'either';
	return isEachPlace ? 'place' : 'number';
}

/** What an entry's own number shows about its key, if the two readings differ. */
function readingSaid(
	requested: RequestedOrders,
	{ key, order }: PlacedOrder,
): KeyReading | undefined {
	const number = requested.numberIn(order);
	if (key === undefined || !requested.has(number)) return undefined;
	const isNumber = requested.resolve(key) === number;
	const isPlace = requested.at(indexOf(key)) === number;
	return isNumber === isPlace ? undefined : isNumber ? 'number' : 'place';
}

/** Reads a key as an index. @returns `undefined` for a key that PHP does not write for an index */
function indexOf(key: string): number | undefined {
	return /^\d+$/.test(key) && String(Number(key)) === key ? Number(key) : undefined;
}

/** The requested numbers by position, by their exact text, and by spelling. */
class RequestedOrders {
	private readonly exact: ReadonlySet<string>;
	/** Built when needed: most CRMs return numbers as they were requested. */
	private bySpelling: ReadonlyMap<string, readonly string[]> | undefined;

	constructor(private readonly asked: readonly string[]) {
		this.exact = new Set(asked);
	}

	has(number: string): boolean {
		return this.exact.has(number);
	}

	at(index: number | undefined): string | undefined {
		return index === undefined ? undefined : this.asked[index];
	}

	/** Reads the number of an order, trimmed unless the number was requested with whitespace. */
	numberIn(order: WireOrderState): string {
		const written = textOf(order.nmb);
		return this.has(written) ? written : written.trim();
	}

	/** Finds the requested number with this text, or else the only one that differs in spelling alone. */
	resolve(number: string): string | undefined {
		if (this.has(number)) return number;
		this.bySpelling ??= groupBySpelling(this.exact);
		const numbers = this.bySpelling.get(comparable(number));
		return numbers?.length === 1 ? numbers[0] : undefined;
	}
}

function groupBySpelling(numbers: Iterable<string>): Map<string, string[]> {
	const groups = new Map<string, string[]>();
	for (const number of numbers) {
		const spelling = comparable(number);
		const group = groups.get(spelling);
		if (group) group.push(number);
		else groups.set(spelling, [number]);
	}
	return groups;
}

function comparable(number: string): string {
	const text = number.replace(/\s+/g, '').toLowerCase();
	return text.replace(/^0+(?=.)/, '');
}
