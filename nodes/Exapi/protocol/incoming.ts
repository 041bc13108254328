import { toItemNumber, wholeNumber } from '../../shared/wire';
import { isObject, textOf, type JsonObject } from './json';
import type { AnswerFormat } from './methods';
import { orderFromWire, type OrderInput } from './order';
import type { ExapiRequest } from './request';

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
			return { orderIds: askedNumbers(params).filter((number) => number !== '') };
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
export function askedNumbers([first]: readonly unknown[]): string[] {
	const list =
		isObject(first) || Array.isArray(first) ? Object.values(first as JsonObject) : [first];
	return list.map(textOf);
}

/** The form in which the partner wants statuses: by its flag, else by the method's own default. */
export function askedFormat({
	method,
	params,
}: Pick<ExapiRequest, 'method' | 'params'>): AnswerFormat {
	const flag = textOf(params[1]);
	if (flag === '0') return 'list';
	if (flag === '1') return 'object';
	return method === 'getOrderStatusR' ? 'object' : 'list';
}
