import { DateTime } from 'luxon';
import { ExapiInputError } from './errors';
import { askedFormat, readParams } from './incoming';
import { decimalLike, integerLike, isObject, textOf, type JsonObject } from './json';
import { readAddOrderResult } from './methods';
import type { ExapiRequest } from './request';

/** What a workflow gave: its items, or the result that its Respond operation named. */
export type Outcome = { items: readonly JsonObject[] } | { result: unknown };

/**
 * Makes the `result` of a method out of what a workflow gave, and of nothing else: only documented
 * fields leave, so that a row of a database never does by accident.
 *
 * - `addOrder`: an item's `crmId` or `result`, an integer or `false`;
 * - `getOrderStatus`, `getOrderStatusR`: order items in our field names, in the form asked for;
 * - `getOrders`: order items in our field names;
 * - every method: an item with `result`, checked where the document says of what type it is.
 *
 * @param timeZone IANA zone in which moments of `getOrders` are written
 * @throws ExapiInputError naming what the workflow must give
 */
export function resultFor(request: ExapiRequest, outcome: Outcome, timeZone: string): unknown {
	const items = 'items' in outcome ? outcome.items : itemsIn(outcome.result);
	const explicit = 'result' in outcome ? outcome.result : items[0]?.result;
	switch (request.method) {
		case 'addOrder':
			return addOrderResult(
				explicit === undefined || isObject(explicit) ? items[0]?.crmId : explicit,
			);
		case 'getOrderStatus':
			return explicitList(explicit) ?? statusResult(request, orderItems(items));
		case 'getOrderStatusR':
			return explicitList(explicit) ?? changesResult(request, items);
		case 'getOrders':
			return explicitList(explicit) ?? orderItems(items).map((item) => toGetOrders(item, timeZone));
		default:
			if (explicit === undefined) {
				throw new ExapiInputError('result', `is missing: "${request.method}" is answered with it`);
			}
			return explicit;
	}
}

/** A result may itself be order items in our names. */
function itemsIn(result: unknown): JsonObject[] {
	const list = Array.isArray(result) ? result : [result];
	return list.filter(isObject);
}

function addOrderResult(value: unknown): number | false {
	try {
		return readAddOrderResult(value);
	} catch {
		throw new ExapiInputError(
			'crmId',
			'must be the order’s number in the CRM, a whole number, or false for an order not added',
		);
	}
}

/** A result that is laid out for the wire already: rows, or an object with `orders`. */
function explicitList(result: unknown): unknown {
	if (isObject(result) && 'orders' in result && !('revision' in result)) return result;
	const rows =
		Array.isArray(result) && result.every((entry) => !isObject(entry) || !('orderId' in entry));
	return rows ? result : undefined;
}

/** Items that hold an order. Empty ones come from a look-up that found nothing. */
function orderItems(items: readonly JsonObject[]): JsonObject[] {
	return items.filter((item) => {
		if (textOf(item.orderId) !== '') return item.found !== false;
		const isNothing = Object.keys(item).length === 0 || item.orders === 0;
		if (!isNothing) throw new ExapiInputError('orderId', 'is missing in an item of the answer');
		return false;
	});
}

/** In the order asked for, `null` for an order that the workflow does not know. */
function statusResult(request: ExapiRequest, items: JsonObject[]): unknown {
	const byNumber = new Map(items.map((item) => [textOf(item.orderId), item]));
	const asked = (readParams(request).orderIds ?? []).map((number) => byNumber.get(number));
	return askedFormat(request) === 'list'
		? asked.map((item) => (item ? toRow(item) : null))
		: objectAnswer(asked.filter(isObject), 0);
}

function changesResult(request: ExapiRequest, items: readonly JsonObject[]): unknown {
	const orders = orderItems(items);
	if (askedFormat(request) === 'list') return orders.map(toRow);
	const named = items.map(({ revision }) => numberOr(revision, 0));
	return objectAnswer(orders, Math.max(readParams(request).revision ?? 0, ...named));
}

function objectAnswer(items: readonly JsonObject[], atLeast: number): JsonObject {
	const revisions = items.flatMap(({ addRevision, updateRevision }) => [
		numberOr(addRevision, 0),
		numberOr(updateRevision, 0),
	]);
	return { rev: Math.max(atLeast, 0, ...revisions), orders: items.map(toObject) };
}

function toObject(item: JsonObject): JsonObject {
	return {
		nmb: textOf(item.orderId),
		status: textOf(item.status),
		call_cnt: numberOr(item.callCount, 0),
		comment: textOf(item.comment),
		call_comment: textOf(item.callComment),
		add_rev: numberOr(item.addRevision, 0),
		upd_rev: numberOr(item.updateRevision, 0),
		call_log: callLogOf(item.callLog),
	};
}

function toRow(item: JsonObject): unknown[] {
	return Object.values(toObject(item));
}

/** A column of a database holds the calls as JSON text. */
function callLogOf(value: unknown): JsonObject[] {
	const list = typeof value === 'string' && value !== '' ? parsed(value) : value;
	if (!Array.isArray(list)) return [];
	return list.filter(isObject).map((call) => ({
		date: textOf(call.date),
		state: numberOr(call.state, 0),
		recall: textOf(call.recall),
		comment: textOf(call.comment),
	}));
}

function toGetOrders(item: JsonObject, timeZone: string): JsonObject {
	const goods = typeof item.goods === 'string' ? parsed(item.goods) : item.goods;
	return {
		number: textOf(item.orderId),
		date: wireMoment(item.createdAt, timeZone),
		fio: textOf(item.fullName),
		phone1: textOf(item.phone),
		phone2: textOf(item.phone2),
		zipCode: textOf(item.zipCode),
		city: textOf(item.city),
		street: textOf(item.street),
		house: textOf(item.house),
		flat: textOf(item.flat),
		deliveryCost: decimalLike(item.deliveryCost) ?? 0,
		deliveryDate: textOf(item.deliveryDate),
		deliveryStime: textOf(item.deliveryFrom),
		deliveryEtime: textOf(item.deliveryTo),
		approveDate: wireMoment(item.approvedAt, timeZone),
		goodItems: (Array.isArray(goods) ? goods : []).filter(isObject).map((good) => ({
			goodName: textOf(good.name),
			goodArticle: textOf(good.article),
			price: decimalLike(good.price) ?? 0,
			quantity: decimalLike(good.quantity) ?? 1,
		})),
	};
}

/** ISO 8601 with an offset is written in the zone; text without one is left as it is. */
function wireMoment(value: unknown, timeZone: string): string {
	const text = value instanceof Date ? value.toISOString() : textOf(value);
	if (!/(Z|[+-]\d\d:?\d\d)$/.test(text)) return text;
	const moment = DateTime.fromISO(text, { zone: timeZone });
	return moment.isValid ? moment.toFormat('yyyy-MM-dd HH:mm:ss') : text;
}

function numberOr(value: unknown, fallback: number): number {
	const number = integerLike(value);
	return typeof number === 'number' ? number : fallback;
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
