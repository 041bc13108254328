import type { ConnectionStatistics } from '../connections';
import { SandboxControlError } from '../control';
import type { FailureCount } from './admission';
import { resetCrmState, type CrmState, type ExapiOptions } from './crm-state';
import type { Fault, PlannedFault } from './faults';
import type { CrmOrder, OrderChange, OrderSeed } from './order-types';
import { readQuirks, type Quirks } from './quirks';
import type { ReceivedRequest, RequestStatistics } from './request-log';

/** An order with what happened to it; a copy, as of now. */
export type OrderView = CrmOrder & {
	/** How many admitted `addOrder` requests carried its number; 0 for a seeded one. */
	timesReceived: number;
};

export type ExapiStatistics = RequestStatistics &
	ConnectionStatistics & {
		orders: number;
		/** The CRM's current revision. */
		revision: number;
	};

/** A partner as the control API shows it: without its secrets. */
export interface PartnerView {
	sender: string;
	secrets: number;
}

/** The controls of a sandbox CRM. All returned values are copies; nothing waits for anything. */
export class ExapiCrm {
	constructor(
		private readonly state: CrmState,
		private readonly options: ExapiOptions,
	) {}

	/**
	 * Oldest first.
	 *
	 * @param last how many of the latest; all, when absent
	 */
	orders(sender?: string, last = Infinity): OrderView[] {
		return this.state.book
			.all(sender)
			.slice(-last)
			.map((order) => this.view(order));
	}

	/** @param sender whose order, where several partners have that number; else the oldest */
	order(orderId: string, sender?: string): OrderView | undefined {
		const order = this.state.book.find(orderId, sender);
		return order && this.view(order);
	}

	/**
	 * Puts orders in that no partner sent, in the order given.
	 *
	 * @throws SandboxControlError for a number that is there already, or a date that is none
	 */
	seed(...seeds: OrderSeed[]): OrderView[] {
		return seeds.map((seed) => {
			const sender = seed.sender ?? this.firstSender();
			return this.view(this.state.book.seed(seed, sender));
		});
	}

	/** @throws SandboxControlError for a number that is not there, or a date that is none */
	changeOrder(orderId: string, change: OrderChange): OrderView {
		const order = this.state.book.find(orderId, change.sender);
		if (!order) throw new SandboxControlError(`There is no order "${orderId}"`, 404);
		this.state.book.change(order, change);
		return this.view(order);
	}

	/** The latest requests, oldest first. */
	requests(filter: { method?: string; admitted?: boolean } = {}): ReceivedRequest[] {
		return this.state.log
			.list()
			.filter(({ method }) => filter.method === undefined || method === filter.method)
			.filter(({ admitted }) => filter.admitted === undefined || admitted === filter.admitted);
	}

	/** How often each order number was sent by `addOrder`, stored or not. */
	receipts(): Record<string, number> {
		return this.state.log.receipts();
	}

	statistics(): ExapiStatistics {
		return {
			...this.state.log.statistics(),
			...this.state.connections.statistics(),
			orders: this.state.book.all().length,
			revision: this.state.book.revision,
		};
	}

	/** @throws SandboxControlError for a fault that cannot be played */
	injectFault(fault: Fault): PlannedFault {
		return this.state.faults.add(fault);
	}

	/** All faults since the last clearing, spent ones too. */
	faults(): PlannedFault[] {
		return this.state.faults.list();
	}

	clearFaults(): void {
		this.state.faults.clear();
	}

	quirks(): Quirks {
		return { ...this.state.quirks };
	}

	/**
	 * Changes the quirks that are named.
	 *
	 * @throws SandboxControlError for a quirk or value that does not exist
	 */
	setQuirks(quirks: Partial<Quirks>): Quirks {
		Object.assign(this.state.quirks, readQuirks(quirks));
		return this.quirks();
	}

	partners(): PartnerView[] {
		return [...this.state.admission.partners].map(([sender, secrets]) => ({
			sender,
			secrets: secrets.length,
		}));
	}

	/** Adds a partner or changes its secrets; answers are signed with the one the request used. */
	setPartner(sender: string, ...secrets: string[]): void {
		this.state.admission.partners.set(sender, secrets);
	}

	removePartner(sender: string): void {
		this.state.admission.partners.delete(sender);
	}

	/** Failed requests by address and sender. */
	failures(): FailureCount[] {
		return this.state.admission.failures();
	}

	get maxFailures(): number | null {
		return this.state.admission.maxFailures;
	}

	/** `null`: nobody is banned. */
	set maxFailures(maxFailures: number | null) {
		this.state.admission.maxFailures = maxFailures;
	}

	/** Lifts all bans and forgets all failures. */
	clearBans(): void {
		this.state.admission.reset();
	}

	/** Everything as when the sandbox was created; connections stay open. */
	reset(): void {
		resetCrmState(this.state, this.options);
	}

	private firstSender(): string {
		const [sender] = this.state.admission.partners.keys();
		if (sender !== undefined) return sender;
		throw new SandboxControlError('There is no partner whose order it could be');
	}

	private view(order: CrmOrder): OrderView {
		return {
			...structuredClone(order),
			timesReceived: this.state.log.timesReceived(order.orderId),
		};
	}
}
