import {
	greaterOf,
	hasLostDigits,
	isObject,
	type JsonObject,
	textOf,
	toItemNumber,
	wholeNumber,
	type WholeNumber,
} from '../../shared/wire';
import { previewValue } from '../../shared/wire/field-error';
import { readDateTime, type WireDate } from './time';
import { ExapiAnswerError, ExapiInputError, LOST_DIGITS } from './message';
import {
	readEntries,
	integerLike,
	type IntegerLike,
	type OddEntry,
	phpListEntries,
	wordsOf,
} from './values';

/** The values of docs/protocols/exapi.md, 6.5, and any other that a CRM sends. */
export type OrderStatus =
	| 'pending'
	| 'confirmed'
	| 'rejected'
	| 'paid'
	| 'delivered'
	| 'return'
	| 'duplicated'
	| (string & {});

/** A call to the customer that the CRM logged. */
export interface CallLogEntry {
	/** ISO 8601 with offset. */
	date: WireDate;
	/** 0: not reached, 1: reached. */
	state: IntegerLike;
	/** When to call again, ISO 8601 with offset. */
	recall: WireDate;
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
	callLog: Array<CallLogEntry | OddEntry>;
}

/** Names on the wire, in the order of a row (docs/protocols/exapi.md, 6.2). */
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

const NUMBERS = ['call_cnt', 'add_rev', 'upd_rev'] as const;

/** An order as the CRM sent it; a row has the names of the object format. */
export type WireOrderState = JsonObject;

/** An order within an answer. */
export interface PlacedOrder {
	/** Its index in the answer, gaps included. */
	position: number;
	/** Its key, if the answer is an object: an index, or the number of the order. */
	key?: string;
	order: WireOrderState;
}

/** An answer of either method in either format, before its values are read. */
export interface WireStatusAnswer {
	/** In the order received. */
	orders: PlacedOrder[];
	/** The number of positions in the answer, empty ones included. Absent if the answer is an object. */
	length?: number;
	/**
	 * The CRM's current revision, if the answer has it. A 0 without orders counts as none: a CRM that
	 * returns the greatest revision of the changes it found returns 0 when it found none.
	 */
	revision: IntegerLike;
}

/**
 * Reads the result of `getOrderStatus` or `getOrderStatusR`. Orders are rows or objects, on their own,
 * under `{rev, orders}` or next to `rev`. They are in a list, in the object that PHP makes of a list
 * with gaps, or in an object with order numbers as keys. Entries that are not an order (`null`, `false`,
 * `""`, 0, text such as "not found", an order without a status) are omitted: the CRM does not know
 * these orders.
 *
 * @throws ExapiAnswerError when the result has another form
 *
 * @example
 * exapi.readStatusAnswer({ rev: '120', orders: [{ nmb: 'A-1', status: 'paid' }] });
 * // => { orders: [{ position: 0, order: { nmb: 'A-1', status: 'paid' } }], length: 1, revision: 120 }
 */
export function readStatusAnswer(result: unknown): WireStatusAnswer {
	const { list, revision, isWrapped } = unwrapped(result);
	const entries = phpListEntries(list);
	if (!entries && !isObject(list)) throw unexpected();
	const orders = entries
		? entries.flatMap(([position, entry]) => placed({ position }, entry, isObject(list)))
		: ordersByNumber(list as JsonObject);
	if (orders.length === 0) {
		const mayBeEmpty = entries ? entries.length === 0 || mayBePlaces(entries) : isWrapped;
		if (!mayBeEmpty) throw unexpected();
	}
	return {
		orders,
		...(Array.isArray(list) && { length: list.length }),
		revision: orders.length === 0 && revision === 0 ? null : revision,
	};
}

interface Unwrapped {
	list: unknown;
	revision: IntegerLike;
	/** Whether the orders are next to the revision: then the list may be empty. */
	isWrapped: boolean;
}

function unwrapped(result: unknown): Unwrapped {
	const isWrapper = isObject(result) && ('orders' in result || 'rev' in result);
	if (!isWrapper) return { list: result ?? [], revision: null, isWrapped: false };
	const { rev, orders, ...beside } = result;
	return {
		list: orders ?? beside,
		revision: integerLike(rev),
		isWrapped: (orders ?? null) === null,
	};
}

/**
 * Whether entries without any order can be positions of orders that the CRM does not know. A list of
 * numbers cannot, nor can a single row outside of a list.
 */
function mayBePlaces(entries: ReadonlyArray<[index: number, entry: unknown]>): boolean {
	const values = entries.map(([, entry]) => entry);
	const isRow =
		values.length === ROW.length &&
		textOf(values[ROW.indexOf('status')]) !== '' &&
		NUMBERS.every((name) => wholeNumber(values[ROW.indexOf(name)]) !== undefined);
	return (
		!isRow && !values.every((value) => value === true || (typeof value === 'number' && value !== 0))
	);
}

