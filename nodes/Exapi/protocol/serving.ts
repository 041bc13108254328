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

/** The parameters of a documented method in our field names. Empty for other methods. */
export interface IncomingParams {
	/** `addOrder`: the order in our field names. */
	order?: Partial<OrderInput>;
	/** `getOrderStatus`: the requested order numbers, in their order. */
	orderIds?: string[];
	/** `getOrderStatusR`: the revision to start from, as text of its digits beyond 2^53. */
	revision?: number | string;
	/** `getOrders`: a date and time as the partner wrote it for PHP's `date_create`. */
	since?: string;
}

/**
 * Reads the parameters of a request into our field names (docs/protocols/exapi.md, 5.1, 6.1, 7.1 and
 * 8.1). It omits parameters that are missing or have another type: the workflow decides how to respond
 * to such a request.
 *
 * @example
 * exapi.readParams({ method: 'addOrder', params: [{ order_id: 'A-1', good_id: 'Kettle' }] });
 * // => { order: { orderId: 'A-1', goodName: 'Kettle' } }
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
 * Reads the order numbers that `getOrderStatus` requests, each at its position in the list, `''` for an
 * empty position. PHP sends a list with gaps as an object, and a client may send a single number
 * without a list.
 *
 * @example
 * exapi.requestedOrderIds([['A-1', 7, null]]); // => ['A-1', '7', '']
 */
export function requestedOrderIds([first]: readonly unknown[]): string[] {
	const list =
		isObject(first) || Array.isArray(first) ? Object.values(first as JsonObject) : [first];
	return list.map(textOf);
}

/**
 * Reads the format that the partner requests for statuses: its flag, or else the method's default.
 *
 * @example
 * exapi.requestedFormat({ method: 'getOrderStatus', params: [['A-1'], 1] }); // => 'object'
 * exapi.requestedFormat({ method: 'getOrderStatus', params: [['A-1']] }); // => 'list'
 */
export function requestedFormat({
	method,
	params,
}: Pick<ExapiRequest, 'method' | 'params'>): AnswerFormat {
	const flag = textOf(params[1]);
	if (flag === '0') return 'list';
	if (flag === '1') return 'object';
	return method === 'getOrderStatusR' ? 'object' : 'list';
}

/** What a workflow returned: its items, or the result from its Respond operation. */
export type WorkflowResult = { items: readonly JsonObject[] } | { result: unknown };

/**
 * Builds the `result` of a method from what a workflow returned. Only documented fields are sent, so
 * that a database row is never disclosed by accident.
 *
 * - `addOrder`: an item's `crmId` or `result`, an integer or `false`;
 * - the other documented methods: order items in our field names, or a `result` that is a list of
 *   them or already in wire format. The result is in the format that the partner requested;
 * - any other method (docs/protocols/exapi.md, 3.4): `result`, unchanged.
 *
 * @param timeZone IANA zone in which dates of `getOrders` are written
 * @throws ExapiInputError that names what the workflow must return
 *
 * @example
 * const request = { method: 'getOrderStatus', params: [['A-1', 'A-2']], id: '1' };
 * exapi.resultFor(request, { items: [{ orderId: 'A-1', status: 'paid' }] }, 'Europe/Moscow');
 * // => [['A-1', 'paid', 0, '', '', 0, 0, []], null]
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

/** Reads a CRM number above 0. A workflow returns `false`, not 0, for an order that was not added. */
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

/** Orders in our field names, and the revision that the workflow returned with them, 0 for none. */
interface GivenOrders {
	orders: JsonObject[];
	revision: WholeNumber;
}

/** Reads an entry of a list: an order in our field names, `null` for an empty entry. */
type OrderReader = (entry: unknown) => JsonObject | null;

function readOrdersFrom(outcome: WorkflowResult, read: OrderReader): GivenOrders {
	const given = listGiven(outcome);
	const orders = given.list.map(read).filter((order) => order !== null);
	const revision = greatest([given.rev, ...given.list.filter(isObject)], 'revision');
	return { orders, revision };
}

/** Finds the list of orders. An order item may have a column called "result" as well. */
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

/** Reads an item. A lookup that found nothing returns empty items. */
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

/** Lists statuses in the requested order, `null` for an order that the workflow does not know. */
function statusResult(request: ExapiRequest, { orders }: GivenOrders): unknown {
	const byNumber = new Map(orders.map((item) => [textOf(item.orderId), item]));
	const asked = requestedOrderIds(request.params).map((number) => byNumber.get(number) ?? null);
	checkRepetition(asked.filter((item) => item !== null));
	return requestedFormat(request) === 'list'
		? asked.map((item) => item && statusRow(item))
		: objectAnswer(asked.filter(isObject), 0);
}

/** The longest answer with repeated orders: a short request can name one order a million times. */
const MAX_REPEATED_LENGTH = 16 * 1024 * 1024;

/** Checks the length before the answer is built. Orders that are requested once need no check. */
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

/** Compares one by one: `Math.max(...)` would need more arguments than fit on the stack. */
function greatest(items: readonly JsonObject[], name: string): WholeNumber {
	return items.reduce<WholeNumber>(
		(most, item) => greaterOf(most, numberOr(name, item[name], 0)),
		0,
	);
}
