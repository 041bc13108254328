import { DateTime } from 'luxon';
import { sign, type ExapiAnswer, type ExapiKey } from '../../nodes/Exapi/protocol';
import { textOf, type JsonObject } from '../../nodes/shared/wire';
import { BYTE_ORDER_MARK, phpJson, phpWarning } from '../core/php';
import type { CrmOrder } from './orders';
import type { Quirks } from './quirks';

/** What an order's form on the wire depends on. */
export interface WireStyle {
	timeZone: string;
	quirks: Readonly<Quirks>;
}

const CALL_DATE = { iso: isoText, isoWithOffset: isoTextWithOffset, sql: sqlText } as const;

/** Writes an order as an object of `getOrderStatusR` (docs/protocols/exapi.md, 7.2). */
export function writeStatusObject(order: CrmOrder, { timeZone, quirks }: WireStyle): JsonObject {
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

/** Writes an order as a row of `getOrderStatus`: the same values, in the same order, without names. */
export function writeStatusRow(order: CrmOrder, style: WireStyle): unknown[] {
	return Object.values(writeStatusObject(order, style));
}

/** Writes an order as `getOrders` lists it. `addOrder` brings one address line: it becomes the city. */
export function writePartnerOrder(order: CrmOrder, { timeZone }: WireStyle): JsonObject {
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

/** Writes the body of an answer, `{sign, answer}`, as a CRM with these quirks does. */
export function writeSignedAnswer(
	answer: ExapiAnswer,
	key: ExapiKey,
	quirks: Readonly<Quirks>,
): string {
	const encode = quirks.phpEscapes ? phpJson : JSON.stringify;
	const result = quirks.integersAsText ? numbersAsText(answer.result) : answer.result;
	const error = answer.error ?? (quirks.noError === 'empty' ? '' : null);
	const text = encode({ result, error, id: answer.id });
	const body = encode({ sign: sign(text, key), answer: text });
	const mark = quirks.byteOrderMark ? BYTE_ORDER_MARK : '';
	const warning = quirks.phpWarning ? phpWarning('Undefined property: stdClass::$id') : '';
	return mark + warning + body;
}

function numbersAsText(value: unknown): unknown {
	if (typeof value === 'number') return String(value);
	if (Array.isArray(value)) return value.map(numbersAsText);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([name, entry]) => [name, numbersAsText(entry)]),
	);
}

/**
 * Reads a date as PHP's `date_create` reads the two usual forms, ISO 8601 and
 * `YYYY-MM-DD HH:mm:ss`.
 *
 * @param zone IANA zone of text that names none
 * @returns the moment as ISO 8601 in UTC, or `undefined` when it is none
 */
export function readMoment(value: unknown, zone: string): string | undefined {
	if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
	if (typeof value !== 'string') return undefined;
	const iso = DateTime.fromISO(value.trim(), { zone });
	const moment = iso.isValid ? iso : DateTime.fromSQL(value.trim(), { zone });
	return moment.isValid ? moment.toJSDate().toISOString() : undefined;
}

/** `YYYY-MM-DD HH:mm:ss` in the zone (docs/protocols/exapi.md, 8.3). */
function sqlText(moment: string, zone: string): string {
	return inZone(moment, zone).toFormat('yyyy-MM-dd HH:mm:ss');
}

/** `YYYY-MM-DDTHH:mm:ss` in the zone. */
function isoText(moment: string, zone: string): string {
	return inZone(moment, zone).toFormat("yyyy-MM-dd'T'HH:mm:ss");
}

/** `YYYY-MM-DDTHH:mm:ss+03:00`. */
function isoTextWithOffset(moment: string, zone: string): string {
	return inZone(moment, zone).toFormat("yyyy-MM-dd'T'HH:mm:ssZZ");
}

function inZone(moment: string, zone: string): DateTime {
	return DateTime.fromISO(moment, { zone });
}
