import { type JsonObject, toItemNumber, wholeNumber, type WholeNumber } from '../../shared/wire';
import { ExapiAnswerError } from './message';

/** How a status answer is asked for: rows, or objects under `{rev, orders}`. */
export type AnswerFormat = 'list' | 'object';

const FORMAT_FLAG: Record<AnswerFormat, 0 | 1> = { list: 0, object: 1 };

/** A method with its parameters, ready to be signed. */
export interface MethodCall {
	method: string;
	params: unknown[];
}

/** @param order in the field names of the wire, see `orderToWire` (docs/protocols/exapi.md, 5.1) */
export function addOrderCall(order: JsonObject): MethodCall {
	return { method: 'addOrder', params: [order] };
}

/** @param orderIds the partner’s own order numbers; the answer is in their order (docs/protocols/exapi.md, 6.1) */
export function getOrderStatusCall(orderIds: readonly string[], format: AnswerFormat): MethodCall {
	return { method: 'getOrderStatus', params: [orderIds, FORMAT_FLAG[format]] };
}

/**
 * @param revision changes from this revision on, as text of digits beyond 2^53; whether it is included
 *   is not known (docs/protocols/exapi.md, 7.3)
 */
export function getOrderStatusRCall(revision: number | string, format: AnswerFormat): MethodCall {
	return {
		method: 'getOrderStatusR',
		params: [wholeNumber(revision) ?? revision, FORMAT_FLAG[format]],
	};
}

/** @param since `YYYY-MM-DD HH:mm:ss` in the CRM's time zone */
export function getOrdersCall(since: string): MethodCall {
	return { method: 'getOrders', params: [since] };
}

/**
 * Reads the result of `addOrder`.
 *
 * @returns the order's number in the CRM, as text of digits beyond 2^53, or `false` when the CRM did not add it. PHP answers 0, or
 *   what its database gave for an error, where it has no number: that is no success either.
 * @throws ExapiAnswerError when the result is neither
 */
export function readAddOrderResult(result: unknown): number | string | false {
	const crmId = readCrmId(result);
	if (crmId !== undefined) return crmId === false ? false : toItemNumber(crmId);
	throw new ExapiAnswerError(
		'unexpectedResult',
		'The CRM returned neither a number nor false for addOrder',
	);
}

/** As {@link readAddOrderResult}, as it is written; `undefined` for a result that is neither. */
export function readCrmId(result: unknown): WholeNumber | false | undefined {
	if (result === false) return false;
	const crmId = wholeNumber(result);
	return crmId === undefined || crmId > 0 ? crmId : false;
}
