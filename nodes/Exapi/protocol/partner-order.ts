import { readDateTime } from './dates';
import { ExapiAnswerError } from './errors';
import { decimalLike, isObject, phpListEntries, textOf, type JsonObject } from './json';
import type { IntegerLike } from './order-status';

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
	createdAt: string | null;
	approvedAt: string | null;
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
	deliveryDate: string | null;
	/** `HH:mm:ss`, in the buyer's own time. */
	deliveryFrom: string;
	deliveryTo: string;
	goods: OrderedGood[];
}

/**
 * Reads the result of `getOrders` (exapi.md, methods table).
 *
 * @returns the orders as sent, in their order
 * @throws ExapiAnswerError when the result is no list of objects
 */
export function readPartnerOrders(result: unknown): JsonObject[] {
	const orders = phpListEntries(result ?? [])?.map(([, order]) => order);
	if (orders === undefined || !orders.every(isObject)) {
		throw new ExapiAnswerError(
			'unexpectedResult',
			'The CRM answered with something that is not a list of orders',
		);
	}
	return orders;
}

/** Turns an order into our field names and types; dates without a zone are in `crmZone`. */
export function toPartnerOrder(order: JsonObject, crmZone: string): PartnerOrder {
	return {
		orderId: textOf(order.number),
		createdAt: readDateTime(order.date, crmZone),
		approvedAt: readDateTime(order.approveDate, crmZone),
		fullName: textOf(order.fio),
		phone: textOf(order.phone1),
		phone2: textOf(order.phone2),
		zipCode: textOf(order.zipCode),
		city: textOf(order.city),
		street: textOf(order.street),
		house: textOf(order.house),
		flat: textOf(order.flat),
		deliveryCost: decimalLike(order.deliveryCost),
		deliveryDate: readDateTime(order.deliveryDate, crmZone),
		deliveryFrom: textOf(order.deliveryStime),
		deliveryTo: textOf(order.deliveryEtime),
		goods: readGoods(order.goodItems),
	};
}

function readGoods(value: unknown): OrderedGood[] {
	return (phpListEntries(value) ?? [])
		.map(([, good]) => good)
		.filter(isObject)
		.map((good) => ({
			name: textOf(good.goodName),
			article: textOf(good.goodArticle),
			price: decimalLike(good.price),
			quantity: decimalLike(good.quantity),
		}));
}
