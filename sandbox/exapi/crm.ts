import type { ControlRoute } from '../core/control-routes';
import { Controls } from '../core/controls';
import type { ConnectionStatistics } from '../core/log';
import { checkFields, lastIn, objectIn, SandboxControlError, type FieldKinds } from '../core/input';
import type { FailureCount } from './authentication';
import type { Fault, ReceivedRequest } from './faults';
import type { CrmOrder, OrderChange, OrderSeed } from './orders';
import { readQuirks, type Quirks } from './quirks';
import { createState, type ExapiOptions, type ExapiState } from './state';

/** An order and what happened to it; a copy, as of now. */
export type OrderView = CrmOrder & {
	/** How many authenticated `addOrder` requests carried its number; 0 for a seeded one. */
	timesReceived: number;
};

export interface ExapiStatistics extends ConnectionStatistics {
	requests: number;
	admitted: number;
	refused: number;
	/** Authenticated requests by method. */
	byMethod: Record<string, number>;
	mostRequestsAtOnce: number;
	orders: number;
	/** The CRM's current revision. */
	revision: number;
}

const ORDER_CHANGE: FieldKinds = {
	status: 'text',
	comment: 'text',
	callComment: 'text',
	call: 'object',
	details: 'object',
	sender: 'text',
};

const CALL: FieldKinds = { date: 'date', state: 'number', recall: 'date', comment: 'text' };

/** The controls of a sandbox CRM. */
export class ExapiCrm extends Controls<Fault, ReceivedRequest, ExapiState> {
	constructor(
		state: ExapiState,
		private readonly options: ExapiOptions,
	) {
		super(state);
	}

	/** All orders, oldest first. */
	orders(): OrderView[] {
		return this.state.book.all().map((order) => this.view(order));
	}

	/** @param sender whose order, where several partners have that number; else the oldest */
	order(orderId: string, sender?: string): OrderView | undefined {
		const order = this.state.book.find(orderId, sender);
		return order && this.view(order);
	}

	/**
	 * Adds orders that no partner sent, in the order given.
	 *
	 * @throws SandboxControlError for a number that exists already, or an invalid date
	 */
	seed(...seeds: OrderSeed[]): OrderView[] {
		const [first = ''] = this.state.partners.keys();
		return seeds.map((seed) => this.view(this.state.book.seed(seed, seed.sender ?? first)));
	}

	/** @throws SandboxControlError for a number that does not exist, or an invalid date */
	changeOrder(orderId: string, change: OrderChange): OrderView {
		const order = this.state.book.find(orderId, change.sender);
		if (!order) throw new SandboxControlError(`There is no order "${orderId}"`, 404);
		this.state.book.change(order, change);
		return this.view(order);
	}

	/** How often each order number was sent by `addOrder`, stored or not. */
	receipts(): Record<string, number> {
		return this.state.receipts.all();
	}

	statistics(): ExapiStatistics {
		const { log, outcomes, methods, requestsAtOnce, connections, book } = this.state;
		const admitted = outcomes.of('admitted');
		return {
			requests: log.count,
			admitted,
			refused: log.count - admitted,
			byMethod: methods.all(),
			mostRequestsAtOnce: requestsAtOnce.most,
			...connections.statistics(),
			orders: book.all().length,
			revision: book.revision,
		};
	}

	/**
	 * Changes the quirks that are named.
	 *
	 * @throws SandboxControlError for a quirk or a value that does not exist
	 */
	setQuirks(quirks: Partial<Quirks>): Quirks {
		Object.assign(this.state.quirks, readQuirks(quirks));
		return { ...this.state.quirks };
	}

	/** Failed requests by address and sender. */
	failures(): FailureCount[] {
		return this.state.authentication.failures();
	}

	override reset(): void {
		const { connections } = this.state;
		connections.reset();
		Object.assign(this.state, createState(this.options), { connections });
	}

	override overview(): object {
		return {
			faults: this.faults(),
			quirks: this.state.quirks,
			failures: this.failures(),
			statistics: this.statistics(),
		};
	}

	/** The part of the control API that is about the CRM. */
	routes(): ControlRoute[] {
		return [
			...this.commonRoutes(),
			{
				method: 'PATCH',
				path: '/quirks',
				about: 'Changes how the CRM writes what the protocol leaves open',
				run: ({ body }) => this.setQuirks(objectIn(body)),
			},
			{
				method: 'GET',
				path: '/orders',
				about: 'Lists the orders in the CRM, oldest first; `?last=20`',
				run: ({ query }) => this.orders().slice(-lastIn(query)),
			},
			{
				method: 'PATCH',
				path: '/orders/:orderId',
				about: 'Changes an order: `status`, `comment`, `callComment`, `details`, a new `call`',
				run: ({ parameters, body }) => {
					const change = objectIn(body);
					checkFields(change, ORDER_CHANGE);
					checkFields(change.call ?? {}, CALL);
					return this.changeOrder(parameters.orderId ?? '', change);
				},
			},
			{
				method: 'DELETE',
				path: '/bans',
				about: 'Lifts all bans and forgets all failures',
				run: () => this.state.authentication.clear(),
			},
		];
	}

	private view(order: CrmOrder): OrderView {
		return { ...structuredClone(order), timesReceived: this.state.receipts.of(order.orderId) };
	}
}
