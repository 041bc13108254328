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

/** An approved order. Its `eventId` is the same each time the order is emitted. */
export type ApprovedOrder = PartnerOrder & { eventId: string };

/** The state saved between polls. Its position is a time from the CRM, in milliseconds. */
export interface OrdersState extends Progress {
	/** Orders that an earlier version emitted, whose identifiers contain a converted date. */
	formerIds?: string[];
}

/** What to request in a poll for approved orders. */
export interface OrdersPoll {
	client: Pick<ExapiClient, 'call'>;
	timeZone: string;
	timeout: number;
	signal?: AbortSignal;
	/** `now`: orders that the CRM returns in the first poll are not new. */
	startFrom: 'now' | DateTime;
	/** How many days back each poll requests orders. */
	lookBackDays: number;
}

/**
 * Requests approved orders and advances the state. It is not known by which date `getOrders` selects
 * orders (docs/protocols/exapi.md, 8.2), so each poll looks back a number of days, remembers the orders it
 * has seen, and uses the CRM's own times.
 *
 * @param state the state after the last poll, `undefined` for the first one
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
	// One pass over the orders: a CRM may have many thousands.
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
	// Marks of orders that the CRM still returns are kept, however old they are.
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

/** Returns the latest approved orders for a test of the trigger. It saves nothing. */
export async function sampleOrders(poll: OrdersPoll, count: number): Promise<ApprovedOrder[]> {
	const since = Date.now() - poll.lookBackDays * DAY_MILLISECONDS;
	return (await askSince(poll, since)).slice(-count).map(({ order }) => order);
}

/**
 * Returns the latest time that an order can have. If a mistyped year were accepted, no order would be new
 * for decades. A day is added for clocks and time zones.
 */
function horizonOf({ startFrom }: OrdersPoll, now: number): number {
	const tomorrow = now + DAY_MILLISECONDS;
	return startFrom === 'now' ? tomorrow : Math.max(tomorrow, startFrom.toMillis());
}

/** At the first poll: whether an order is older than the start of the trigger. */
function isBefore(at: number | undefined, startFrom: 'now' | DateTime): boolean {
	return startFrom === 'now' || (at !== undefined && at < startFrom.toMillis());
}

interface FoundOrder {
	order: ApprovedOrder;
	fingerprint: string;
	/** The time of its approval, or else of its creation, in milliseconds. */
	at: number | undefined;
	/** The order's identifier in an earlier version, with a converted date. */
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
 * Returns the CRM's own text of a date. A converted date would change with the credential's time zone,
 * and all orders would be new. Of PHP's DateTime object, it uses the wall time and the zone.
 */
function ownText(date: unknown): string {
	if (typeof date === 'string') return date.trim();
	if (typeof date === 'number' || typeof date === 'bigint') return String(date);
	if (typeof date !== 'object' || date === null) return '';
	const { date: wallTime, timezone } = date as { date?: unknown; timezone?: unknown };
	if (typeof wallTime !== 'string') return textOfAny(date);
	return typeof timezone === 'string' ? `${wallTime} ${timezone}` : wallTime;
}

/** Returns the time of an order, ignoring dates that cannot be read. */
function timeOf({ approvedAt, createdAt }: PartnerOrder, timeZone: string): number | undefined {
	return [approvedAt, createdAt]
		.map((moment) => readMoment(moment, timeZone)?.toMillis() ?? Number.NaN)
		.find((at) => !Number.isNaN(at));
}

/** Returns days since 1970, a short form that is exact enough for dropping old marks. */
function dayOf(at: number): number {
	return Math.floor(at / DAY_MILLISECONDS);
}

/** Compares positions, which are milliseconds. */
function isLater(position: string, other: string): boolean {
	return Number(position) > Number(other);
}
