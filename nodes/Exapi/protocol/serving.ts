import {
	greaterOf,
	hasLostDigits,
	isObject,
	type JsonObject,
	textOf,
	toItemNumber,
	wholeNumber,
	type WholeNumber,
	writeJson,
} from '../../shared/wire';
import { ExapiInputError, type ExapiRequest, HOLDS_LOST_DIGITS } from './message';
import { type AnswerFormat, readCrmId } from './methods';
import { orderFromWire, type OrderInput } from './order';
import {
	numberOr,
	writePartnerOrder,
	partnerOrderItem,
	refuseLostDigits,
	statusItem,
	statusObject,
	statusRow,
} from './wire-orders';

/** The parameters of a documented method, by our names; of another method, none. */
export interface IncomingParams {
	/** `addOrder`: the order in our field names. */
	order?: Partial<OrderInput>;
	/** `getOrderStatus`: the numbers asked for, in their order. */
	orderIds?: string[];
	/** `getOrderStatusR`: changes from this revision on, as text of digits beyond 2^53. */
	revision?: number | string;
	/** `getOrders`: a moment as the partner wrote it, for PHP's `date_create`. */
	since?: string;
}

/**
 * Names the parameters of a request (docs/protocols/exapi.md, 5.1, 6.1, 7.1 and 8.1). What is missing
 * or of another type is left out: it is the workflow that decides what to make of such a request.
 */
export function readParams({
	method,
	params,
}: Pick<ExapiRequest, 'method' | 'params'>): IncomingParams {
	const [first] = params;
	switch (method) {
		case 'addOrder':
			return isObject(first) ? { order: orderFromWire(first) } : {};
		case 'getOrderStatus':
			return { orderIds: requestedOrderIds(params).filter((number) => number !== '') };
		case 'getOrderStatusR':
			return revisionIn(first);
		case 'getOrders':
			return typeof first === 'string' ? { since: first } : {};
		default:
			return {};
	}
}

function revisionIn(value: unknown): IncomingParams {
	const revision = wholeNumber(textOf(value));
	return revision === undefined ? {} : { revision: toItemNumber(revision) };
}

/**
 * The numbers that `getOrderStatus` asks for, each at its place in the list, `''` where there is
 * none. PHP sends a list with gaps as an object; a single number may come bare.
 */
export function requestedOrderIds([first]: readonly unknown[]): string[] {
	const list =
		isObject(first) || Array.isArray(first) ? Object.values(first as JsonObject) : [first];
	return list.map(textOf);
}

/** The form in which the partner wants statuses: by its flag, else by the method's own default. */
export function requestedFormat({
	method,
	params,
}: Pick<ExapiRequest, 'method' | 'params'>): AnswerFormat {
	const flag = textOf(params[1]);
	if (flag === '0') return 'list';
	if (flag === '1') return 'object';
	return method === 'getOrderStatusR' ? 'object' : 'list';
}

/** What a workflow gave: its items, or the result that its Respond operation named. */
export type WorkflowResult = { items: readonly JsonObject[] } | { result: unknown };

/**
 * Makes the `result` of a method out of what a workflow gave, and of nothing else: only documented
 * fields leave, so that a row of a database never does by accident.
 *
 * - `addOrder`: an item's `crmId` or `result`, an integer or `false`;
 * - the others: order items in our field names, or a `result` that is a list of such, or one that
 *   is laid out for the wire already. It leaves in the form asked for;
 * - any other method (docs/protocols/exapi.md, 3.4): `result`, as it is.
 *
 * @param timeZone IANA zone in which moments of `getOrders` are written
 * @throws ExapiInputError naming what the workflow must give
 */
export function resultFor(
	request: ExapiRequest,
	outcome: WorkflowResult,
	timeZone: string,
): unknown {
	switch (request.method) {
		case 'addOrder':
			return addOrderResult(outcome);
		case 'getOrderStatus':
			return statusResult(request, readOrdersFrom(outcome, readStatus));
		case 'getOrderStatusR':
			return changesResult(request, readOrdersFrom(outcome, readStatus));
		case 'getOrders':
			return readOrdersFrom(outcome, readOrder).orders.map((item) =>
				writePartnerOrder(item, timeZone),
			);
		default:
			return resultIn(outcome, request.method);
	}
}

/** A number that is 0 or negative is none: a workflow that means "not added" says `false`. */
function addOrderResult(outcome: WorkflowResult): WholeNumber | false {
	const given = 'items' in outcome ? outcome.items : outcome.result;
	const first: unknown = Array.isArray(given) ? given[0] : given;
	const crmId = isObject(first) ? (first.crmId ?? resultOf(outcome)) : first;
	refuseLostDigits('crmId', crmId);
	const result = readCrmId(crmId);
	if (result !== undefined && (result !== false || crmId === false)) return result;
	throw new ExapiInputError(
		'crmId',
		'must be the order’s number in the CRM, a whole number above 0, or false for an order not added',
	);
}

