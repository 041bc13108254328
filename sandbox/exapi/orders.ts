import type { OrderStatus } from '../../nodes/Exapi/protocol';
import type { JsonObject } from '../../nodes/shared/wire';

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

/** Invented orders for a sandbox that a person looks at, in different statuses. */
export const SAMPLE_ORDERS: readonly OrderSeed[] = [
	{
		orderId: 'sample-1',
		fields: {
			good_id: 'Настольная лампа',
			kolvo: 1,
			fio: 'Образцов Пример Примерович',
			phone: '+70000000001',
			address: 'г. Примерск, ул. Пробная, д. 1',
		},
	},
	{
		orderId: 'sample-2',
		status: 'confirmed',
		comment: 'Доставка после обеда',
		calls: [
			{ date: '2026-01-15T10:05:00', state: 0, recall: '2026-01-15T12:00:00' },
			{ date: '2026-01-15T12:01:00', state: 1, comment: 'Заказ подтверждён' },
		],
		createdAt: '2026-01-15T10:00:00',
		approvedAt: '2026-01-15T12:03:00',
		fields: {
			good_id: 'Чайник',
			kolvo: 2,
			fio: 'Пробная Анна Тестовна',
			phone: '+70000000002',
		},
		details: {
			zipCode: '000002',
			city: 'г. Примерск',
			street: 'ул. Пробная',
			house: '2',
			flat: '20',
			deliveryCost: 390,
			deliveryDate: '2026-01-18',
			deliveryStime: '14:00:00',
			deliveryEtime: '18:00:00',
			goodItems: [{ goodName: 'Чайник', goodArticle: 'KET-2', price: 1590, quantity: 2 }],
		},
	},
	{
		orderId: 'sample-3',
		status: 'rejected',
		comment: 'Передумал',
		calls: [{ date: '2026-01-16T09:30:00', state: 1, comment: 'Передумал' }],
		createdAt: '2026-01-16T09:00:00',
		fields: { good_id: 'Часы', kolvo: 1, fio: 'Тестов Тест', phone: '+70000000003' },
	},
];
