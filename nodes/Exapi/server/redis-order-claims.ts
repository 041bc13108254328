import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { parseTypedJson, writeJson } from '../../shared/wire';
import type { OrderAnswer, OrderClaim, OrderClaims, OrderRules, OrderTurn } from './order-claims';

/** The clock of Redis, in milliseconds: those of two processes may differ. */
const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/** ARGV: token, life of the turn, life of the memory. Answers what is known, or the number of the attempt. */
const CLAIM = `${NOW}
local known = redis.call('HMGET', KEYS[1], 'answer', 'until')
if known[1] then return {'answer', known[1]} end
if known[2] and tonumber(known[2]) > now then return {'running'} end
local attempt = redis.call('HINCRBY', KEYS[1], 'attempt', 1)
redis.call('HSET', KEYS[1], 'token', ARGV[1], 'until', now + ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return {'turn', attempt}`;

/**
 * ARGV: token, life of the turn, life of the memory, attempt. Takes the turn again where Redis has lost
 * it, unless another attempt has it. Answers 1 while it is held.
 */
const RENEW = `${NOW}
local known = redis.call('HMGET', KEYS[1], 'answer', 'until', 'token')
if known[1] then return 0 end
local isOthers = known[3] and known[3] ~= ARGV[1]
if isOthers and known[2] and tonumber(known[2]) > now then return 0 end
redis.call('HSET', KEYS[1], 'token', ARGV[1], 'until', now + ARGV[2])
redis.call('HSETNX', KEYS[1], 'attempt', ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1`;

/** ARGV: answer, life of the memory. The first answer stands. */
const KEEP = `
if redis.call('HEXISTS', KEYS[1], 'answer') == 1 then return 0 end
redis.call('HDEL', KEYS[1], 'token', 'until')
redis.call('HSET', KEYS[1], 'answer', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`;

/** ARGV: token. */
const RELEASE = `
if redis.call('HGET', KEYS[1], 'token') == ARGV[1] then redis.call('HDEL', KEYS[1], 'token', 'until') end
return 1`;

/** A turn whose process died is free after this; long enough for a Redis that starts again. */
const TURN_MS = 60_000;
const RENEW_MS = 10_000;
/** After Redis was unavailable, the entry is renewed as soon as it is back, before the turn runs out. */
const RETRY_MS = 1_000;
const POLL_MS = 100;

/** For all processes on a Redis. While Redis is unavailable no order can be claimed: an order could be executed twice. */
export class RedisOrderClaims implements OrderClaims {
	private readonly memoryMs: number;

	constructor(
		private readonly redis: Redis,
		private readonly scope: string,
		private readonly rules: Pick<OrderRules, 'windowMs' | 'longestRunMs'>,
		private readonly turnMs = TURN_MS,
		private readonly renewMs = RENEW_MS,
	) {
		// The number of the attempt has to outlive the longest run.
		this.memoryMs = rules.windowMs + rules.longestRunMs;
	}

	async claim(key: string): Promise<OrderClaim> {
		const name = `exapi:orders:${this.scope}:${key}`;
		const token = randomUUID();
		const [kind, value] = await this.take(name, token);
		if (kind === 'answer') return { answer: readAnswer(String(value)) };
		if (kind === 'running') return { changed: async (ms) => await sleep(Math.min(ms, POLL_MS)) };
		return { turn: new RedisTurn(this.holding(name, token), Number(value)) };
	}

	private async take(name: string, token: string): Promise<[kind: string, value?: unknown]> {
		try {
			const life = [this.turnMs, this.memoryMs];
			return (await this.redis.eval(CLAIM, 1, name, token, ...life)) as [string, unknown];
		} catch (error) {
			// Redis may have done it all the same: nobody would carry the order out until the turn ends.
			void untilDone(async () => await this.redis.eval(RELEASE, 1, name, token), this.turnMs);
			throw error;
		}
	}

	private holding(name: string, token: string): Holding {
		const { redis, turnMs, memoryMs } = this;
		const { windowMs, longestRunMs } = this.rules;
		return {
			renewMs: this.renewMs,
			longestRunMs,
			renew: async (attempt) =>
				(await redis.eval(RENEW, 1, name, token, turnMs, memoryMs, attempt)) === 1,
			keep: async (answer) => await redis.eval(KEEP, 1, name, writeJson(answer), windowMs),
			release: async () => await redis.eval(RELEASE, 1, name, token),
		};
	}
}

/** What a turn does in Redis. */
interface Holding {
	renewMs: number;
	longestRunMs: number;
	renew(attempt: number): Promise<boolean>;
	keep(answer: OrderAnswer): Promise<unknown>;
	release(): Promise<unknown>;
}

/** A turn that this process renews until it is over. */
class RedisTurn implements OrderTurn {
	private readonly over = new AbortController();

	constructor(
		private readonly holding: Holding,
		readonly attempt: number,
	) {
		void this.renewUntilOver();
	}

	keep(answer: OrderAnswer): void {
		this.over.abort();
		const { holding } = this;
		void untilDone(async () => await holding.keep(answer), holding.longestRunMs);
	}

	release(): void {
		this.over.abort();
		const { holding } = this;
		void untilDone(async () => await holding.release(), holding.longestRunMs);
	}

	private async renewUntilOver(): Promise<void> {
		const { holding, over } = this;
		const end = Date.now() + holding.longestRunMs;
		let pause = holding.renewMs;
		while (Date.now() < end) {
			const options = { signal: over.signal, ref: false };
			await sleep(Math.min(pause, end - Date.now()), undefined, options).catch(() => undefined);
			if (over.signal.aborted) return;
			try {
				if (!(await holding.renew(this.attempt))) return;
				pause = holding.renewMs;
			} catch {
				pause = Math.min(RETRY_MS, holding.renewMs);
			}
		}
		this.release();
	}
}

/** Does it again while Redis is away. */
async function untilDone(action: () => Promise<unknown>, forMs: number): Promise<void> {
	const end = Date.now() + forMs;
	for (;;) {
		try {
			await action();
			return;
		} catch {
			if (Date.now() >= end) return;
			await sleep(RETRY_MS, undefined, { ref: false });
		}
	}
}

function readAnswer(json: string): OrderAnswer {
	return parseTypedJson(json) as OrderAnswer;
}
