import type { Request } from 'express';

/** What the log of every system notes about a request. */
export interface LogEntry {
	/** From 1 on, since the last reset. */
	number: number;
	/** When the whole request had arrived, ISO 8601 in UTC. */
	time: string;
	/** The kind of the injected fault that was applied to it. */
	fault: string | null;
	/** Whether the request was executed; a fault may prevent it. */
	carriedOut: boolean;
	remoteAddress: string;
	/** Distinguishes connections. */
	remotePort: number;
}

/** The latest requests since the last reset. */
export class RequestLog<Entry extends LogEntry> {
	private entries: Entry[] = [];
	private received = 0;

	/** @param capacity how many requests are stored; default 10,000 */
	constructor(private readonly capacity = 10_000) {}

	/** How many requests there were, also those that are no longer stored. */
	get count(): number {
		return this.received;
	}

	/** @returns the entry, to be completed while the request is answered */
	add({ socket }: Request, details: Omit<Entry, keyof LogEntry>): Entry {
		this.received += 1;
		const common: LogEntry = {
			number: this.received,
			time: new Date().toISOString(),
			fault: null,
			carriedOut: false,
			remoteAddress: socket.remoteAddress ?? '',
			remotePort: socket.remotePort ?? 0,
		};
		const entry = { ...details, ...common } as Entry;
		this.entries.push(entry);
		if (this.entries.length > this.capacity) this.entries.shift();
		return entry;
	}

	/**
	 * Oldest first; copies.
	 *
	 * @param filter values that fields must have; as text, where they come from a query
	 */
	list(filter: Readonly<Record<string, unknown>>, last = Infinity): Entry[] {
		const wanted = Object.entries(filter).filter(([, value]) => value !== undefined);
		const isWanted = (entry: Entry) =>
			wanted.every(([name, value]) => String(entry[name as keyof Entry]) === String(value));
		return structuredClone(this.entries.filter(isWanted).slice(-last));
	}
}
