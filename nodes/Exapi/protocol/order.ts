import { isIP } from 'node:net';
import {
	hasLostDigits,
	isObject,
	type JsonObject,
	textOf,
	wholeNumber,
	type WholeNumber,
} from '../../shared/wire';
import { nameType, previewValue } from '../../shared/wire/field-error';
import { ExapiAnswerError, ExapiInputError, HOLDS_LOST_DIGITS, LOST_DIGITS } from './message';
import { readDateTime, readDay, type WireDate } from './time';
import {
	decimalLike,
	readEntries,
	integerLike,
	type IntegerLike,
	type OddEntry,
	phpListEntries,
	saysNothing,
	wordsOf,
} from './values';

/** An order to add, in our field names (docs/protocols/exapi.md, 5.1). */
export interface OrderInput {
	orderId: string;
	/** Sent as `good_id`, which is the name of the product (docs/protocols/exapi.md, 5.1). */
	goodName: string;
	address?: string;
	affiliateId?: string;
	comment?: string;
	countryCode?: string;
	/** Fields agreed with the CRM (docs/protocols/exapi.md, 5.2), by their names on the wire. */
	customFields?: JsonObject;
	fullName?: string;
	/** The buyer's IP address, IPv4 or IPv6. */
	ip?: string;
	phone?: string;
	/** Beyond 2^53, text of its digits. */
	quantity?: number | string;
}

/** Our names of the text fields, and their names on the wire. */
const TEXT_FIELDS = {
	orderId: 'order_id',
	goodName: 'good_id',
	affiliateId: 'affiliate_id',
	countryCode: 'country_kod',
	fullName: 'fio',
	address: 'address',
	phone: 'phone',
	comment: 'comment',
} as const;

const MANDATORY: ReadonlyArray<keyof typeof TEXT_FIELDS> = ['orderId', 'goodName'];

const WIRE_NAMES = new Set<string>([...Object.values(TEXT_FIELDS), 'ip', 'kolvo']);

/** Our names of all order fields: the documented ones and `customFields`. */
export const ORDER_FIELDS = [
	...(Object.keys(TEXT_FIELDS) as Array<keyof typeof TEXT_FIELDS>),
	'ip',
	'quantity',
	'customFields',
] as const;

/**
 * Checks a user's values and builds the object for `addOrder`. Fields that are absent, `null` or
 * empty are omitted.
 *
 * @param input values by our field names. Text may be a number, and the quantity may be text
 * @throws ExapiInputError that names the field that is missing or cannot be sent
 *
 * @example
 * exapi.orderToWire({ orderId: 'A-1', goodName: 'Kettle', quantity: '2' });
 * // => { order_id: 'A-1', good_id: 'Kettle', kolvo: 2 }
 * exapi.orderToWire({ orderId: 'A-1' }); // throws ExapiInputError: is missing
 */
export function orderToWire(input: Readonly<Record<string, unknown>>): JsonObject {
	const order: JsonObject = {};
	for (const [name, wireName] of Object.entries(TEXT_FIELDS)) {
		const text = readText(name, input[name]);
		if (text !== undefined) order[wireName] = text;
	}
	for (const name of MANDATORY) {
		if (order[TEXT_FIELDS[name]] === undefined) throw new ExapiInputError(name, 'is missing');
	}
	const ip = readIp(input.ip);
	if (ip !== undefined) order.ip = ip;
	const quantity = readQuantity(input.quantity);
	if (quantity !== undefined) order.kolvo = quantity;
	return { ...order, ...readCustomFields(input.customFields) };
}

/**
 * Reads an order number: non-empty text, or a whole number that has lost no digits.
 *
 * @throws ExapiInputError that names `field`
 *
 * @example
 * exapi.readOrderId(' A-1 '); // => 'A-1'
 * exapi.readOrderId(4711); // => '4711'
 * exapi.readOrderId(''); // throws ExapiInputError: is missing
 */
export function readOrderId(value: unknown, field = 'orderId'): string {
	const text = readText(field, value);
	if (text === undefined) throw new ExapiInputError(field, 'is missing');
	return text;
}

function readText(field: string, value: unknown): string | undefined {
	if (value === undefined || value === null) return undefined;
	if (typeof value === 'number') return numberAsText(field, value);
	if (typeof value !== 'string') {
		throw new ExapiInputError(field, `must be text, not ${nameType(value)}`);
	}
	return value.trim() === '' ? undefined : value.trim();
}

/** Converts a number to text. Spreadsheets return order numbers as numbers, and long ones have lost digits. */
function numberAsText(field: string, value: number): string {
	if (Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))) {
		return String(value);
	}
	throw new ExapiInputError(field, LOST_DIGITS);
}

