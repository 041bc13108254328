import { textOf } from '../../shared/wire';
import {
	revisionOf,
	type PlacedOrder,
	type WireOrderState,
	type WireStatusAnswer,
} from './order-status';

/** How surely an order is the one asked for: the surest counts, and of equals the latest revision. */
enum Certainty {
	/** By its place, with no number or with the same number in another spelling. */
	Place,
	/** By its exact number, in the place of another number. */
	Number,
	/** By its exact number, in its own place. */
	NumberAndPlace,
}

interface Match {
	number: string;
	certainty: Certainty;
}

/** What the keys of an answer are: the numbers of orders, places in the question, or either. */
type KeyReading = 'number' | 'place' | 'either';

/**
 * Finds each asked order in an answer. Entries are paired by index (docs/protocols/exapi.md, 6.2), and
 * CRMs write numbers in their own way (docs/protocols/exapi.md, 6.7 and 6.8). So it is decided entry by
 * entry:
 *
 * - an entry whose number is exactly one that was asked for belongs to that one, wherever it is;
 * - where the answer has a place for each number asked for, an entry belongs to its place if the two
 *   numbers differ only in case, leading zeros, blanks or type;
 * - an entry without a number belongs to its place.
 *
 * A key of an object is a number or a place, see {@link readingOfKeys}. Where an entry may be either
 * of two orders it is neither: unknown is safer than the status of another order.
 *
 * @param asked the order numbers in the order they were sent
 * @returns the orders found, by the number that was asked for
 */
export function matchOrders(
	asked: readonly string[],
	answer: WireStatusAnswer,
): Map<string, WireOrderState> {
	const question = new Question(asked);
	const reading = readingOfKeys(question, answer.orders);
	const hasPlaces = answer.length === undefined || answer.length === asked.length;
	const found = new Map<string, { order: WireOrderState; certainty: Certainty }>();
	for (const placed of answer.orders) {
		const places = placesOf(question, placed, reading);
		const match = matchOf(question, placed.order, places, hasPlaces);
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
	question: Question,
	order: WireOrderState,
	places: readonly string[],
	hasPlaces: boolean,
): Match | undefined {
	const number = question.numberIn(order);
	if (question.has(number)) {
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

/** The numbers asked for that an entry may belong to by its place or its key: more than one if unsure. */
function placesOf(
	question: Question,
	{ position, key }: PlacedOrder,
	reading: KeyReading,
): readonly string[] {
	const place = question.at(key === undefined ? position : indexOf(key));
	const number = key === undefined ? undefined : question.resolve(key);
	const readings =
		key === undefined || reading === 'place'
			? [place]
			: reading === 'number'
				? [number]
				: [place, number];
	return [...new Set(readings)].filter((candidate) => candidate !== undefined);
}

/**
 * PHP writes `["1" => …, "2" => …]` alike for a list with gaps and for orders by their numbers. Keys
 * are numbers where one of them can be no index, and places where an entry says so by its own number.
 * Else they are numbers if each is exactly one asked for, and places if each is a place and not each
 * is a number in another spelling.
 */
function readingOfKeys(question: Question, orders: readonly PlacedOrder[]): KeyReading {
	const keys = orders.flatMap(({ key }) => (key === undefined ? [] : [key]));
	if (keys.some((key) => indexOf(key) === undefined)) return 'number';
	const said = new Set(orders.map((placed) => readingSaid(question, placed)));
	said.delete(undefined);
	if (said.size > 0) return said.size === 1 ? [...said][0]! : 'either';
	if (keys.every((key) => question.has(key))) return 'number';
	const isEachNumber = keys.every((key) => question.resolve(key) !== undefined);
	const isEachPlace = keys.every((key) => question.at(indexOf(key)) !== undefined);
	if (isEachNumber === isEachPlace) return 'either';
	return isEachPlace ? 'place' : 'number';
}

/** What the number within an entry says of its key, where the two readings differ. */
function readingSaid(question: Question, { key, order }: PlacedOrder): KeyReading | undefined {
	const number = question.numberIn(order);
	if (key === undefined || !question.has(number)) return undefined;
	const isNumber = question.resolve(key) === number;
	const isPlace = question.at(indexOf(key)) === number;
	return isNumber === isPlace ? undefined : isNumber ? 'number' : 'place';
}

/** The index that a key is; `undefined` for one that PHP would not write for an index. */
function indexOf(key: string): number | undefined {
	return /^\d+$/.test(key) && String(Number(key)) === key ? Number(key) : undefined;
}

/** The numbers asked for, by place, by their exact text and by what spellings have in common. */
class Question {
	private readonly exact: ReadonlySet<string>;
	/** Made when it is needed: most CRMs write numbers as they were asked for. */
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

	/** The number that an order names, without blanks around unless they were asked for. */
	numberIn(order: WireOrderState): string {
		const written = textOf(order.nmb);
		return this.has(written) ? written : written.trim();
	}

	/** The number asked for that is written so, else the only one that differs no more than in spelling. */
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
