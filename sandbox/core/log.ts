import type { Socket } from 'node:net';
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

/** How often each name occurred. */
export class CountByName {
	private readonly counts = new Map<string, number>();

	count(name: string): void {
		this.counts.set(name, this.of(name) + 1);
	}

	of(name: string): number {
		return this.counts.get(name) ?? 0;
	}

	all(): Record<string, number> {
		return Object.fromEntries(this.counts);
	}
}

/** The greatest number of things in progress at once under any one name. */
export class MostAtOnce {
	private readonly inProgress = new Map<string, number>();
	private greatest = 0;

	/** @returns the function that ends the thing; calling it again does no harm */
	begin(name: string): () => void {
		const now = (this.inProgress.get(name) ?? 0) + 1;
		this.inProgress.set(name, now);
		this.greatest = Math.max(this.greatest, now);
		let isOver = false;
		return () => {
			if (isOver) return;
			isOver = true;
			const left = (this.inProgress.get(name) ?? 0) - 1;
			if (left > 0) this.inProgress.set(name, left);
			else this.inProgress.delete(name);
		};
	}

	get most(): number {
		return this.greatest;
	}
}

export interface ConnectionStatistics {
	/** Connections whose first request to this system arrived since the last reset. */
	connectionsOpened: number;
	mostConnectionsAtOnce: number;
}

/**
 * Counts the TCP connections of one system. A connection counts from its first request on: the
 * control API shares the port and must not change the figures.
 */
export class ConnectionCounter {
	private readonly seen = new WeakSet<Socket>();
	private opened = 0;
	private open = 0;
	private most = 0;

	/** Must be called for every request. */
	count(socket: Socket): void {
		if (this.seen.has(socket)) return;
		this.seen.add(socket);
		this.opened += 1;
		this.open += 1;
		this.most = Math.max(this.most, this.open);
		socket.once('close', () => {
			this.open -= 1;
		});
	}

	statistics(): ConnectionStatistics {
		return { connectionsOpened: this.opened, mostConnectionsAtOnce: this.most };
	}

	/** Connections that remain open are still counted as open. */
	reset(): void {
		this.opened = 0;
		this.most = this.open;
	}
}
