import { type JsonObject, toItemNumber, wholeNumber, type WholeNumber } from '../../shared/wire';
import { ExapiAnswerError } from './message';

/** The requested format of a status answer: rows, or objects under `{rev, orders}`. */
export type AnswerFormat = 'list' | 'object';

const FORMAT_FLAG: Record<AnswerFormat, 0 | 1> = { list: 0, object: 1 };

/** A method with its parameters, ready to be signed. */
export interface MethodCall {
	method: string;
	params: unknown[];
}

/**
 * Builds a call that adds an order (docs/protocols/exapi.md, 5.1).
 *
 * @param order the order in the field names of the wire, see `orderToWire`
 *
 * @example
 * exapi.addOrderCall({ order_id: 'A-1', good_id: 'Kettle' });
 * // => { method: 'addOrder', params: [{ order_id: 'A-1', good_id: 'Kettle' }] }
 */
export function addOrderCall(order: JsonObject): MethodCall {
	return { method: 'addOrder', params: [order] };
}

/**
 * Builds a call that asks for the statuses of orders (docs/protocols/exapi.md, 6.1).
 *
 * @param orderIds the partner's own order numbers. The answer is in their order
 *
 * @example
 * exapi.getOrderStatusCall(['A-1'], 'object'); // => { method: 'getOrderStatus', params: [['A-1'], 1] }
 */
export function getOrderStatusCall(orderIds: readonly string[], format: AnswerFormat): MethodCall {
	return { method: 'getOrderStatus', params: [orderIds, FORMAT_FLAG[format]] };
}

/**
 * Builds a call that asks for status changes.
 *
 * @param revision the revision to start from, as text of its digits beyond 2^53. It is not known
 *   whether the CRM includes it (docs/protocols/exapi.md, 7.3)
 *
 * @example
 * exapi.getOrderStatusRCall(120, 'list'); // => { method: 'getOrderStatusR', params: [120, 0] }
 */
export function getOrderStatusRCall(revision: number | string, format: AnswerFormat): MethodCall {
	return {
		method: 'getOrderStatusR',
		params: [wholeNumber(revision) ?? revision, FORMAT_FLAG[format]],
	};
}

/**
 * Builds a call that asks for approved orders.
 *
 * @param since `YYYY-MM-DD HH:mm:ss` in the CRM's time zone
 *
 * @example
 * exapi.getOrdersCall('2026-03-01 10:00:00'); // => { method: 'getOrders', params: ['2026-03-01 10:00:00'] }
 */
export function getOrdersCall(since: string): MethodCall {
	return { method: 'getOrders', params: [since] };
}

/**
 * Reads the result of `addOrder`.
 *
 * @returns the order's number in the CRM, as text of its digits beyond 2^53, or `false` when the CRM
 *   did not add the order. PHP returns 0, or its database's error value, when it has no number: that
 *   is `false` as well
 * @throws ExapiAnswerError when the result is neither
 *
 * @example
 * exapi.readAddOrderResult('4711'); // => 4711
 * exapi.readAddOrderResult(0); // => false
 * exapi.readAddOrderResult('later'); // throws ExapiAnswerError: The CRM returned neither a number nor false for addOrder
 */
export function readAddOrderResult(result: unknown): number | string | false {
	const crmId = readCrmId(result);
	if (crmId !== undefined) return crmId === false ? false : toItemNumber(crmId);
	throw new ExapiAnswerError(
		'unexpectedResult',
		'The CRM returned neither a number nor false for addOrder',
	);
}

/**
 * Reads the result of `addOrder` as an integer of any size.
 *
 * @returns `undefined` for a result that is neither a number nor `false`
 *
 * @example
 * exapi.readCrmId('4711'); // => 4711
 * exapi.readCrmId('later'); // => undefined
 */
export function readCrmId(result: unknown): WholeNumber | false | undefined {
	if (result === false) return false;
	const crmId = wholeNumber(result);
	return crmId === undefined || crmId > 0 ? crmId : false;
}
