import { type JsonObject, textOf } from '../../nodes/shared/wire';
import { isoText, isoTextWithOffset, sqlText } from './moments';
import type { CrmOrder } from './order-types';
import type { Quirks } from './quirks';

/** What an order's form on the wire depends on. */
export interface WireStyle {
	timeZone: string;
	quirks: Readonly<Quirks>;
}

const CALL_DATE = { iso: isoText, isoWithOffset: isoTextWithOffset, sql: sqlText } as const;

/** An order as an object of `getOrderStatusR` (docs/protocols/exapi.md, 7.2). */
export function statusObject(order: CrmOrder, { timeZone, quirks }: WireStyle): JsonObject {
	const callDate = CALL_DATE[quirks.callLogDates];
	return {
		nmb: order.orderId,
		status: order.status,
		call_cnt: order.calls.length,
		comment: order.comment,
		call_comment: order.callComment,
		add_rev: order.addRevision,
		upd_rev: order.updateRevision,
		call_log: order.calls.map((call) => ({
			date: callDate(call.date, timeZone),
			state: call.state,
			recall: call.recall === null ? '' : callDate(call.recall, timeZone),
			comment: call.comment,
		})),
	};
}

/** An order as a row of `getOrderStatus`: the same values, in the same order, without names. */
export function statusRow(order: CrmOrder, style: WireStyle): unknown[] {
	return Object.values(statusObject(order, style));
}

/** An order as `getOrders` tells it. `addOrder` brings one address line: it becomes the city. */
export function partnerOrder(order: CrmOrder, { timeZone }: WireStyle): JsonObject {
	const { fields } = order;
	return {
		number: order.orderId,
		date: sqlText(order.createdAt, timeZone),
		fio: textOf(fields.fio),
		phone1: textOf(fields.phone),
		phone2: '',
		zipCode: '',
		city: textOf(fields.address),
		street: '',
		house: '',
		flat: '',
		deliveryCost: 0,
		deliveryDate: '',
		deliveryStime: '',
		deliveryEtime: '',
		approveDate: order.approvedAt === null ? '' : sqlText(order.approvedAt, timeZone),
		goodItems: [
			{
				goodName: textOf(fields.good_id),
				goodArticle: textOf(fields.good_id),
				price: 0,
				quantity: fields.kolvo ?? 1,
			},
		],
		...order.details,
	};
}
