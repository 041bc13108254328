import { DateTime } from 'luxon';
import {
	emittedFor,
	fingerprint,
	furthest,
	markOf,
	type PollResult,
	type PollTurn,
	type Progress,
	readMark,
	record,
	settle,
	startAt,
	textOfAny,
} from '../../shared/polling';
import {
	getOrdersCall,
	readMoment,
	readPartnerOrders,
	toPartnerOrder,
	wordsOf,
	writeDateTime,
	type PartnerOrder,
} from '../protocol';
import { mapInTurns } from '../../shared/wire';
import type { ExapiClient } from '../client/client';
import { withResultErrors } from '../client/failures';

const DAY_MILLISECONDS = 24 * 60 * 60_000;

/** An approved order; `eventId` is the same whenever the order is emitted. */
export type ApprovedOrder = PartnerOrder & { eventId: string };

/** What is saved from poll to poll; the position is a moment that the CRM named, in milliseconds. */
export interface OrdersState extends Progress {
	/** Orders emitted before identifiers were made from the CRM's own text. */
	formerIds?: string[];
}

/** Whom a poll asks for approved orders, and from when on. */
export interface OrdersPoll {
	client: Pick<ExapiClient, 'call'>;
	timeZone: string;
	timeout: number;
	signal?: AbortSignal;
	/** `now`: orders that the CRM already gives are not new. */
	startFrom: 'now' | DateTime;
	/** How far back each poll asks. */
	lookBackDays: number;
}

/**
 * Asks for approved orders and moves the state on. By which date `getOrders` chooses is not known
 * (docs/protocols/exapi.md, 8.2), so each poll looks back a window, keeps the orders seen, and counts by the
 * CRM's own times.
 *
 * @param state what the last poll left, `undefined` for the first one
 * @returns the orders that this process has not emitted yet, in the CRM's order
 */
export async function pollOrders(
	poll: OrdersPoll,
	state: OrdersState | undefined,
	turn: PollTurn,
): Promise<PollResult<OrdersState, ApprovedOrder>> {
	const horizon = horizonOf(poll, turn.now());
	const from = state
		? settle(state, turn.processId, turn.now(), isLater)
		: startAt(String(poll.startFrom === 'now' ? turn.now() : poll.startFrom.toMillis()));
	const position = Math.min(Number(from.position), horizon);
	const since = position - poll.lookBackDays * DAY_MILLISECONDS;
	const found = await askSince({ ...poll, signal: turn.signal }, since);
	const emitted = emittedFor(from, turn.processId);
	const formerIds = new Set(state?.formerIds);
	const isOld = ({ at, formerId }: FoundOrder) =>
		state === undefined ? isBefore(at, poll.startFrom) : formerIds.has(formerId);
	// A CRM may have more orders than can be looked for in each other.
	const [old, fresh]: [FoundOrder[], FoundOrder[]] = [[], []];
	for (const one of found) {
		if (!emitted.has(one.fingerprint)) (isOld(one) ? old : fresh).push(one);
	}
	const progress = { ...from, position: String(position) };
	const reached = found
		.map(({ at }) => Math.min(at ?? 0, horizon))
		.reduce((latest, at) => Math.max(latest, at), Number(furthest(progress, isLater)));
	const mark = ({ at = reached, order }: FoundOrder) =>
		markOf(String(dayOf(Math.min(at, horizon))), order.eventId);
	const batch = {
		by: turn.processId,
		at: turn.now(),
		reached: String(reached),
		marks: fresh.map(mark),
	};
	// What the CRM still gives is kept, however old it is.
	const present = new Set(found.map(({ fingerprint: id }) => id));
	const isNeeded = (kept: string) => {
		const { place, fingerprint: id } = readMark(kept);
		return present.has(id) || Number(place) >= dayOf(since);
	};
	const settled = [...from.settled, ...old.map(mark)];
	return {
		state: record({ ...progress, settled }, batch, isNeeded, isLater),
		events: fresh.map(({ order }) => order),
	};
}

/** The latest approved orders, for a person who tries the trigger. Nothing is remembered. */
export async function sampleOrders(poll: OrdersPoll, count: number): Promise<ApprovedOrder[]> {
	const since = Date.now() - poll.lookBackDays * DAY_MILLISECONDS;
	return (await askSince(poll, since)).slice(-count).map(({ order }) => order);
}

/**
 * No order is of later than this: were a mistyped year believed, nothing would be new for decades.
 * A day is left for clocks and time zones.
 */
function horizonOf({ startFrom }: OrdersPoll, now: number): number {
	const tomorrow = now + DAY_MILLISECONDS;
	return startFrom === 'now' ? tomorrow : Math.max(tomorrow, startFrom.toMillis());
}

/** At the first poll: whether an order belongs to the time before the trigger began. */
function isBefore(at: number | undefined, startFrom: 'now' | DateTime): boolean {
	return startFrom === 'now' || (at !== undefined && at < startFrom.toMillis());
}

interface FoundOrder {
	order: ApprovedOrder;
	fingerprint: string;
	/** When it was approved, else when it was created, in milliseconds. */
	at: number | undefined;
	/** How the order was identified when identifiers were made from a converted date. */
	formerId: string;
}

async function askSince(poll: OrdersPoll, since: number): Promise<FoundOrder[]> {
	const zones = { crm: poll.timeZone, workflow: poll.timeZone };
	const moment = writeDateTime(DateTime.fromMillis(since, { zone: 'utc' }), zones);
	const { result } = await poll.client.call(getOrdersCall(moment), {
		changes: false,
		timeout: poll.timeout,
		signal: poll.signal,
	});
	const orders = withResultErrors(() => readPartnerOrders(result));
	const byId = new Map(
		await mapInTurns(orders, (wire): [string, FoundOrder] => {
			const order = toPartnerOrder(wire, poll.timeZone);
			const isOrder = order.unexpected === undefined;
			const version = isOrder ? ownText(wire.approveDate) : `#${fingerprint(textOfAny(wire))}`;
			const eventId = `${order.orderId}:${version}`;
			const formerId = `${order.orderId}:${wordsOf(order.approvedAt)}`;
			const found = {
				fingerprint: fingerprint(eventId),
				at: timeOf(order, poll.timeZone),
				formerId,
			};
			return [eventId, { order: { eventId, ...order }, ...found }];
		}),
	);
	return [...byId.values()];
}

/**
 * The CRM's own text of a date. Converted, it would change with the credential's time zone, and all
 * orders would be new. PHP may write its DateTime object, of which the wall time and the zone count.
 */
function ownText(date: unknown): string {
	if (typeof date === 'string') return date.trim();
	if (typeof date === 'number' || typeof date === 'bigint') return String(date);
	if (typeof date !== 'object' || date === null) return '';
	const { date: wallTime, timezone } = date as { date?: unknown; timezone?: unknown };
	if (typeof wallTime !== 'string') return textOfAny(date);
	return typeof timezone === 'string' ? `${wallTime} ${timezone}` : wallTime;
}

/** A date that could not be read is none. */
function timeOf({ approvedAt, createdAt }: PartnerOrder, timeZone: string): number | undefined {
	return [approvedAt, createdAt]
		.map((moment) => readMoment(moment, timeZone)?.toMillis() ?? Number.NaN)
		.find((at) => !Number.isNaN(at));
}

/** Days since 1970: exact enough to forget by, and short. */
function dayOf(at: number): number {
	return Math.floor(at / DAY_MILLISECONDS);
}

/** Positions are milliseconds. */
function isLater(position: string, other: string): boolean {
	return Number(position) > Number(other);
}
