import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';

const nothing = (): void => undefined;

/** Runs tasks with the same key one after another, and tasks with different keys at the same time. */
export class Turns {
	private readonly tails = new Map<string, Promise<void>>();

	async take<T>(key: string, task: () => Promise<T>): Promise<T> {
		const run = (this.tails.get(key) ?? Promise.resolve()).then(task);
		const tail = run.then(nothing, nothing);
		this.tails.set(key, tail);
		// An idle key is deleted: the sender of a request chooses it.
		void tail.then(() => this.tails.get(key) === tail && this.tails.delete(key));
		return await run;
	}
}

/**
 * Reserves one of the failures left before a ban, atomically. Reservations of a process that died
 * expire.
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

/** How long a reservation lasts: longer than checking the largest request takes. */
const LIFE_MS = 5_000;
/** How long to wait for a reservation, which others hold for about a round trip to Redis. */
const MAX_WAIT_MS = 2_000;
const RETRY_MS = 10;

/** A failure that is counted in advance. */
export interface Reservation {
	/** Releases it, once the request has succeeded or its failure was counted. */
	release(): void;
}

/**
 * Counts the requests that all processes are checking at this moment, so that of many simultaneous
 * requests at most as many are checked as may fail before a ban. Further requests wait: those before
 * them may be valid, and then there is no ban.
 */
export class Reservations {
	/**
	 * @param failuresKey returns the key under which Redis counts the failures of a key
	 * @param maxFailures the number of failures that leads to a ban
	 */
	constructor(
		private readonly redis: Redis,
		private readonly failuresKey: (key: string) => string,
		private readonly maxFailures: number,
	) {}

	/**
	 * Takes a reservation, after waiting for one if necessary.
	 *
	 * @returns `undefined` when the key is banned
	 * @throws Error when Redis cannot store reservations
	 */
	async take(key: string): Promise<Reservation | undefined> {
		const [failures, pending] = [this.failuresKey(key), `${this.failuresKey(key)}:pending`];
		const id = randomUUID();
		const until = Date.now() + MAX_WAIT_MS;
		for (;;) {
			const arguments_ = [id, this.maxFailures, LIFE_MS];
			const answer = await this.redis.eval(RESERVE, 2, failures, pending, ...arguments_);
			if (answer === 'banned') return undefined;
			// Failing requests cannot hold all reservations for so long: they would lead to a ban.
			if (answer === 'reserved' || Date.now() >= until) break;
			await sleep(RETRY_MS * (0.5 + Math.random()));
		}
		return { release: () => void this.redis.zrem(pending, id).catch(() => undefined) };
	}
}

/** The first request with a signature. */
export interface EarlierRequest {
	/**
	 * Waits for its signed answer.
	 *
	 * @param timeoutMs milliseconds to wait
	 * @returns `undefined` when there was none by then
	 */
	answer(timeoutMs: number): Promise<string | undefined>;
}

/**
 * Stores the answers of requests by signature, so that an identical request gets the first answer again
 * without starting the workflow.
 */
export interface ReplayCache {
	/**
	 * Claims a signature. The answer of a new one (`undefined`) must be stored by `store`.
	 *
	 * @param sender the sender that signed it
	 * @param answeredWithin milliseconds until its answer is sent at the latest. The claim of a process
	 *   that died expires a little later, and then the request may be sent again
	 */
	claim(
		signature: string,
		sender: string,
		answeredWithin: number,
	): Promise<EarlierRequest | undefined>;
	/** Stores the answer of a claimed signature. */
	store(signature: string, answer: string): Promise<void>;
}

const MAX_ANSWERS = 10_000;
/** The total length of the stored answers: answers to reads may be long. */
const MAX_CHARACTERS = 64 * 1024 * 1024;
const POLL_INTERVAL_MS = 100;
/** A busy process may send an answer a little after the deadline. */
const CLAIM_MARGIN_MS = 10_000;
/** Stored in Redis for a request that has no answer yet. */
const PENDING = '';

interface Remembered {
	sender: string;
	until: number;
	/** The length of its answer; 0 before there is one. */
	characters: number;
	answer: Promise<string>;
	resolve(answer: string): void;
}

/**
 * A replay cache in the memory of one process. When it is full, it drops the oldest answer of the sender
 * that has the most, so that no partner can displace the answers of others.
 */
export class InMemoryReplayCache implements ReplayCache {
	private readonly remembered = new Map<string, Remembered>();
	/** The signatures of each sender, oldest first. */
	private readonly bySender = new Map<string, Set<string>>();
	private characters = 0;

	constructor(private readonly windowSeconds: number) {}

	get size(): number {
		return this.remembered.size;
	}

