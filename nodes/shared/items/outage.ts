import { afterEarlier, NOTHING_SENT, PartnerError } from '../errors';

/** When a run takes a partner for unavailable, and for how long it waits. Milliseconds. */
export interface OutageTimes {
	/** So many different items without a connection, with none between that had one. */
	items: number;
	/** So long without a connection; items are tried again meanwhile. */
	suspect: number;
	/** Between two tries of an item meanwhile. */
	pause: number;
	/** Between two probes, once the partner is taken for unavailable. */
	probe: number;
	/** So long the other items wait before they fail. */
	wait: number;
}

export const OUTAGE_TIMES: OutageTimes = {
	items: 3,
	suspect: 15_000,
	pause: 1_000,
	probe: 5_000,
	wait: 60_000,
};

/** When an item's first and last try without a connection began. */
interface FailedTries {
	first: number;
	last: number;
}

/**
 * Keeps a run from trying item after item at a partner that is unavailable: a thousand items would
 * take hours where packets vanish.
 *
 * While an outage is only suspected, an item without a connection is tried again, so that a short one
 * costs no item. Then the items wait while one of them at a time probes the connection. If a probe
 * connects, all go on; otherwise those that wait fail, and so do the rest of the run, unsent.
 */
export class OutageGuard {
	private readonly withoutConnection = new Set<number>();
	private readonly tries = new Map<number, FailedTries>();
	private readonly waiting = new Set<() => void>();
	/** When the first try without a connection began. */
	private since = 0;
	private connectedAt = Number.NEGATIVE_INFINITY;
	private isDeclared = false;
	private isProbing = false;
	/** Whether the probe decides for all items, see {@link owesProbe}. */
	private isDeciding = false;
	/** How long the last try without a connection took. */
	private tryDuration = 0;
	private nextProbeAt = 0;
	private giveUpAt = 0;
	/** After n8n began the node again, one probe decides at once. */
	private owesProbe = false;
	private lastFailure: PartnerError | undefined;

	/** @param times other ones, for tests */
	constructor(private readonly times: OutageTimes = OUTAGE_TIMES) {}

	/** To be called when an attempt of the run begins: an outage of the one before may be over. */
	beginAttempt(): void {
		this.owesProbe = this.isDeclared;
	}

	/**
	 * Sends an item when its turn comes.
	 *
	 * @param position the item's, to tell items apart
	 * @param send sends it; may be called again after a failure without a connection
	 * @throws PartnerError `notSent` for an item that waited in vain, or whatever `send` throws
	 */
	async run<T>(
		position: number,
		send: () => Promise<T>,
		signal: AbortSignal | undefined,
	): Promise<T> {
		let earlier: unknown;
		for (;;) {
			const isProbe = await this.turn(signal).catch((error: unknown) => {
				this.noteTry(position, now());
				throw afterEarlier(earlier, error);
			});
			const startedAt = now();
			try {
				const value = await send();
				this.connected();
				this.tries.delete(position);
				return value;
			} catch (error) {
				earlier = afterEarlier(earlier, error);
				if (!(error instanceof PartnerError)) throw error;
				if (!error.noConnection) {
					// A request from before the outage that was never answered shows nothing.
					if (error.outcome !== 'unknown' || startedAt > this.since) this.connected();
					throw error;
				}
				this.failed(position, error, startedAt);
				if (error.outcome !== 'notSent' || signal?.aborted) throw error;
				// The item of a probe waits again, unless the time is over or the probe decides for all.
				if (isProbe && now() >= this.giveUpAt) throw error;
				if (!this.isDeclared && !this.mayPass(position, startedAt)) throw error;
			} finally {
				if (isProbe) this.endProbe();
			}
			if (!this.isDeclared) await this.sleep(this.times.pause, signal);
		}
	}

	/**
	 * Whether there was a connection since the last try of an item began: then the item, if it failed
	 * without one, is worth another try.
	 */
	isBack(position: number): boolean {
		const failed = this.tries.get(position);
		return failed !== undefined && this.connectedAt > failed.last;
	}

	/** Waits while the partner is unavailable. Gives whether the item is the one that probes. */
	private async turn(signal: AbortSignal | undefined): Promise<boolean> {
		while (this.isDeclared) {
			if (signal?.aborted) throw new PartnerError('The execution was stopped', NOT_SENT);
			const isOver = now() >= this.giveUpAt;
			if (!this.isProbing && this.mayProbe()) {
				this.isDeciding = this.owesProbe;
				this.owesProbe = false;
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

	/** A probe that would take as long as the last try must end soon after the time is over. */
	private mayProbe(): boolean {
		if (this.owesProbe) return true;
		const endsInTime = now() + this.tryDuration <= this.giveUpAt + this.times.probe;
		return now() >= this.nextProbeAt && now() < this.giveUpAt && endsInTime;
	}

	private endProbe(): void {
		this.isProbing = false;
		this.isDeciding = false;
		this.wake();
	}

	/** Whether an item without a connection is worth another try: other items have none either. */
	private mayPass(position: number, startedAt: number): boolean {
		const { first } = this.tries.get(position) ?? { first: startedAt };
		const isOwnFault = this.connectedAt > first && startedAt > this.connectedAt;
		const isShort = now() - Math.min(first, this.since) < this.times.suspect;
		return isShort && !isOwnFault;
	}

	private connected(): void {
		this.connectedAt = now();
		this.isDeclared = false;
		this.owesProbe = false;
		this.withoutConnection.clear();
		this.wake();
	}

	private failed(position: number, error: PartnerError, startedAt: number): void {
		this.noteTry(position, startedAt);
		if (this.withoutConnection.size === 0) this.since = startedAt;
		this.withoutConnection.add(position);
		this.tryDuration = now() - startedAt;
		this.lastFailure = error;
		const { items, suspect, probe, wait } = this.times;
		if (this.isDeclared || this.withoutConnection.size < items) return;
		if (now() - this.since < suspect) return;
		this.isDeclared = true;
		this.nextProbeAt = now() + probe;
		// Counted from the beginning: where packets vanish, three items may take long to fail.
		this.giveUpAt = this.since + suspect + wait;
		this.wake();
	}

	private noteTry(position: number, startedAt: number): void {
		const first = this.tries.get(position)?.first ?? startedAt;
		this.tries.set(position, { first, last: startedAt });
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

	/** Ends early when the state changes or the execution is stopped. */
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

/** Runs forward also when the clock is set. */
function now(): number {
	return performance.now();
}