function placed(
	{ position, key }: Omit<PlacedOrder, 'order'>,
	entry: unknown,
	isKeyed: boolean,
): PlacedOrder[] {
	const order = layOut(entry);
	if (order === undefined || !saysSomething(order)) return [];
	return [isKeyed ? { position, order, key: key ?? String(position) } : { position, order }];
}

function ordersByNumber(value: JsonObject): PlacedOrder[] {
	return Object.entries(value).flatMap(([key, entry], position) =>
		placed({ position, key }, entry, true),
	);
}

/** Reads an entry as an order. @returns `undefined` for an entry that is neither a row nor an object */
function layOut(entry: unknown): WireOrderState | undefined {
	if (isObject(entry) && !('0' in entry)) return entry;
	// A row with gaps is an object with numeric keys, and its values keep their positions.
	const row = phpListEntries(entry);
	// PHP may return a database row with both indexes and names.
	if (row === undefined) return isObject(entry) ? entry : undefined;
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
		'The CRM returned something other than a list of orders',
	);
}

/**
 * Returns the revision in which an order last changed: the greater of its two revisions, because a CRM
 * may leave the update revision of a new order empty. 0 if it has none.
 *
 * @example
 * exapi.revisionOf({ nmb: 'A-1', status: 'paid', add_rev: '110', upd_rev: '120' }); // => 120
 */
export function revisionOf(order: WireOrderState): WholeNumber {
	return greaterOf(wholeNumber(order.add_rev) ?? 0, wholeNumber(order.upd_rev) ?? 0);
}

/**
 * Converts an order to our field names and types.
 *
 * @param orderId number to use if the answer has none
 * @param crmZone IANA zone of dates that have none
 *
 * @example
 * const row = ['A-1', 'paid', '2', '', '', '110', '120', []];
 * const { orders } = exapi.readStatusAnswer([row]);
 * exapi.toOrderState(orders[0].order, 'Europe/Moscow');
 * // => { orderId: 'A-1', status: 'paid', callCount: 2, comment: '', callComment: '', addRevision: 110, updateRevision: 120, callLog: [] }
 */
export function toOrderState(order: WireOrderState, crmZone: string, orderId = ''): OrderState {
	return {
		orderId: textOf(order.nmb) || orderId,
		status: textOf(order.status),
		callCount: integerLike(order.call_cnt),
		comment: wordsOf(order.comment),
		callComment: wordsOf(order.call_comment),
		addRevision: integerLike(order.add_rev),
		updateRevision: integerLike(order.upd_rev),
		callLog: readCallLog(order.call_log, crmZone),
	};
}

const CALL_NAMES = ['date', 'state', 'recall', 'comment'];

function readCallLog(value: unknown, crmZone: string): Array<CallLogEntry | OddEntry> {
	return readEntries(value, (call) =>
		isObject(call) && CALL_NAMES.some((name) => name in call)
			? {
					date: readDateTime(call.date, crmZone),
					state: integerLike(call.state),
					recall: readDateTime(call.recall, crmZone),
					comment: wordsOf(call.comment),
				}
			: call,
	);
}

/**
 * Returns the revision for the next request: that of the answer, or else the greatest of its orders, or
 * else the requested one.
 *
 * @example
 * const answer = exapi.readStatusAnswer([{ nmb: 'A-1', status: 'paid', upd_rev: '120' }]);
 * exapi.revisionAfter(answer, 100); // => 120
 */
export function revisionAfter(answer: WireStatusAnswer, asked: number | string): IntegerLike {
	if (answer.revision !== null) return answer.revision;
	const from = wholeNumber(asked) ?? 0;
	return toItemNumber(
		answer.orders.reduce((greatest, { order }) => greaterOf(greatest, revisionOf(order)), from),
	);
}

/**
 * Reads a revision from a user: a whole number, 0 or more.
 *
 * @returns beyond 2^53, text of its digits
 * @throws ExapiInputError when it is not a whole number
 *
 * @example
 * exapi.readRevision('120'); // => 120
 * exapi.readRevision('new'); // throws ExapiInputError: must be a whole number, 0 or more, not "new"
 */
export function readRevision(value: unknown): number | string {
	if (hasLostDigits(value)) throw new ExapiInputError('revision', LOST_DIGITS);
	const revision = typeof value === 'boolean' ? Number(value) : wholeNumber(value);
	if (revision !== undefined && revision >= 0) return toItemNumber(revision);
	throw new ExapiInputError(
		'revision',
		`must be a whole number, 0 or more, not "${previewValue(value)}"`,
	);
}
