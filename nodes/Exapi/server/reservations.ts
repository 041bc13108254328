import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';

/**
 * Takes one of the failures that are left before a ban, in one step. Reservations of a process that
 * died expire.
 */
const RESERVE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - ARGV[3])
local left = ARGV[2] - (tonumber(redis.call('GET', KEYS[1])) or 0)
if left <= 0 then return 'banned' end
if redis.call('ZCARD', KEYS[2]) >= left then return 'full' end
redis.call('ZADD', KEYS[2], now, ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return 'reserved'`;

/** Longer than the check of the largest request takes. */
const LIFE_MS = 5_000;
/** Others hold a reservation for about a round trip to Redis. */
const MAX_WAIT_MS = 2_000;
const RETRY_MS = 10;

/** A failure that is counted in advance. */
export interface Reservation {
	/** Takes it back, once the request has succeeded or its failure was counted. */
	release(): void;
}

/**
 * Counts the requests whose signatures all processes check at this moment, so that of many at once
 * no more are checked than may fail. A request that finds all places taken waits: those before it may
 * be a partner's own, and then nobody is banned.
 */
export class Reservations {
	/**
	 * @param failuresKey where Redis counts the failures of a key
	 * @param maxFailures this failure bans
	 */
	constructor(
		private readonly redis: Redis,
		private readonly failuresKey: (key: string) => string,
		private readonly maxFailures: number,
	) {}

	/**
	 * @returns `undefined` when the key is banned
	 * @throws Error when Redis does not take reservations
	 */
	async take(key: string): Promise<Reservation | undefined> {
		const [failures, pending] = [this.failuresKey(key), `${this.failuresKey(key)}:pending`];
		const id = randomUUID();
		const until = Date.now() + MAX_WAIT_MS;
		for (;;) {
			const arguments_ = [id, this.maxFailures, LIFE_MS];
			const answer = await this.redis.eval(RESERVE, 2, failures, pending, ...arguments_);
			if (answer === 'banned') return undefined;
			// Nobody can hold all places for so long by failing: that bans.
			if (answer === 'reserved' || Date.now() >= until) break;
			await sleep(RETRY_MS * (0.5 + Math.random()));
		}
		return { release: () => void this.redis.zrem(pending, id).catch(() => undefined) };
	}
}
