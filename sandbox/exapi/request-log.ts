import type { RequestId } from '../../nodes/Exapi/protocol';
import type { FaultKind } from './faults';

/** A request to the entry point, admitted or not. */
export interface ReceivedRequest {
	/** From 1 on, since the last reset. */
	number: number;
	/** When the whole request was there, ISO 8601 in UTC. */
	time: string;
	admitted: boolean;
	/** Why it was not admitted. */
	refusal: string | null;
	/** These four are `null` where the request was not admitted. */
	sender: string | null;
	method: string | null;
	params: unknown[] | null;
	id: RequestId;
	remoteAddress: string;
	/** Tells connections apart. */
	remotePort: number;
	/** The injected fault that struck it. */
	fault: FaultKind | null;
	/** Whether the method was run; a fault may prevent it. */
	carriedOut: boolean;
}

export interface RequestStatistics {
	requests: number;
	admitted: number;
	refused: number;
	/** Admitted requests by method. */
	byMethod: Record<string, number>;
	mostRequestsAtOnce: number;
}

/** The latest requests, and counts of all of them since the last reset. */
export class RequestLog {
	private entries: ReceivedRequest[] = [];
	private received = 0;
	private admitted = 0;
	private byMethod = new Map<string, number>();
	private timesByOrder = new Map<string, number>();
	private underWay = 0;
	private mostAtOnce = 0;

	/** @param capacity how many requests are kept */
	constructor(private readonly capacity: number) {}

	/** @returns the entry, to be completed while the request is answered */
	add(entry: Omit<ReceivedRequest, 'number' | 'time' | 'fault' | 'carriedOut'>): ReceivedRequest {
		this.received += 1;
		if (entry.admitted) this.admitted += 1;
		if (entry.method !== null) countUp(this.byMethod, entry.method);
		const request: ReceivedRequest = {
			number: this.received,
			time: new Date().toISOString(),
			...entry,
			fault: null,
			carriedOut: false,
		};
		this.entries.push(request);
		if (this.entries.length > this.capacity) this.entries.shift();
		return request;
	}

	/** Counts an order that was sent, whatever becomes of the request. */
	countOrder(orderId: string): void {
		countUp(this.timesByOrder, orderId);
	}

	timesReceived(orderId: string): number {
		return this.timesByOrder.get(orderId) ?? 0;
	}

	/** How often each order number was sent, stored or not. */
	receipts(): Record<string, number> {
		return Object.fromEntries(this.timesByOrder);
	}

	begin(): void {
		this.underWay += 1;
		this.mostAtOnce = Math.max(this.mostAtOnce, this.underWay);
	}

	end(): void {
		this.underWay -= 1;
	}

	list(): ReceivedRequest[] {
		return this.entries.map((entry) => ({ ...entry }));
	}

	statistics(): RequestStatistics {
		return {
			requests: this.received,
			admitted: this.admitted,
			refused: this.received - this.admitted,
			byMethod: Object.fromEntries(this.byMethod),
			mostRequestsAtOnce: this.mostAtOnce,
		};
	}

	reset(): void {
		this.entries = [];
		this.received = 0;
		this.admitted = 0;
		this.byMethod = new Map();
		this.timesByOrder = new Map();
		this.mostAtOnce = this.underWay;
	}
}

function countUp(counts: Map<string, number>, name: string): void {
	counts.set(name, (counts.get(name) ?? 0) + 1);
}
