import type { JsonObject } from '../../nodes/shared/wire';
import { SandboxControlError } from '../core/input';
import { readMoment } from './wire';
import type { Call, CallInput, CrmOrder, OrderChange, OrderSeed } from './orders';

const FIRST_CRM_ID = 1001;

/** Statuses of orders that were approved once: what `getOrders` tells of. */
const APPROVED = new Set<string>(['confirmed', 'paid', 'delivered', 'return']);

export function isApproved(order: CrmOrder): boolean {
	return APPROVED.has(order.status);
}

/** The orders of the CRM, in memory, with one counter of revisions for all of them. */
export class OrderStore {
	private readonly orders = new Map<string, CrmOrder>();
	private lastRevision = 0;

	/** @param timeZone IANA zone of dates that come without one */
	constructor(private readonly timeZone: string) {}

	/** The revision of the latest change of any order; 0 before the first. */
	get revision(): number {
		return this.lastRevision;
	}

	/** All orders, or a partner's, oldest first. */
	all(sender?: string): CrmOrder[] {
		const orders = [...this.orders.values()];
		return sender === undefined ? orders : orders.filter((order) => order.sender === sender);
	}

	/** Without a sender: the oldest order with that number. */
	find(orderId: string, sender?: string): CrmOrder | undefined {
		if (sender !== undefined) return this.orders.get(keyOf(orderId, sender));
		return this.all().find((order) => order.orderId === orderId);
	}

	/** @returns the order, or `undefined` when the partner has that number already */
	add(orderId: string, sender: string, fields: JsonObject): CrmOrder | undefined {
		if (this.find(orderId, sender)) return undefined;
		return this.insert({ orderId, fields }, sender);
	}

	/** @throws SandboxControlError for a number that the partner has, or a date that is none */
	seed(seed: OrderSeed, sender: string): CrmOrder {
		if (this.find(seed.orderId, sender)) {
			throw new SandboxControlError(`There is an order "${seed.orderId}" already`, 409);
		}
		return this.insert(seed, sender);
	}

	/** @throws SandboxControlError for a date that is none */
	change(order: CrmOrder, change: OrderChange): void {
		const call = change.call && this.toCall(change.call);
		const wasApproved = isApproved(order);
		order.status = change.status ?? order.status;
		order.comment = change.comment ?? order.comment;
		order.callComment = change.callComment ?? (call?.comment || order.callComment);
		order.details = { ...order.details, ...change.details };
		if (call) order.calls.push(call);
		if (isApproved(order) && !wasApproved) order.approvedAt = new Date().toISOString();
		order.updateRevision = ++this.lastRevision;
	}

	private insert(seed: OrderSeed, sender: string): CrmOrder {
		const calls = (seed.calls ?? []).map((call) => this.toCall(call));
		const createdAt = this.moment(seed.createdAt ?? new Date());
		const approvedAt = seed.approvedAt ? this.moment(seed.approvedAt) : createdAt;
		const revision = ++this.lastRevision;
		const order: CrmOrder = {
			orderId: seed.orderId,
			crmId: FIRST_CRM_ID + this.orders.size,
			sender,
			status: seed.status ?? 'pending',
			comment: seed.comment ?? '',
			callComment: seed.callComment ?? calls.at(-1)?.comment ?? '',
			calls,
			addRevision: revision,
			updateRevision: revision,
			createdAt,
			approvedAt: null,
			fields: seed.fields ?? {},
			details: seed.details ?? {},
		};
		if (isApproved(order)) order.approvedAt = approvedAt;
		this.orders.set(keyOf(order.orderId, sender), order);
		return order;
	}

	private toCall(call: CallInput): Call {
		return {
			date: this.moment(call.date ?? new Date()),
			state: call.state ?? 1,
			recall: call.recall ? this.moment(call.recall) : null,
			comment: call.comment ?? '',
		};
	}

	private moment(value: string | Date): string {
		const moment = readMoment(value, this.timeZone);
		if (moment !== undefined) return moment;
		throw new SandboxControlError(`"${String(value)}" is not a date. Use 2026-01-31T15:30:00`);
	}
}

function keyOf(orderId: string, sender: string): string {
	return JSON.stringify([sender, orderId]);
}
