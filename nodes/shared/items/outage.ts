import { afterEarlier, NOTHING_SENT, PartnerError } from '../errors';

/** When a run considers a partner unavailable, and how long it waits, in milliseconds. */
export interface OutageTimes {
	/** The number of different items without a connection, with no connection between them. */
	items: number;
	/** The time without a connection. Items are retried meanwhile. */
	suspect: number;
	/** The pause between two attempts at an item meanwhile. */
	pause: number;
	/** The time between two probes, once the partner is considered unavailable. */
	probe: number;
	/** How long the other items wait before they fail. */
	wait: number;
}

export const OUTAGE_TIMES: OutageTimes = {
	items: 3,
	suspect: 15_000,
	pause: 1_000,
	probe: 5_000,
	wait: 60_000,
};

/** When an item's first and last attempt without a connection started. */
interface FailedAttempts {
	first: number;
	last: number;
}

/**
 * Prevents a run from trying item after item while a partner is unavailable: a thousand items could take
 * hours if packets are dropped.
 *
 * While an outage is only suspected, an item without a connection is retried, so that a short outage fails
 * no item. Then the items wait while one of them at a time probes the connection. If a probe connects, all
 * items continue; otherwise the waiting items and the rest of the run fail without being sent.
 */
export class OutageGuard {
	private readonly withoutConnection = new Set<number>();
	private readonly attempts = new Map<number, FailedAttempts>();
	private readonly waiting = new Set<() => void>();
	/** When the first attempt without a connection started. */
	private since = 0;
	private connectedAt = Number.NEGATIVE_INFINITY;
	private isDeclared = false;
	private isProbing = false;
	/** Whether the probe decides for all items, see {@link needsProbe}. */
	private isDeciding = false;
	/** How long the last attempt without a connection took. */
	private attemptDuration = 0;
	private nextProbeAt = 0;
	private giveUpAt = 0;
	/** Whether one probe decides immediately, because n8n started the node again. */
	private needsProbe = false;
	private lastFailure: PartnerError | undefined;

	/** @param times other times, for tests */
	constructor(private readonly times: OutageTimes = OUTAGE_TIMES) {}

	/** Starts an attempt of the run. The outage of the previous attempt may be over. */
	beginAttempt(): void {
		this.needsProbe = this.isDeclared;
	}

	/**
	 * Sends an item when it is its turn.
	 *
	 * @param position the position of the item, by which items are distinguished
	 * @param send sends it; may be called again after a failure without a connection
	 * @throws PartnerError `notSent` for an item whose wait ended without a connection, or the error of
	 *   `send`
	 */
	async run<T>(
		position: number,
		send: () => Promise<T>,
		signal: AbortSignal | undefined,
	): Promise<T> {
		let earlier: unknown;
		for (;;) {
			const isProbe = await this.waitForTurn(signal).catch((error: unknown) => {
				this.recordAttempt(position, now());
				throw afterEarlier(earlier, error);
			});
			const startedAt = now();
			try {
				const value = await send();
				this.connected();
				this.attempts.delete(position);
				return value;
			} catch (error) {
				earlier = afterEarlier(earlier, error);
				if (!(error instanceof PartnerError)) throw error;
				if (!error.noConnection) {
					// A request from before the outage whose response was lost proves no connection.
					if (error.outcome !== 'unknown' || startedAt > this.since) this.connected();
					throw error;
				}
				this.failed(position, error, startedAt);
				if (error.outcome !== 'notSent' || signal?.aborted) throw error;
				// The item of a probe waits again, unless the time is over or the probe decides for all items.
				if (isProbe && now() >= this.giveUpAt) throw error;
				if (!this.isDeclared && !this.mayPass(position, startedAt)) throw error;
			} finally {
				if (isProbe) this.endProbe();
			}
			if (!this.isDeclared) await this.sleep(this.times.pause, signal);
		}
	}

	/**
	 * Whether there was a connection since the last attempt at an item started, so that retrying the item is
	 * worthwhile.
	 */
	isBack(position: number): boolean {
		const failed = this.attempts.get(position);
		return failed !== undefined && this.connectedAt > failed.last;
	}

