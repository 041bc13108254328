import { readDateTime } from './dates';
import { ExapiAnswerError, ExapiInputError } from './errors';
import { integerLike, isObject, phpListEntries, textOf, type JsonObject } from './json';
import { show } from './show';

/** The documented values, and whatever else a CRM says: unknown ones pass through. */
export type OrderStatus =
	| 'pending'
	| 'confirmed'
	| 'rejected'
	| 'paid'
	| 'delivered'
	| 'return'
	| 'duplicated'
	| (string & {});

/** Integer by the document; text that is no number passes through, `null` stands for nothing. */
export type IntegerLike = number | string | null;

/** A call to the customer, as the CRM logged it. */
export interface CallLogEntry {
	/** ISO 8601 with offset. */
	date: string | null;
	/** 0: not reached, 1: reached. */
	state: IntegerLike;
	/** When to call again, ISO 8601 with offset. */
	recall: string | null;
	comment: string;
}

/** An order's state in our field names. */
export interface OrderState {
	orderId: string;
	status: OrderStatus;
	callCount: IntegerLike;
	comment: string;
	callComment: string;
	addRevision: IntegerLike;
	updateRevision: IntegerLike;
	callLog: CallLogEntry[];
}

/** Names on the wire, in the order of a row (exapi.md, methods table, `getOrderStatus`). */
const ROW = [
	'nmb',
	'status',
	'call_cnt',
	'comment',
	'call_comment',
	'add_rev',
	'upd_rev',
	'call_log',
] as const;

/** An order as the CRM sent it, a row laid out under the names of the object format. */
export type WireOrderState = JsonObject;

/** An answer of either method, in either format, before values are touched. */
export interface WireStatusAnswer {
	/** In the order received. `position` is the index in the answer, gaps included. */
	orders: Array<{ position: number; order: WireOrderState }>;
	/**
	 * The CRM's current revision, where the answer names it. A 0 without orders names none: so does a
	 * CRM answer that takes the greatest revision of the changes it found, and found none.
	 */
	revision: IntegerLike;
}

/**
 * Reads the result of `getOrderStatus` or `getOrderStatusR`: rows or objects, bare or under
 * `{rev, orders}`, as a list or as the object that PHP makes of a list with gaps. Entries that
 * say nothing (`null`, `false`, an order without a status) are left out.
 *
 * @throws ExapiAnswerError when the result is none of these
 */
export function readStatusAnswer(result: unknown): WireStatusAnswer {
	const wrapped = isObject(result) && ('orders' in result || 'rev' in result);
	const list = wrapped ? (result.orders ?? []) : result;
	const entries = phpListEntries(list ?? []);
	if (entries === undefined) throw unexpected();
	const orders = entries.flatMap(([position, entry]) => {
		const order = layOut(entry);
		return order && saysSomething(order) ? [{ position, order }] : [];
	});
	const revision = wrapped ? integerLike(result.rev) : null;
	return { orders, revision: orders.length === 0 && revision === 0 ? null : revision };
}

function layOut(entry: unknown): WireOrderState | undefined {
	if (isObject(entry) && !('0' in entry)) return entry;
	// A row with gaps is an object with numeric keys, and its values keep their places.
	const row = phpListEntries(entry === null || entry === false ? [] : entry);
	if (row === undefined) throw unexpected();
	return Object.fromEntries(
		row.flatMap(([index, value]) => (ROW[index] ? [[ROW[index], value]] : [])),
	);
}

function saysSomething(order: WireOrderState): boolean {
	return textOf(order.status) !== '';
}

function unexpected(): ExapiAnswerError {
	return new ExapiAnswerError(
		'unexpectedResult',
		'The CRM answered with something that is not a list of orders',
	);
}

/**
 * Finds each asked order in an answer: by its number, and by its position only where the answer
 * names no number. Of several entries with one number, the latest revision counts.
 *
 * @param asked the order numbers in the order they were sent
 * @returns the orders found, by number
 */
export function matchOrders(
	asked: readonly string[],
	answer: WireStatusAnswer,
): Map<string, WireOrderState> {
	const wanted = new Set(asked);
	const found = new Map<string, WireOrderState>();
	for (const { position, order } of answer.orders) {
		const number = textOf(order.nmb) || asked[position];
		if (number === undefined || !wanted.has(number)) continue;
		const known = found.get(number);
		if (known === undefined || revisionOf(order) >= revisionOf(known)) found.set(number, order);
	}
	return found;
}

/**
 * When an order changed last: the greater of its two revisions, since a CRM may leave the one of
 * updates empty for a new order; 0 where there is none.
 */
export function revisionOf(order: WireOrderState): number {
	return Math.max(numberOf(order.add_rev), numberOf(order.upd_rev));
}

function numberOf(revision: unknown): number {
	const value = integerLike(revision);
	return typeof value === 'number' ? value : 0;
}

/**
 * Turns an order into our field names and types.
 *
 * @param orderId number to use where the answer names none
 * @param crmZone IANA zone of dates that come without one
 */
export function toOrderState(order: WireOrderState, crmZone: string, orderId = ''): OrderState {
	return {
		orderId: textOf(order.nmb) || orderId,
		status: textOf(order.status),
		callCount: integerLike(order.call_cnt),
		comment: textOf(order.comment),
		callComment: textOf(order.call_comment),
		addRevision: integerLike(order.add_rev),
		updateRevision: integerLike(order.upd_rev),
		callLog: readCallLog(order.call_log, crmZone),
	};
}

function readCallLog(value: unknown, crmZone: string): CallLogEntry[] {
	const entries = phpListEntries(value) ?? [];
	return entries
		.map(([, entry]) => entry)
		.filter(isObject)
		.map((call) => ({
			date: readDateTime(call.date, crmZone),
			state: integerLike(call.state),
			recall: readDateTime(call.recall, crmZone),
			comment: textOf(call.comment),
		}));
}

/**
 * The revision to ask from next time: the one the answer names, else the greatest of its orders,
 * else the one asked from.
 */
export function revisionAfter(answer: WireStatusAnswer, asked: number): IntegerLike {
	if (answer.revision !== null) return answer.revision;
	return answer.orders.reduce(
		(greatest, { order }) => Math.max(greatest, revisionOf(order)),
		asked,
	);
}

/**
 * Reads a revision that a user gives: a whole number, 0 or more.
 *
 * @throws ExapiInputError
 */
export function readRevision(value: unknown): number {
	const revision = integerLike(value);
	if (typeof revision === 'number' && Number.isSafeInteger(revision) && revision >= 0) {
		return revision;
	}
	throw new ExapiInputError('revision', `must be a whole number, 0 or more, not "${show(value)}"`);
}
