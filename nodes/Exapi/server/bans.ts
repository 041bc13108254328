import {
	RateLimiterMemory,
	RateLimiterRedis,
	type RateLimiterAbstract,
	type RateLimiterRes,
} from 'rate-limiter-flexible';
import type { Redis } from 'ioredis';
import { LRUCache } from 'lru-cache';
import { type Reservation, Reservations, Turns } from './replay-cache';

/** When to ban a sender, and for how long. */
export interface BanRules {
	/** The number of failures that leads to a ban. */
	maxFailures: number;
	/** Period in which failures are counted together, in seconds from the first; at most `MAX_SECONDS`. */
	windowSeconds: number;
	/** How long a ban lasts, in seconds; at most `MAX_SECONDS`. */
	banSeconds: number;
}

/** The source that failures are counted for. */
export interface FailureSource {
	/** The network of the address, see `networkOf`. */
	network: string;
	/** A known sender. Failures of unknown senders are counted by address alone. */
	sender: string | undefined;
}

/** Longer timers overflow and fire at once, which would disable bans. */
export const MAX_SECONDS = Math.floor((2 ** 31 - 1) / 1000);
const MAX_KEYS = 100_000;
/** How long to make no reservations in a Redis that timed out. */
const SILENCE_MS = 5_000;
const NO_RESERVATION: Reservation = { release: () => undefined };

/**
 * Counts failed requests and bans senders (docs/protocols/exapi.md, 1.7). Failures of a known sender
 * count for the pair of address and sender, so that an attacker elsewhere cannot get a partner banned.
 * Failures of unknown senders count for the address, and ban only unknown senders there.
 */
export class BanList {
	private readonly limiter: RateLimiterAbstract;
	private readonly memory: BoundedLimiter;
	private readonly points: number;
	private readonly turns = new Turns();
	private readonly reservations: Reservations | undefined;
	private silentUntil = 0;

	/**
	 * @param scope separates the counts of one trigger from those of others
	 * @param redis shares the counts between processes; while it is unavailable, each process counts alone
	 */
	constructor(scope: string, rules: BanRules, redis?: Redis) {
		// The library bans at the first point above the limit, so the limit is one less than the failures.
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
	 * Checks a request unless its source is banned. Of many simultaneous requests, it checks at most as
	 * many as may fail before a ban: each waits for the result of those before it.
	 *
	 * @param check returns `undefined` for a request that fails
	 * @returns the result of `check`; `undefined` without a check when the source is banned
	 */
	async attempt<Result>(
		source: FailureSource,
		check: () => Result | undefined,
	): Promise<Result | undefined> {
		const key = keyOf(source);
		return await this.turns.take(key, async () => {
			const reservation = await this.reserve(key);
			if (!reservation) return undefined;
			try {
				const result = check();
				if (result === undefined) await this.recordFailure(source);
				return result;
			} finally {
				reservation.release();
			}
		});
	}

	/** Reserves a failure. @returns `undefined` when the key is banned */
	private async reserve(key: string): Promise<Reservation | undefined> {
		if (await this.isBannedIn(this.memory.limiter, key)) return undefined;
		if (!this.reservations || Date.now() < this.silentUntil) return NO_RESERVATION;
		try {
			return await this.reservations.take(key);
		} catch (error) {
			// All requests of the source would wait for Redis, one after another.
			if (isTimeout(error)) this.silentUntil = Date.now() + SILENCE_MS;
			else if (await this.isBannedIn(this.limiter, key)) return undefined;
			return NO_RESERVATION;
		}
	}

	async isBanned(source: FailureSource): Promise<boolean> {
		const key = keyOf(source);
		// Memory is checked too: a full or read-only Redis returns counts, but does not store any.
		const bans = [this.isBannedIn(this.limiter, key), this.isBannedIn(this.memory.limiter, key)];
		return (await Promise.all(bans)).includes(true);
	}

	private async isBannedIn(limiter: RateLimiterAbstract, key: string): Promise<boolean> {
		const known: RateLimiterRes | null = await limiter.get(key);
		return known !== null && known.consumedPoints > this.points;
	}

	/** Counts a failure. */
	async recordFailure(source: FailureSource): Promise<void> {
		const key = keyOf(source);
		this.memory.markRecent(key);
		// The library rejects when this failure leads to a ban.
		await this.limiter.consume(key).catch(() => undefined);
	}
}

/** Whether Redis timed out: ioredis has no class for this error. */
function isTimeout(error: unknown): boolean {
	return error instanceof Error && error.message === 'Command timed out';
}

/** Builds the key. It is a new string for unknown senders too: looking up an existing one takes less time. */
function keyOf({ network, sender }: FailureSource): string {
	const key = `${network} ${sender ?? ''}`;
	return sender === undefined ? key.slice(0, -1) : key;
}

/** A limiter in memory that drops its oldest keys, which the library's own never does. */
class BoundedLimiter {
	/** Bounded by size, because `max` allocates all its entries at once: 3 MB per trigger. */
	private readonly keys = new LRUCache<string, true>({
		maxSize: MAX_KEYS,
		sizeCalculation: () => 1,
		dispose: (_, key) => void this.limiter.delete(key),
	});

	constructor(readonly limiter: RateLimiterMemory) {}

	markRecent(key: string): void {
		this.keys.set(key, true);
	}
}