	async claim(signature: string, sender = ''): Promise<EarlierRequest | undefined> {
		const known = this.find(signature);
		if (known) return await Promise.resolve(known);
		this.remove(signature);
		this.remembered.set(signature, remember(sender, Date.now() + this.windowSeconds * 1000));
		this.bySender.set(sender, (this.bySender.get(sender) ?? new Set()).add(signature));
		this.evictOld();
		return undefined;
	}

	/** Finds an earlier request. It does not claim a new signature. */
	find(signature: string): EarlierRequest | undefined {
		const known = this.remembered.get(signature);
		if (!known || known.until <= Date.now()) return undefined;
		return { answer: async (timeoutMs) => await withTimeout(known.answer, timeoutMs) };
	}

	async store(signature: string, answer: string): Promise<void> {
		const remembered = this.remembered.get(signature);
		if (!remembered) return;
		this.characters += answer.length - remembered.characters;
		remembered.characters = answer.length;
		remembered.resolve(answer);
		this.evictOld();
		await Promise.resolve();
	}

	private evictOld(): void {
		for (const [signature, { until }] of this.remembered) {
			if (until > Date.now()) break;
			this.remove(signature);
		}
		while (this.remembered.size > MAX_ANSWERS) this.evictOldestOfMost(({ size }) => size);
		while (this.characters > MAX_CHARACTERS) {
			this.evictOldestOfMost((signatures) => this.charactersOf(signatures));
		}
	}

	private evictOldestOfMost(amount: (signatures: ReadonlySet<string>) => number): void {
		const amounts = [...this.bySender.values()].map((signatures): [ReadonlySet<string>, number] => [
			signatures,
			amount(signatures),
		]);
		const [most] = amounts.reduce((one, other) => (other[1] > one[1] ? other : one));
		const [oldest] = most;
		this.remove(oldest!);
	}

	private charactersOf(signatures: ReadonlySet<string>): number {
		let sum = 0;
		for (const signature of signatures) sum += this.remembered.get(signature)!.characters;
		return sum;
	}

	private remove(signature: string): void {
		const remembered = this.remembered.get(signature);
		if (!remembered) return;
		const { sender, characters } = remembered;
		this.characters -= characters;
		this.remembered.delete(signature);
		const others = this.bySender.get(sender);
		others?.delete(signature);
		if (others?.size === 0) this.bySender.delete(sender);
	}
}

function remember(sender: string, until: number): Remembered {
	let resolve: (answer: string) => void = () => undefined;
	const answer = new Promise<string>((done) => (resolve = done));
	return { sender, until, characters: 0, answer, resolve };
}

async function withTimeout(
	answer: Promise<string>,
	timeoutMs: number,
): Promise<string | undefined> {
	const answered = new AbortController();
	const late = sleep(timeoutMs, undefined, { signal: answered.signal }).catch(() => undefined);
	try {
		return await Promise.race([answer, late]);
	} finally {
		answered.abort();
	}
}

/** A replay cache shared by all processes on a Redis. While it is unavailable, each process has its own. */
export class RedisReplayCache implements ReplayCache {
	private readonly localCache: InMemoryReplayCache;
	private readonly windowMs: number;

	constructor(
		private readonly redis: Redis,
		private readonly scope: string,
		windowSeconds: number,
	) {
		this.localCache = new InMemoryReplayCache(windowSeconds);
		this.windowMs = Math.ceil(windowSeconds * 1000);
	}

	async claim(
		signature: string,
		sender: string,
		answeredWithin: number,
	): Promise<EarlierRequest | undefined> {
		// It may have been claimed here while Redis was unavailable.
		const here = this.localCache.find(signature);
		if (here) return here;
		const key = this.keyOf(signature);
		const lifeMs = Math.min(this.windowMs, Math.ceil(answeredWithin) + CLAIM_MARGIN_MS);
		try {
			const isNew = await this.redis.set(key, PENDING, 'PX', lifeMs, 'NX');
			if (isNew !== null) return undefined;
			return { answer: async (timeoutMs) => await this.answerAt(key, timeoutMs) };
		} catch {
			return await this.localCache.claim(signature, sender);
		}
	}

	async store(signature: string, answer: string): Promise<void> {
		await this.localCache.store(signature, answer);
		await this.redis.set(this.keyOf(signature), answer, 'PX', this.windowMs).catch(() => undefined);
	}

	/** Waits for an answer, which another process may be making. */
	private async answerAt(key: string, timeoutMs: number): Promise<string | undefined> {
		const until = Date.now() + timeoutMs;
		for (;;) {
			const answer = await this.redis.get(key).catch(() => null);
			if (answer === null) return undefined;
			if (answer !== PENDING) return answer;
			const left = until - Date.now();
			if (left <= 0) return undefined;
			await sleep(Math.min(left, POLL_INTERVAL_MS));
		}
	}

	private keyOf(signature: string): string {
		return `exapi:answers:${this.scope}:${signature}`;
	}
}
