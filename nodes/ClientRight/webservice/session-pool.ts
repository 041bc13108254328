import { stoppedBeforeSending } from '../../shared/items';

/**
 * A session lives 15 minutes (docs/protocols/clientright.md, 1.3) after its last use; one minute is
 * kept in reserve.
 */
const REUSE_MILLISECONDS = 14 * 60 * 1000;

interface IdleSession {
	name: string;
	usedAt: number;
}

interface Waiter {
	limit: number;
	start(): void;
}

/** A call's hold on one session; nobody else uses that session meanwhile. */
export interface Lease {
	/** The session's name; opens one where there is none. */
	session(): Promise<string>;
	/**
	 * Takes the session out of the pool: it is gone, or the CRM may still be at work in it.
	 *
	 * @returns its name, if there was one
	 */
	discard(): string | undefined;
	/** Takes a given session in place of the pool's; to be called before any other use of the lease. */
	adopt(name: string): void;
	/** Opens another session in place of this one. */
	renew(): Promise<string>;
}

/**
 * The open sessions of one credential. vtiger locks a session for the length of a call
 * (docs/protocols/vtiger.md, 5.4), so each carries one call at a time.
 */
export class SessionPool {
	private readonly idle: IdleSession[] = [];
	private readonly waiting: Waiter[] = [];
	private inUse = 0;

	/** @param now milliseconds, for tests */
	constructor(private readonly now: () => number = Date.now) {}

	/**
	 * Does work in a session, as soon as fewer than `limit` are in use. Those who wait are served
	 * in the order they came.
	 *
	 * @param open logs in; gives the name of the session
	 * @throws PartnerError `notSent` when the execution is stopped while it waits
	 */
	async use<T>(
		limit: number,
		open: () => Promise<string>,
		signal: AbortSignal | undefined,
		work: (lease: Lease) => Promise<T>,
	): Promise<T> {
		await this.turn(limit, signal);
		const fromPool = this.takeIdle();
		let current = fromPool?.name;
		const lease: Lease = {
			session: async () => (current ??= await open()),
			discard: () => {
				const discarded = current;
				current = undefined;
				return discarded;
			},
			adopt: (name) => {
				if (fromPool) this.idle.push(fromPool);
				current = name;
			},
			renew: async () => (current = await open()),
		};
		try {
			return await work(lease);
		} finally {
			if (current !== undefined) this.idle.push({ name: current, usedAt: this.now() });
			this.inUse--;
			this.startWaiting();
		}
	}

	/** The session used last, which is the one that lives longest. */
	private takeIdle(): IdleSession | undefined {
		const session = this.idle.pop();
		if (session === undefined) return undefined;
		if (this.now() - session.usedAt < REUSE_MILLISECONDS) return session;
		this.idle.length = 0;
		return undefined;
	}

	private async turn(limit: number, signal: AbortSignal | undefined): Promise<void> {
		if (signal?.aborted) throw stoppedBeforeSending();
		if (this.waiting.length === 0 && this.inUse < limit) {
			this.inUse++;
			return;
		}
		await new Promise<void>((resolve, reject) => {
			const leave = () => {
				this.waiting.splice(this.waiting.indexOf(waiter), 1);
				reject(stoppedBeforeSending());
				this.startWaiting();
			};
			const waiter: Waiter = {
				limit,
				start: () => {
					signal?.removeEventListener('abort', leave);
					resolve();
				},
			};
			signal?.addEventListener('abort', leave, { once: true });
			this.waiting.push(waiter);
		});
	}

	private startWaiting(): void {
		for (let first = this.waiting[0]; first && this.inUse < first.limit; first = this.waiting[0]) {
			this.waiting.shift();
			this.inUse++;
			first.start();
		}
	}
}
