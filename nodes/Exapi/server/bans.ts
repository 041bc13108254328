import {
	RateLimiterMemory,
	RateLimiterRedis,
	type RateLimiterAbstract,
	type RateLimiterRes,
} from 'rate-limiter-flexible';
import type { Redis } from 'ioredis';

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
export interface Offender {
	/** Network of the address, see `networkOf`. */
	network: string;
	/** A known sender; failures of unknown ones are counted by address alone. */
	sender: string | undefined;
}

/** The library sets timers, and a longer one would end at once: with it, nobody were banned. */
export const MAX_SECONDS = Math.floor((2 ** 31 - 1) / 1000);
const MAX_KEYS = 100_000;

/**
 * Counts failed requests and bans (exapi.md, point 7). Failures of a known sender count for the pair
 * of address and sender, so that nobody gets a partner banned from elsewhere; those of unknown
 * senders count for the address and shut out unknown senders there.
 */
export class BanList {
	private readonly limiter: RateLimiterAbstract;
	private readonly memory: CappedMemory;
	private readonly points: number;

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
		this.memory = new CappedMemory(new RateLimiterMemory(options));
		this.limiter = redis
			? new RateLimiterRedis({
					...options,
					storeClient: redis,
					insuranceLimiter: this.memory.limiter,
				})
			: this.memory.limiter;
	}

	async isBanned(offender: Offender): Promise<boolean> {
		const key = keyOf(offender);
		// Memory as well: a Redis that is full or read-only gives counts, but takes none.
		const counts = await Promise.all([this.limiter.get(key), this.memory.limiter.get(key)]);
		return counts.some(
			(known: RateLimiterRes | null) => known !== null && known.consumedPoints > this.points,
		);
	}

	/** Counts a failure. */
	async fail(offender: Offender): Promise<void> {
		const key = keyOf(offender);
		this.memory.note(key);
		// The library rejects with what it counted when this failure bans.
		await this.limiter.consume(key).catch(() => undefined);
	}
}

function keyOf({ network, sender }: Offender): string {
	return sender === undefined ? network : `${network} ${sender}`;
}

/** The library's memory keeps every key; ours forgets the oldest. */
class CappedMemory {
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
