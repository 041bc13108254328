import { DateTime } from 'luxon';
import {
	getOrdersCall,
	readPartnerOrders,
	toPartnerOrder,
	writeDateTime,
	type PartnerOrder,
} from '../protocol';
import type { ExapiClient } from '../transport/exapi-client';
import { readingResult } from '../transport/failures';
import { LaggingMarks } from './lag';

/** An approved order; `eventId` is the same whenever the order is emitted. */
export type ApprovedOrder = PartnerOrder & { eventId: string };

/** What is saved from poll to poll. */
export interface OrdersState {
	/** The latest moment that the CRM named for an order, ISO 8601. */
	latest?: string;
	/** Orders emitted, by `eventId`, with the moment by which they are forgotten. */
	seen?: Record<string, string>;
}

/** What the process remembers of one activation of the trigger. */
export class OrdersMemory {
	readonly marks = new LaggingMarks<string[]>();
	/** `eventId`s emitted that are not saved yet. */
	readonly emitted = new Set<string>();
}

/** Whom a poll asks for approved orders, and from when on. */
export interface OrdersPoll {
	client: Pick<ExapiClient, 'call'>;
	timeZone: string;
	timeout: number;
	/** `now`: orders that the CRM already gives are not new. */
	startFrom: 'now' | DateTime;
	/** How far back each poll asks. */
	lookBackDays: number;
}

/**
 * Asks for approved orders and moves the state on. The document does not say by which date
 * `getOrders` chooses, so each poll looks back a window, keeps the orders seen, and counts by the
 * CRM's own times.
 *
 * @returns the orders not emitted yet, in the CRM's order
 */
export async function pollOrders(
	poll: OrdersPoll,
	state: OrdersState,
	memory: OrdersMemory,
	now: number,
): Promise<ApprovedOrder[]> {
	const isFirst = state.latest === undefined;
	const horizon = horizonOf(poll, now);
	const latest = atMost(horizon, state.latest ?? startOf(poll, now));
	const since = DateTime.fromISO(latest).minus({ days: poll.lookBackDays });
	const orders = await askSince(poll, since);
	const seen = state.seen ?? {};
	const fresh = orders.filter(({ eventId }) => !(eventId in seen) && !memory.emitted.has(eventId));
	// A CRM may have more orders than can be looked for in each other.
	const [skipped, emitted]: [ApprovedOrder[], ApprovedOrder[]] = [[], []];
	for (const order of fresh) {
		(isFirst && isBefore(order, poll.startFrom) ? skipped : emitted).push(order);
	}
	for (const { eventId } of emitted) memory.emitted.add(eventId);
	// The state is changed last: n8n keeps what a poll changed before it threw.
	moveOn(state, memory, { orders, skipped, emitted, latest, since, horizon, now });
	return emitted;
}

/** The latest approved orders, for a person who tries the trigger. Nothing is remembered. */
export async function sampleOrders(poll: OrdersPoll, count: number): Promise<ApprovedOrder[]> {
	const since = DateTime.utc().minus({ days: poll.lookBackDays });
	return (await askSince(poll, since)).slice(-count);
}

function startOf({ startFrom }: OrdersPoll, now: number): string {
	const start = startFrom === 'now' ? DateTime.fromMillis(now, { zone: 'utc' }) : startFrom;
	return start.toISO() ?? '';
}

/**
 * No order is of later than this: were a mistyped year believed, nothing would be new for decades.
 * A day is left for clocks and time zones.
 */
function horizonOf({ startFrom }: OrdersPoll, now: number): DateTime {
	const tomorrow = DateTime.fromMillis(now, { zone: 'utc' }).plus({ days: 1 });
	return startFrom === 'now' ? tomorrow : DateTime.max(tomorrow, startFrom);
}

function atMost(horizon: DateTime, moment: string): string {
	return DateTime.fromISO(moment) > horizon ? (horizon.toISO() ?? moment) : moment;
}

/** At the first poll: whether an order belongs to the time before the trigger began. */
function isBefore(order: ApprovedOrder, startFrom: 'now' | DateTime): boolean {
	if (startFrom === 'now') return true;
	const moment = momentOf(order);
	return moment !== undefined && DateTime.fromISO(moment) < startFrom;
}

interface Step {
	orders: ApprovedOrder[];
	skipped: ApprovedOrder[];
	emitted: ApprovedOrder[];
	latest: string;
	since: DateTime;
	horizon: DateTime;
	now: number;
}

function moveOn(state: OrdersState, memory: OrdersMemory, step: Step): void {
	const settled = memory.marks.settle(step.now) ?? [];
	memory.marks.reach([...memory.emitted], step.now);
	const moments = new Map(
		step.orders.map((order) => {
			const moment = momentOf(order);
			return [order.eventId, moment && atMost(step.horizon, moment)];
		}),
	);
	const latest = latestOf([step.latest, ...moments.values()]);
	const seen = { ...state.seen };
	for (const eventId of [...settled, ...step.skipped.map((order) => order.eventId)]) {
		seen[eventId] = moments.get(eventId) ?? latest;
		memory.emitted.delete(eventId);
	}
	for (const [eventId, moment] of Object.entries(seen)) {
		// What the CRM still gives is kept, however old it is.
		if (!moments.has(eventId) && DateTime.fromISO(moment) < step.since)
			Reflect.deleteProperty(seen, eventId);
	}
	state.seen = seen;
	state.latest = latest;
}

async function askSince(poll: OrdersPoll, since: DateTime): Promise<ApprovedOrder[]> {
	const moment = writeDateTime(since, { crm: poll.timeZone, workflow: poll.timeZone });
	const { result } = await poll.client.call(getOrdersCall(moment), {
		changes: false,
		timeout: poll.timeout,
	});
	const byId = new Map(
		readingResult(() => readPartnerOrders(result)).map((wire) => {
			const order = toPartnerOrder(wire, poll.timeZone);
			const eventId = `${order.orderId}:${order.approvedAt ?? ''}`;
			return [eventId, { eventId, ...order }];
		}),
	);
	return [...byId.values()];
}

function momentOf({ approvedAt, createdAt }: PartnerOrder): string | undefined {
	return [approvedAt, createdAt].find(
		(moment): moment is string => moment !== null && DateTime.fromISO(moment).isValid,
	);
}

function latestOf(moments: ReadonlyArray<string | undefined>): string {
	return moments
		.filter((moment) => moment !== undefined)
		.reduce((latest, moment) =>
			DateTime.fromISO(moment) > DateTime.fromISO(latest) ? moment : latest,
		);
}