	/** Waits while the partner is unavailable. Returns whether the item is the one that probes. */
	private async waitForTurn(signal: AbortSignal | undefined): Promise<boolean> {
		while (this.isDeclared) {
			if (signal?.aborted) throw new PartnerError('The execution was stopped', NOT_SENT);
			const isOver = now() >= this.giveUpAt;
			if (!this.isProbing && this.mayProbe()) {
				this.isDeciding = this.needsProbe;
				this.needsProbe = false;
				this.isProbing = true;
				this.nextProbeAt = now() + this.times.probe;
				return true;
			}
			if (isOver && !(this.isProbing && this.isDeciding)) throw this.givenUp();
			const next = this.nextProbeAt > now() ? this.nextProbeAt - now() : this.times.probe;
			await this.sleep(Math.max(1, isOver ? next : Math.min(next, this.giveUpAt - now())), signal);
		}
		return false;
	}

	/** Whether to probe. A probe may take as long as the last attempt, and must end soon after the wait. */
	private mayProbe(): boolean {
		if (this.needsProbe) return true;
		const endsInTime = now() + this.attemptDuration <= this.giveUpAt + this.times.probe;
		return now() >= this.nextProbeAt && now() < this.giveUpAt && endsInTime;
	}

	private endProbe(): void {
		this.isProbing = false;
		this.isDeciding = false;
		this.wake();
	}

	/** Whether to retry an item without a connection: only if other items have none either. */
	private mayPass(position: number, startedAt: number): boolean {
		const { first } = this.attempts.get(position) ?? { first: startedAt };
		const isOwnFault = this.connectedAt > first && startedAt > this.connectedAt;
		const isShort = now() - Math.min(first, this.since) < this.times.suspect;
		return isShort && !isOwnFault;
	}

	private connected(): void {
		this.connectedAt = now();
		this.isDeclared = false;
		this.needsProbe = false;
		this.withoutConnection.clear();
		this.wake();
	}

	private failed(position: number, error: PartnerError, startedAt: number): void {
		this.recordAttempt(position, startedAt);
		if (this.withoutConnection.size === 0) this.since = startedAt;
		this.withoutConnection.add(position);
		this.attemptDuration = now() - startedAt;
		this.lastFailure = error;
		const { items, suspect, probe, wait } = this.times;
		if (this.isDeclared || this.withoutConnection.size < items) return;
		if (now() - this.since < suspect) return;
		this.isDeclared = true;
		this.nextProbeAt = now() + probe;
		// Counted from the start: if packets are dropped, three items may take long to fail.
		this.giveUpAt = this.since + suspect + wait;
		this.wake();
	}

	private recordAttempt(position: number, startedAt: number): void {
		const first = this.attempts.get(position)?.first ?? startedAt;
		this.attempts.set(position, { first, last: startedAt });
	}

	private givenUp(): PartnerError {
		const cause = this.lastFailure;
		const seconds = (this.times.suspect + this.times.wait) / 1000;
		return new PartnerError(`Not sent: ${cause?.message ?? 'no connection'}`, {
			...NOT_SENT,
			attemptNote: NOTHING_SENT,
			noConnection: true,
			cause: cause?.cause instanceof Error ? cause.cause : undefined,
			description: [
				`No item had a connection for ${seconds} s, so the node did not try the remaining ones. Run them again when the partner is available.`,
				cause?.advice ?? '',
			]
				.join(' ')
				.trim(),
		});
	}

	private wake(): void {
		for (const end of [...this.waiting]) end();
	}

	/** Waits. Ends early when the state changes or the execution is stopped. */
	private async sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
		if (signal?.aborted) return;
		await new Promise<void>((resolve) => {
			const end = () => {
				clearTimeout(timer);
				this.waiting.delete(end);
				signal?.removeEventListener('abort', end);
				resolve();
			};
			const timer = setTimeout(end, milliseconds);
			this.waiting.add(end);
			signal?.addEventListener('abort', end, { once: true });
		});
	}
}

const NOT_SENT = { outcome: 'notSent' } as const;

/** Returns a monotonic time, which does not change when the clock is set. */
function now(): number {
	return performance.now();
}
