import type { OrderStatus } from '../../nodes/Exapi/protocol';
import type { JsonObject } from '../../nodes/shared/wire';

/** The seven statuses (docs/protocols/exapi.md, 6.5). */
export const ORDER_STATUSES = [
	'pending',
	'confirmed',
	'rejected',
	'paid',
	'delivered',
	'return',
	'duplicated',
] as const;

/** A call to the buyer. Moments are ISO 8601 in UTC. */
export interface Call {
	date: string;
	/** 0: not reached, 1: reached. */
	state: number;
	recall: string | null;
	comment: string;
}

/** An order as the CRM keeps it. Moments are ISO 8601 in UTC. */
export interface CrmOrder {
	readonly orderId: string;
	/** The CRM's own number, which `addOrder` answers. */
	readonly crmId: number;
	/** The partner it belongs to: others do not see it. */
	readonly sender: string;
	status: OrderStatus;
	comment: string;
	callComment: string;
	calls: Call[];
	readonly addRevision: number;
	updateRevision: number;
	readonly createdAt: string;
	approvedAt: string | null;
	/** The object that `addOrder` brought, as it came. */
	readonly fields: JsonObject;
	/** Fields of `getOrders` by their wire names; they win over what `fields` makes of them. */
	details: JsonObject;
}

/** A call for the log. Dates: ISO 8601, `YYYY-MM-DD HH:mm:ss` in the CRM's zone, or `Date`. */
export interface CallInput {
	/** Now, when absent. */
	date?: string | Date | null;
	/** 1, when absent. */
	state?: number;
	recall?: string | Date | null;
	comment?: string;
}

/** An order to put in without a partner sending it; what is absent is as in a new order. */
export interface OrderSeed {
	orderId: string;
	/** The first partner, when absent. */
	sender?: string;
	status?: OrderStatus;
	comment?: string;
	callComment?: string;
	calls?: CallInput[];
	/** Now, when absent. */
	createdAt?: string | Date | null;
	/** For approved orders: `createdAt`, when absent. */
	approvedAt?: string | Date | null;
	/** As `addOrder`'s object: `good_id`, `fio`, `phone`… */
	fields?: JsonObject;
	details?: JsonObject;
}

/** A change of an order; every change has a new revision. */
export interface OrderChange {
	/** Any text: clients must let unknown statuses pass. */
	status?: OrderStatus;
	comment?: string;
	/** The call's comment, when absent and a call has one. */
	callComment?: string;
	/** Added to the call log. */
	call?: CallInput;
	/** Merged into the order's details. */
	details?: JsonObject;
	/** Whose order, where several partners have that number. */
	sender?: string;
}
