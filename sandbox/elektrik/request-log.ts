import { CountByName, MostAtOnce } from '../figures';
import type { FaultKind } from './faults';

/** What the portal makes of a request; the middle two are those of docs/protocols/elektrik.md, 3.5. */
export type UpdateOutcome = 'updated' | 'uidIncorrect' | 'phoneHashIncorrect' | 'notUnderstood';

/** A request to the portal. The uid is left out. */
export interface ReceivedUpdate {
	/** From 1 on, since the last reset. */
	number: number;
	/** When the whole request was there, ISO 8601 in UTC. */
	time: string;
	contentType: string;
	/** These three as sent; `null` where absent. */
	action: unknown;
	phoneHash: unknown;
	points: unknown;
	/** Whose hash it is; `null` for nobody's. */
	phone: string | null;
	/** What the request would come to; a fault may prevent it, see `carriedOut`. */
	outcome: UpdateOutcome;
	/** The injected fault that struck it. */
	fault: FaultKind | null;
	/** Whether the points were stored. */
	carriedOut: boolean;
	remoteAddress: string;
	/** Tells connections apart. */
	remotePort: number;
}

export interface UpdateStatistics {
	requests: number;
	/** Requests whose points were stored. */
	updated: number;
	byOutcome: Record<string, number>;
	mostRequestsAtOnce: number;
	/** The greatest number of updates under way at once for any one phone. */
	mostAtOnceForAPhone: number;
}

/** The latest requests, and counts of all of them since the last reset. */
export class RequestLog {
	private entries: ReceivedUpdate[] = [];
	private received = 0;
	private updated = 0;
	private readonly outcomes = new CountByName();
	private readonly requests = new MostAtOnce();
	private readonly phones = new MostAtOnce();
	private readonly updatesByPhone = new CountByName();

	/** @param capacity how many requests are kept */
	constructor(private readonly capacity: number) {}

	/** @returns the entry, to be completed while the request is answered */
	add(entry: Omit<ReceivedUpdate, 'number' | 'time' | 'fault' | 'carriedOut'>): ReceivedUpdate {
		this.received += 1;
		this.outcomes.count(entry.outcome);
		const update: ReceivedUpdate = {
			number: this.received,
			time: new Date().toISOString(),
			...entry,
			fault: null,
			carriedOut: false,
		};
		this.entries.push(update);
		if (this.entries.length > this.capacity) this.entries.shift();
		return update;
	}

	/** @returns to be called when the request is over */
	begin({ phone }: ReceivedUpdate): () => void {
		const ends = [this.requests.begin('')];
		if (phone !== null) ends.push(this.phones.begin(phone));
		return () => ends.forEach((end) => end());
	}

	/** To be called when the points of a request are stored. */
	countStored(phone: string): void {
		this.updated += 1;
		this.updatesByPhone.count(phone);
	}

	timesUpdated(phone: string): number {
		return this.updatesByPhone.of(phone);
	}

	list(): ReceivedUpdate[] {
		return this.entries.map((entry) => structuredClone(entry));
	}

	statistics(): UpdateStatistics {
		return {
			requests: this.received,
			updated: this.updated,
			byOutcome: this.outcomes.all(),
			mostRequestsAtOnce: this.requests.most,
			mostAtOnceForAPhone: this.phones.most,
		};
	}

	reset(): void {
		this.entries = [];
		this.received = 0;
		this.updated = 0;
		[this.outcomes, this.updatesByPhone].forEach((counts) => counts.reset());
		[this.requests, this.phones].forEach((gauge) => gauge.reset());
	}
}
