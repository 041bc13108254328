import type { ExapiRequest } from '../../nodes/Exapi/protocol';
import { phpListEntries } from '../../nodes/Exapi/protocol/values';
import { isObject, textOf } from '../../nodes/shared/wire';
import { isApproved, type OrderStore } from './order-store';
import type { CrmOrder } from './orders';
import {
	readMoment,
	writePartnerOrder,
	writeStatusObject,
	writeStatusRow,
	type WireStyle,
} from './wire';

/** A request that is correctly signed but cannot be executed: answered as `error`. */
export class MethodError extends Error {
	override readonly name = 'MethodError';
}

/** A partner's view of the CRM: its own orders, in the CRM's present style. */
interface PartnerView {
	sender: string;
	book: OrderStore;
	style: WireStyle;
}

type Method = (params: readonly unknown[], view: PartnerView) => unknown;

const METHODS: Readonly<Record<string, Method>> = {
	addOrder,
	getOrderStatus,
	getOrderStatusR,
	getOrders,
};

/**
 * Executes a request (docs/protocols/exapi.md, 3.4).
 *
 * @returns the result, ready for JSON
 * @throws MethodError with the text for the answer's `error`
 */
export function executeMethod(request: ExapiRequest, view: PartnerView): unknown {
	const method = Object.hasOwn(METHODS, request.method) ? METHODS[request.method] : undefined;
	if (!method) throw new MethodError(`Unknown method ${request.method}`);
	return method(request.params, view);
}

/** Returns the number of the order that an `addOrder` brings; `null` for all else. */
export function orderIdIn({ method, params: [order] }: ExapiRequest): string | null {
	if (method !== 'addOrder' || !isObject(order)) return null;
	return textOf(order.order_id) || null;
}

function addOrder([fields]: readonly unknown[], { sender, book }: PartnerView): number | false {
	if (!isObject(fields)) throw new MethodError('addOrder takes an object');
	const orderId = textOf(fields.order_id);
	if (orderId === '' || textOf(fields.good_id) === '') return false;
	return book.add(orderId, sender, fields)?.crmId ?? false;
}

function getOrderStatus([orderIds, objects = 0]: readonly unknown[], view: PartnerView): unknown {
	const asked = phpListEntries(orderIds);
	if (!asked) throw new MethodError('getOrderStatus takes a list of order numbers');
	const found = asked.map(([, orderId]) => view.book.find(textOf(orderId), view.sender));
	return statuses(found, isOn(objects), view);
}

function getOrderStatusR([revision, objects = 1]: readonly unknown[], view: PartnerView): unknown {
	const from = Number(revision);
	if (textOf(revision) === '' || !Number.isInteger(from)) {
		throw new MethodError('getOrderStatusR takes a revision number');
	}
	const changed = view.book
		.all(view.sender)
		.filter((order) => order.updateRevision > from)
		.sort((one, other) => one.updateRevision - other.updateRevision);
	return statuses(changed, isOn(objects), view);
}

function getOrders([since]: readonly unknown[], { sender, book, style }: PartnerView): unknown {
	const from = readMoment(since, style.timeZone);
	if (from === undefined) throw new MethodError('getOrders takes a date and time');
	return book
		.all(sender)
		.filter((order) => isApproved(order) && (order.approvedAt ?? '') >= wholeSecond(from))
		.map((order) => writePartnerOrder(order, style));
}

/** The CRM keeps milliseconds, the wire does not: an order is not older than its own date. */
function wholeSecond(moment: string): string {
	return `${moment.slice(0, 19)}.000Z`;
}

function statuses(orders: Array<CrmOrder | undefined>, asObjects: boolean, view: PartnerView) {
	const write = asObjects ? writeStatusObject : writeStatusRow;
	const list = withoutUnknown(
		orders.map((order) => order && write(order, view.style)),
		view.style.quirks.unknownOrders,
	);
	return asObjects ? { rev: view.book.revision, orders: list } : list;
}

function withoutUnknown(list: unknown[], style: WireStyle['quirks']['unknownOrders']): unknown {
	if (style === 'null') return list.map((entry) => entry ?? null);
	const known = list.flatMap((entry, index) =>
		entry === undefined ? [] : [[index, entry] as const],
	);
	const hasGaps = known.some(([index], position) => index !== position);
	return style === 'gap' && hasGaps ? Object.fromEntries(known) : known.map(([, entry]) => entry);
}

function isOn(flag: unknown): boolean {
	return Number(flag) === 1;
}
