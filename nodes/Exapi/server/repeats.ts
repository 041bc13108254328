import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';

const nothing = (): void => undefined;

/** Runs tasks of one key one after another, and those of different keys at once. */
export class Turns {
	private readonly tails = new Map<string, Promise<void>>();

	async take<T>(key: string, task: () => Promise<T>): Promise<T> {
		const run = (this.tails.get(key) ?? Promise.resolve()).then(task);
		const tail = run.then(nothing, nothing);
		this.tails.set(key, tail);
		// An idle key is not kept: strangers choose how many there are.
		void tail.then(() => this.tails.get(key) === tail && this.tails.delete(key));
		return await run;
	}
}

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

/** The first request with a signature. */
export interface EarlierRequest {
	/**
	 * Its signed answer, once it has left.
	 *
	 * @param patience milliseconds to wait for it
	 * @returns `undefined` when there was none by then
	 */
	answer(patience: number): Promise<string | undefined>;
}

/**
 * Remembers the answers of requests by their signatures, so that a request that is sent again word
 * for word gets its first answer again and starts nothing.
 */
export interface ReplayCache {
	/**
	 * Claims a signature; one that is new (`undefined`) has to be given its answer by `keep`.
	 *
	 * @param sender who signed it
	 * @param answeredWithin milliseconds until its answer leaves at the latest: a claim whose process
	 *   died before that holds little longer, and then the request may be sent again
	 */
	claim(
		signature: string,
		sender: string,
		answeredWithin: number,
	): Promise<EarlierRequest | undefined>;
	keep(signature: string, answer: string): Promise<void>;
}

const MAX_ANSWERS = 10_000;
/** Answers to reads may be long; those that are remembered are no longer than this together. */
const MAX_CHARACTERS = 64 * 1024 * 1024;
const POLL_INTERVAL_MS = 100;
/** An answer may leave a little after the deadline, from a process that is busy. */
const CLAIM_MARGIN_MS = 10_000;
/** Stands in Redis for an answer that is on its way. */
const PENDING = '';

interface Remembered {
	sender: string;
	until: number;
	/** How long its answer is; 0 before there is one. */
	characters: number;
	answer: Promise<string>;
	resolve(answer: string): void;
}

/**
 * For one process. When there are too many answers the oldest of the sender who has the most is
 * forgotten, so that no partner has those of others forgotten.
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
		this.forget(signature);
		this.remembered.set(signature, remember(sender, Date.now() + this.windowSeconds * 1000));
		this.bySender.set(sender, (this.bySender.get(sender) ?? new Set()).add(signature));
		this.forgetOld();
		return undefined;
	}

	/** What was claimed before; a signature that is new is not claimed by this. */
	find(signature: string): EarlierRequest | undefined {
		const known = this.remembered.get(signature);
		if (!known || known.until <= Date.now()) return undefined;
		return { answer: async (patience) => await withTimeout(known.answer, patience) };
	}

	async keep(signature: string, answer: string): Promise<void> {
		const remembered = this.remembered.get(signature);
		if (!remembered) return;
		this.characters += answer.length - remembered.characters;
		remembered.characters = answer.length;
		remembered.resolve(answer);
		this.forgetOld();
		await Promise.resolve();
	}

	private forgetOld(): void {
		for (const [signature, { until }] of this.remembered) {
			if (until > Date.now()) break;
			this.forget(signature);
		}
		while (this.remembered.size > MAX_ANSWERS) this.forgetOldestOfMost(({ size }) => size);
		while (this.characters > MAX_CHARACTERS) {
			this.forgetOldestOfMost((signatures) => this.charactersOf(signatures));
		}
	}

	private forgetOldestOfMost(amount: (signatures: ReadonlySet<string>) => number): void {
		const amounts = [...this.bySender.values()].map((signatures): [ReadonlySet<string>, number] => [
			signatures,
			amount(signatures),
		]);
		const [most] = amounts.reduce((one, other) => (other[1] > one[1] ? other : one));
		const [oldest] = most;
		this.forget(oldest!);
	}

	private charactersOf(signatures: ReadonlySet<string>): number {
		let sum = 0;
		for (const signature of signatures) sum += this.remembered.get(signature)!.characters;
		return sum;
	}

	private forget(signature: string): void {
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

async function withTimeout(answer: Promise<string>, patience: number): Promise<string | undefined> {
	const answered = new AbortController();
	const late = sleep(patience, undefined, { signal: answered.signal }).catch(() => undefined);
	try {
		return await Promise.race([answer, late]);
	} finally {
		answered.abort();
	}
}

/** For all processes on a Redis; while it is away, each remembers for itself. */
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
		// Claimed while Redis was away, of which it knows nothing when it is back.
		const here = this.localCache.find(signature);
		if (here) return here;
		const key = this.keyOf(signature);
		const lifeMs = Math.min(this.windowMs, Math.ceil(answeredWithin) + CLAIM_MARGIN_MS);
		try {
			const isNew = await this.redis.set(key, PENDING, 'PX', lifeMs, 'NX');
			if (isNew !== null) return undefined;
			return { answer: async (patience) => await this.answerAt(key, patience) };
		} catch {
			return await this.localCache.claim(signature, sender);
		}
	}

	async keep(signature: string, answer: string): Promise<void> {
		await this.localCache.keep(signature, answer);
		await this.redis.set(this.keyOf(signature), answer, 'PX', this.windowMs).catch(() => undefined);
	}

	/** Another process may be answering: its answer is waited for. */
	private async answerAt(key: string, patience: number): Promise<string | undefined> {
		const until = Date.now() + patience;
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
