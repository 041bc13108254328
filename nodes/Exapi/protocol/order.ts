import { isIP } from 'node:net';
import {
	hasLostDigits,
	isObject,
	type JsonObject,
	textOf,
	wholeNumber,
	type WholeNumber,
} from '../../shared/wire';
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
	previewValue,
	wordsOf,
} from './values';

/** An order to add, in our field names (docs/protocols/exapi.md, 5.1). */
export interface OrderInput {
	orderId: string;
	/** `good_id`, which is the name of the product (docs/protocols/exapi.md, 5.1). */
	goodName: string;
	address?: string;
	affiliateId?: string;
	comment?: string;
	countryCode?: string;
	/** Fields that are agreed with the CRM (docs/protocols/exapi.md, 5.2), by their names on the wire. */
	customFields?: JsonObject;
	fullName?: string;
	/** Address of the buyer, IPv4 or IPv6. */
	ip?: string;
	phone?: string;
	/** Text of digits beyond 2^53. */
	quantity?: number | string;
}

/** Our names of the text fields and theirs on the wire. */
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

/** Our names of all fields of an order, the documented ones and `customFields`. */
export const ORDER_FIELDS = [
	...(Object.keys(TEXT_FIELDS) as Array<keyof typeof TEXT_FIELDS>),
	'ip',
	'quantity',
	'customFields',
] as const;

/**
 * Checks what a user gave and lays it out as `addOrder`'s object. Fields that are absent, `null`
 * or (except the mandatory ones) empty are not sent.
 *
 * @param input values by our names; text may come as numbers and the quantity as text
 * @throws ExapiInputError naming the field that cannot be sent
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
 * Reads an order number: non-empty text, or a whole number that lost no digit on its way.
 *
 * @throws ExapiInputError naming `field`
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
		throw new ExapiInputError(field, `must be text, not ${kindOf(value)}`);
	}
	return value.trim() === '' ? undefined : value.trim();
}

/** Spreadsheets hand numbers over as numbers; long ones have lost digits by then. */
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
		throw new ExapiInputError('customFields', `must be an object, not ${kindOf(value)}`);
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

function kindOf(value: unknown): string {
	return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
}

/**
 * Names the fields of an order that a partner sent. What docs/protocols/exapi.md, 5.1, does not list goes
 * into `customFields`, by its name on the wire. Numbers in place of text become text, and numeric
 * text a quantity; what is of another type is left out.
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
			'The CRM returned something other than a list of orders',
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
