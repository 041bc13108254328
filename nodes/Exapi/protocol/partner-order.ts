import { readDateTime, readDay, type WireDate } from './dates';
import { ExapiAnswerError } from './errors';
import {
	decimalLike,
	entriesIn,
	isObject,
	phpListEntries,
	saysNothing,
	textOf,
	wordsOf,
	type IntegerLike,
	type JsonObject,
	type OddEntry,
} from './json';

/** A line of an order. */
export interface OrderedGood {
	name: string;
	article: string;
	price: IntegerLike;
	quantity: IntegerLike;
}

/** An approved order as `getOrders` tells it, in our field names. */
export interface PartnerOrder {
	orderId: string;
	/** ISO 8601 with offset. */
	createdAt: WireDate;
	approvedAt: WireDate;
	fullName: string;
	phone: string;
	phone2: string;
	zipCode: string;
	city: string;
	street: string;
	house: string;
	flat: string;
	deliveryCost: IntegerLike;
	/** `YYYY-MM-DD`. */
	deliveryDate: WireDate;
	/** `HH:mm:ss`, in the buyer's own time. */
	deliveryFrom: string;
	deliveryTo: string;
	goods: Array<OrderedGood | OddEntry>;
	/** An entry of the answer that is no order, as it came. */
	unexpected?: OddEntry;
}

/**
 * Reads the result of `getOrders` (docs/protocols/exapi.md, 8.3 to 8.5). Entries that say nothing are left
 * out; text or another entry that is no order stands in its place as `{unexpected}`, so that it costs no
 * other order and is not lost.
 *
 * @returns the orders as sent, in their order
 * @throws ExapiAnswerError when the result is no list with orders
 */
export function readPartnerOrders(result: unknown): JsonObject[] {
	const list = phpListEntries(result ?? [])?.map(([, entry]) => entry);
	const entries = list?.filter((entry) => isObject(entry) || (entry !== 0 && !saysNothing(entry)));
	if (entries === undefined || (entries.length > 0 && !entries.some(isObject))) {
		throw new ExapiAnswerError(
			'unexpectedResult',
			'The CRM answered with something that is not a list of orders',
		);
	}
	return entries.map((entry) => (isObject(entry) ? entry : { unexpected: entry }));
}

/** Turns an order into our field names and types; dates without a zone are in `crmZone`. */
export function toPartnerOrder(order: JsonObject, crmZone: string): PartnerOrder {
	return {
		orderId: textOf(order.number),
		createdAt: readDateTime(order.date, crmZone),
		approvedAt: readDateTime(order.approveDate, crmZone),
		fullName: wordsOf(order.fio),
		phone: wordsOf(order.phone1),
		phone2: wordsOf(order.phone2),
		zipCode: wordsOf(order.zipCode),
		city: wordsOf(order.city),
		street: wordsOf(order.street),
		house: wordsOf(order.house),
		flat: wordsOf(order.flat),
		deliveryCost: decimalLike(order.deliveryCost),
		deliveryDate: readDay(order.deliveryDate, crmZone),
		deliveryFrom: wordsOf(order.deliveryStime),
		deliveryTo: wordsOf(order.deliveryEtime),
		goods: readGoods(order.goodItems),
		...('unexpected' in order && { unexpected: order.unexpected as OddEntry }),
	};
}

const GOOD_NAMES = ['goodName', 'goodArticle', 'price', 'quantity'];

function readGoods(value: unknown): Array<OrderedGood | OddEntry> {
	return entriesIn(value).map((good) =>
		isObject(good) && GOOD_NAMES.some((name) => name in good)
			? {
					name: wordsOf(good.goodName),
					article: wordsOf(good.goodArticle),
					price: decimalLike(good.price),
					quantity: decimalLike(good.quantity),
				}
			: good,
	);
}