function readIp(value: unknown): string | undefined {
	const text = readText('ip', value);
	if (text !== undefined && isIP(text) === 0) {
		throw new ExapiInputError('ip', `must be an IPv4 or IPv6 address, not "${text}"`);
	}
	return text;
}

function readQuantity(value: unknown): WholeNumber | undefined {
	if (value === undefined || value === null || value === '') return undefined;
	const number = typeof value === 'string' ? Number(value.trim() || Number.NaN) : value;
	const quantity = wholeNumber(value) ?? wholeNumber(number);
	if (quantity === undefined || quantity < 0) {
		throw new ExapiInputError(
			'quantity',
			`must be a whole number, 0 or more, not "${previewValue(value)}"`,
		);
	}
	return quantity;
}

function readCustomFields(value: unknown): JsonObject {
	if (value === undefined || value === null || value === '') return {};
	if (!isObject(value)) {
		throw new ExapiInputError('customFields', `must be an object, not ${nameType(value)}`);
	}
	for (const name of Object.keys(value)) {
		if (name.trim() === '') throw new ExapiInputError('customFields', 'has a field without a name');
		if (WIRE_NAMES.has(name)) {
			throw new ExapiInputError(
				'customFields',
				`must not contain "${name}": exapi documents it, so it has its own field`,
			);
		}
		if (hasLostDigits(value[name])) throw new ExapiInputError('customFields', HOLDS_LOST_DIGITS);
	}
	return value;
}

/**
 * Reads an order that a partner sent into our field names. Fields that docs/protocols/exapi.md, 5.1,
 * does not list become `customFields`, by their names on the wire. A number becomes text, and a
 * numeric text becomes a quantity; values of other types are omitted.
 *
 * @example
 * exapi.orderFromWire({ order_id: 'A-1', good_id: 'Kettle', kolvo: '2', color: 'red' });
 * // => { orderId: 'A-1', goodName: 'Kettle', quantity: 2, customFields: { color: 'red' } }
 */
export function orderFromWire(wire: Readonly<JsonObject>): Partial<OrderInput> {
	const order: JsonObject = {};
	for (const [name, wireName] of Object.entries({ ...TEXT_FIELDS, ip: 'ip' })) {
		const value = wire[wireName];
		if (typeof value === 'string' || typeof value === 'number') order[name] = textOf(value);
	}
	const quantity = integerLike(wire.kolvo);
	if (typeof quantity === 'number' || wholeNumber(quantity) !== undefined) {
		order.quantity = quantity;
	}
	const custom = Object.entries(wire).filter(([name]) => !WIRE_NAMES.has(name));
	if (custom.length > 0) order.customFields = Object.fromEntries(custom);
	return order;
}

/** A line item of an order. */
export interface OrderedGood {
	name: string;
	article: string;
	price: IntegerLike;
	quantity: IntegerLike;
}

/** An approved order from `getOrders`, in our field names. */
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
	/** `HH:mm:ss` in the buyer's time zone. */
	deliveryFrom: string;
	deliveryTo: string;
	goods: Array<OrderedGood | OddEntry>;
	/** An entry of the answer that is not an order, unchanged. */
	unexpected?: OddEntry;
}

/**
 * Reads the result of `getOrders` (docs/protocols/exapi.md, 8.3 to 8.5). It omits empty entries. Any
 * other entry that is not an order is returned as `{unexpected}`, so that it is not lost and the other
 * orders are still read.
 *
 * @returns the orders as sent, in their order
 * @throws ExapiAnswerError when the result is not a list with orders
 *
 * @example
 * exapi.readPartnerOrders([{ number: 'A-1' }, null, 'not found']);
 * // => [{ number: 'A-1' }, { unexpected: 'not found' }]
 */
export function readPartnerOrders(result: unknown): JsonObject[] {
	const list = phpListEntries(result ?? [])?.map(([, entry]) => entry);
	const entries = list?.filter((entry) => isObject(entry) || (entry !== 0 && !saysNothing(entry)));
	if (entries === undefined || (entries.length > 0 && !entries.some(isObject))) {
		throw new ExapiAnswerError(
			'unexpectedResult',
			'The CRM returned something other than a list of orders',
		);
	}
	return entries.map((entry) => (isObject(entry) ? entry : { unexpected: entry }));
}

/**
 * Converts an order to our field names and types.
 *
 * @param crmZone IANA zone of dates that have none
 *
 * @example
 * const order = exapi.toPartnerOrder({ number: 7, date: '2026-03-01 10:00:00' }, 'Europe/Moscow');
 * order.orderId; // => '7'
 * order.createdAt; // => '2026-03-01T10:00:00+03:00'
 */
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
	return readEntries(value, (good) =>
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