function resultIn(outcome: WorkflowResult, method: string): unknown {
	const result = resultOf(outcome);
	if (hasLostDigits(result)) throw new ExapiInputError('result', HOLDS_LOST_DIGITS);
	if (result !== undefined) return result;
	throw new ExapiInputError('result', `is missing: the response to "${method}" needs it`);
}

function resultOf(outcome: WorkflowResult): unknown {
	return 'result' in outcome ? outcome.result : outcome.items[0]?.result;
}

/** Orders in our field names, and the revision that was named beside them; 0 for none. */
interface GivenOrders {
	orders: JsonObject[];
	revision: WholeNumber;
}

/** Reads an entry of a list: an order in our names, `null` for one that says nothing. */
type OrderReader = (entry: unknown) => JsonObject | null;

function readOrdersFrom(outcome: WorkflowResult, read: OrderReader): GivenOrders {
	const given = listGiven(outcome);
	const orders = given.list.map(read).filter((order) => order !== null);
	const revision = greatest([given.rev, ...given.list.filter(isObject)], 'revision');
	return { orders, revision };
}

/** An item of an order may have a column of the name "result" as well. */
function listGiven(outcome: WorkflowResult): { list: readonly unknown[]; rev: JsonObject } {
	const isItems =
		'items' in outcome && (resultOf(outcome) === undefined || hasNumber(outcome.items));
	const given = isItems ? outcome.items : resultOf(outcome);
	if (Array.isArray(given)) return { list: given, rev: {} };
	if (!isObject(given)) throw notOrders();
	if (!('orders' in given) || given.orders === 0) return { list: [given], rev: {} };
	if (!Array.isArray(given.orders)) throw notOrders();
	return { list: given.orders, rev: { revision: given.rev ?? given.revision } };
}

function hasNumber([first]: readonly JsonObject[]): boolean {
	return textOf(first?.orderId) !== '';
}

function readStatus(entry: unknown): JsonObject | null {
	return Array.isArray(entry) || isForWire(entry, 'nmb')
		? requireOrderId(statusItem(entry))
		: readItem(entry);
}

function readOrder(entry: unknown): JsonObject | null {
	return isForWire(entry, 'number') ? requireOrderId(partnerOrderItem(entry)) : readItem(entry);
}

function isForWire(entry: unknown, number: string): entry is JsonObject {
	return isObject(entry) && number in entry && !('orderId' in entry);
}

/** Empty items come from a look-up that found nothing. */
function readItem(entry: unknown): JsonObject | null {
	if (entry === null || entry === false) return null;
	if (!isObject(entry)) throw notOrders();
	if (Object.keys(entry).length === 0 || entry.orders === 0) return null;
	return requireOrderId(entry).found === false ? null : entry;
}

function requireOrderId(item: JsonObject): JsonObject {
	refuseLostDigits('orderId', item.orderId);
	if (textOf(item.orderId) !== '') return item;
	throw new ExapiInputError('orderId', 'is missing in an item of the response');
}

function notOrders(): ExapiInputError {
	return new ExapiInputError('result', 'must be a list of orders');
}

/** In the order asked for, `null` for an order that the workflow does not know. */
function statusResult(request: ExapiRequest, { orders }: GivenOrders): unknown {
	const byNumber = new Map(orders.map((item) => [textOf(item.orderId), item]));
	const asked = requestedOrderIds(request.params).map((number) => byNumber.get(number) ?? null);
	checkRepetition(asked.filter((item) => item !== null));
	return requestedFormat(request) === 'list'
		? asked.map((item) => item && statusRow(item))
		: objectAnswer(asked.filter(isObject), 0);
}

/** What a workflow gives is no longer than this; a short request may name one order of it a million times. */
const MAX_REPEATED_LENGTH = 16 * 1024 * 1024;

/** Measured before anything is made of it. Orders that are asked for once are as many as were given. */
function checkRepetition(asked: readonly JsonObject[]): void {
	const times = new Map<JsonObject, number>();
	for (const item of asked) times.set(item, (times.get(item) ?? 0) + 1);
	if (times.size === asked.length) return;
	let length = 0;
	for (const [item, count] of times) length += writeJson(statusObject(item)).length * count;
	if (length <= MAX_REPEATED_LENGTH) return;
	throw new ExapiInputError(
		'orderIds',
		'repeats the same orders so often that the response would be too large',
	);
}

function changesResult(request: ExapiRequest, { orders, revision }: GivenOrders): unknown {
	if (requestedFormat(request) === 'list') return orders.map(statusRow);
	const asked = wholeNumber(readParams(request).revision) ?? 0;
	return objectAnswer(orders, greaterOf(asked, revision));
}

function objectAnswer(items: readonly JsonObject[], atLeast: WholeNumber): JsonObject {
	const added = greatest(items, 'addRevision');
	const rev = greaterOf(greaterOf(atLeast, added), greatest(items, 'updateRevision'));
	return { rev, orders: items.map(statusObject) };
}

/** One by one: a call takes no more arguments than fit on its stack, and a CRM has more orders. */
function greatest(items: readonly JsonObject[], name: string): WholeNumber {
	return items.reduce<WholeNumber>(
		(most, item) => greaterOf(most, numberOr(name, item[name], 0)),
		0,
	);
}
