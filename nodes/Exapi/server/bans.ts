import {
	RateLimiterMemory,
	RateLimiterRedis,
	type RateLimiterAbstract,
	type RateLimiterRes,
} from 'rate-limiter-flexible';
import type { Redis } from 'ioredis';
import { type Reservation, Reservations, Turns } from './repeats';

/** When a partner is banned, and for how long. */
export interface BanRules {
	/** This failure bans. */
	maxFailures: number;
	/** Failures count together for so long, in seconds from the first; at most `MAX_SECONDS`. */
	windowSeconds: number;
	/** For how long a ban holds, in seconds; at most `MAX_SECONDS`. */
	banSeconds: number;
}

/** Whom failures are counted for. */
export interface FailureSource {
	/** Network of the address, see `networkOf`. */
	network: string;
	/** A known sender; failures of unknown ones are counted by address alone. */
	sender: string | undefined;
}

/** The library sets timers, and a longer one would end at once: with it, nobody were banned. */
export const MAX_SECONDS = Math.floor((2 ** 31 - 1) / 1000);
const MAX_KEYS = 100_000;
/** For so long a Redis that did not answer in time is not asked again for reservations. */
const SILENCE_MS = 5_000;
const NO_RESERVATION: Reservation = { release: () => undefined };

/**
 * Counts failed requests and bans (docs/protocols/exapi.md, 1.7). Failures of a known sender count
 * for the pair of address and sender, so that nobody gets a partner banned from elsewhere; those of unknown
 * senders count for the address and shut out unknown senders there.
 */
export class BanList {
	private readonly limiter: RateLimiterAbstract;
	private readonly memory: BoundedLimiter;
	private readonly points: number;
	private readonly turns = new Turns();
	private readonly reservations: Reservations | undefined;
	private silentUntil = 0;

	/**
	 * @param scope keeps the counts of one trigger apart from those of others
	 * @param redis where counts are shared between processes; when it is away, each counts by itself
	 */
	constructor(scope: string, rules: BanRules, redis?: Redis) {
		// The library blocks at the first point too many: with one point less it is the last failure.
		this.points = rules.maxFailures - 1;
		const options = {
			keyPrefix: `exapi:bans:${scope}`,
			points: this.points,
			duration: rules.windowSeconds,
			blockDuration: rules.banSeconds,
		};
		this.memory = new BoundedLimiter(new RateLimiterMemory(options));
		this.limiter = redis
			? new RateLimiterRedis({
					...options,
					storeClient: redis,
					insuranceLimiter: this.memory.limiter,
				})
			: this.memory.limiter;
		if (!redis) return;
		const keyInRedis = (key: string) => this.limiter.getKey(key);
		this.reservations = new Reservations(redis, keyInRedis, rules.maxFailures);
	}

	/**
	 * Checks a request unless its offender is banned. Of many that come at once no more are checked
	 * than may fail: each waits until it is known whether those before it failed.
	 *
	 * @param check returns `undefined` for a request that fails
	 * @returns what `check` returned; `undefined` as well when the offender is banned: nothing was
	 *   checked then
	 */
	async attempt<Result>(
		offender: FailureSource,
		check: () => Result | undefined,
	): Promise<Result | undefined> {
		const key = keyOf(offender);
		return await this.turns.take(key, async () => {
			const reservation = await this.reserve(key);
			if (!reservation) return undefined;
			try {
				const result = check();
				if (result === undefined) await this.fail(offender);
				return result;
			} finally {
				reservation.release();
			}
		});
	}

	/** @returns `undefined` for a ban */
	private async reserve(key: string): Promise<Reservation | undefined> {
		if (await this.isBannedIn(this.memory.limiter, key)) return undefined;
		if (!this.reservations || Date.now() < this.silentUntil) return NO_RESERVATION;
		try {
			return await this.reservations.take(key);
		} catch (error) {
			// All requests of an offender would wait for it, one after another.
			if (isTimeout(error)) this.silentUntil = Date.now() + SILENCE_MS;
			else if (await this.isBannedIn(this.limiter, key)) return undefined;
			return NO_RESERVATION;
		}
	}

	async isBanned(offender: FailureSource): Promise<boolean> {
		const key = keyOf(offender);
		// Memory as well: a Redis that is full or read-only gives counts, but takes none.
		const bans = [this.isBannedIn(this.limiter, key), this.isBannedIn(this.memory.limiter, key)];
		return (await Promise.all(bans)).includes(true);
	}

	private async isBannedIn(limiter: RateLimiterAbstract, key: string): Promise<boolean> {
		const known: RateLimiterRes | null = await limiter.get(key);
		return known !== null && known.consumedPoints > this.points;
	}

	/** Counts a failure. */
	async fail(offender: FailureSource): Promise<void> {
		const key = keyOf(offender);
		this.memory.note(key);
		// The library rejects with what it counted when this failure bans.
		await this.limiter.consume(key).catch(() => undefined);
	}
}

/** ioredis has no class for it. */
function isTimeout(error: unknown): boolean {
	return error instanceof Error && error.message === 'Command timed out';
}

/** A new text for unknown senders as well: looking up one that is known would take less time. */
function keyOf({ network, sender }: FailureSource): string {
	const key = `${network} ${sender ?? ''}`;
	return sender === undefined ? key.slice(0, -1) : key;
}

/** The library's memory keeps every key; ours forgets the oldest. */
class BoundedLimiter {
	private readonly keys = new Set<string>();

	constructor(readonly limiter: RateLimiterMemory) {}

	note(key: string): void {
		this.keys.delete(key);
		this.keys.add(key);
		if (this.keys.size <= MAX_KEYS) return;
		const oldest = this.keys.values().next().value;
		if (oldest === undefined) return;
		this.keys.delete(oldest);
		void this.limiter.delete(oldest);
	}
}
