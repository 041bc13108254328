import {
	hasLostDigits,
	isObject,
	type JsonObject,
	parseJson,
	textOf,
	wholeNumber,
	type WholeNumber,
} from '../../shared/wire';
import { readMoment } from './time';
import { ExapiInputError, LOST_DIGITS } from './message';
import { decimalLike, integerLike } from './values';

/** Our field names of an order's status, and their names on the wire, in the order of a row. */
const STATUS_NAMES = {
	orderId: 'nmb',
	status: 'status',
	callCount: 'call_cnt',
	comment: 'comment',
	callComment: 'call_comment',
	addRevision: 'add_rev',
	updateRevision: 'upd_rev',
	callLog: 'call_log',
} as const;

/** Our field names of an order in `getOrders`, and their names on the wire. */
const ORDER_NAMES = {
	orderId: 'number',
	createdAt: 'date',
	fullName: 'fio',
	phone: 'phone1',
	phone2: 'phone2',
	zipCode: 'zipCode',
	city: 'city',
	street: 'street',
	house: 'house',
	flat: 'flat',
	deliveryCost: 'deliveryCost',
	deliveryDate: 'deliveryDate',
	deliveryFrom: 'deliveryStime',
	deliveryTo: 'deliveryEtime',
	approvedAt: 'approveDate',
	goods: 'goodItems',
} as const;

const GOOD_NAMES = {
	name: 'goodName',
	article: 'goodArticle',
	price: 'price',
	quantity: 'quantity',
} as const;

/** Writes an order's status in the object format (docs/protocols/exapi.md, 7.2), without any other field. */
export function statusObject(item: JsonObject): JsonObject {
	return {
		nmb: textField('orderId', item.orderId),
		status: textField('status', item.status),
		call_cnt: numberOr('callCount', item.callCount, 0),
		comment: textField('comment', item.comment),
		call_comment: textField('callComment', item.callComment),
		add_rev: numberOr('addRevision', item.addRevision, 0),
		upd_rev: numberOr('updateRevision', item.updateRevision, 0),
		call_log: listIn(item.callLog).map((call) => ({
			date: textField('date', call.date),
			state: numberOr('state', call.state, 0),
			recall: textField('recall', call.recall),
			comment: textField('comment', call.comment),
		})),
	};
}

/** Writes an order's status as a row (docs/protocols/exapi.md, 6.2). */
export function statusRow(item: JsonObject): unknown[] {
	const order = statusObject(item);
	return Object.values(STATUS_NAMES).map((name) => order[name]);
}

/** Writes an order of `getOrders`. @param timeZone IANA zone in which dates are written */
export function writePartnerOrder(item: JsonObject, timeZone: string): JsonObject {
	const text = Object.entries(ORDER_NAMES).map(([ours, wire]) => [
		wire,
		textField(ours, item[ours]),
	]);
	return {
		...(Object.fromEntries(text) as JsonObject),
		date: wireMoment(item.createdAt, timeZone),
		approveDate: wireMoment(item.approvedAt, timeZone),
		deliveryCost: priceOr('deliveryCost', item.deliveryCost, 0),
		goodItems: listIn(item.goods).map((good) => ({
			goodName: textField('name', good.name),
			goodArticle: textField('article', good.article),
			price: priceOr('price', good.price, 0),
			quantity: priceOr('quantity', good.quantity, 1),
		})),
	};
}

/** Reads a status that is already in wire format, as an object or a row. */
export function statusItem(order: JsonObject | readonly unknown[]): JsonObject {
	const values = isObject(order) ? Object.values(STATUS_NAMES).map((name) => order[name]) : order;
	return Object.fromEntries(Object.keys(STATUS_NAMES).map((name, at) => [name, values[at]]));
}

/** Reads an order of `getOrders` that is already in wire format. */
export function partnerOrderItem(order: JsonObject): JsonObject {
	const goods = listIn(order.goodItems).map((good) => byOurNames(good, GOOD_NAMES));
	return { ...byOurNames(order, ORDER_NAMES), goods };
}

/** Writes a field that is text in docs/protocols/exapi.md. @param name name of the field */
function textField(name: string, value: unknown): string {
	const isRounded =
		typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
	if (isRounded) throw new ExapiInputError(name, LOST_DIGITS);
	return textOf(value);
}

/** Writes a field that is an integer in docs/protocols/exapi.md, or the fallback. @param name name of the field */
export function numberOr(name: string, value: unknown, fallback: number): WholeNumber {
	refuseLostDigits(name, value);
	const number = integerLike(value);
	return typeof number === 'number' ? number : (wholeNumber(number) ?? fallback);
}

/** Writes a price as {@link numberOr} writes an integer. Text that is not a number is kept. */
function priceOr(name: string, value: unknown, fallback: number): WholeNumber | string {
	refuseLostDigits(name, value);
	const price = decimalLike(value);
	if (typeof price === 'string') return wholeNumber(price) ?? price;
	return typeof price === 'number' ? price : fallback;
}

/** @throws ExapiInputError for a whole number beyond 2^53, which JavaScript has already rounded */
export function refuseLostDigits(name: string, value: unknown): void {
	if (typeof value !== 'number' || !hasLostDigits(value)) return;
	throw new ExapiInputError(name, LOST_DIGITS);
}

function byOurNames(order: JsonObject, names: Readonly<Record<string, string>>): JsonObject {
	return Object.fromEntries(Object.entries(names).map(([ours, wire]) => [ours, order[wire]]));
}

/** Reads a list, which a database column may store as JSON text. */
function listIn(value: unknown): JsonObject[] {
	const list = typeof value === 'string' ? parseJson(value) : value;
	return Array.isArray(list) ? list.filter(isObject) : [];
}

/** Converts ISO 8601 with an offset to the zone. Text without an offset is kept unchanged. */
function wireMoment(value: unknown, timeZone: string): string {
	const text = textOf(value);
	if (!/(Z|[+-]\d\d:?\d\d)$/.test(text)) return text;
	const moment = readMoment(text, timeZone)?.setZone(timeZone);
	return moment?.isValid ? moment.toFormat('yyyy-MM-dd HH:mm:ss') : text;
}
