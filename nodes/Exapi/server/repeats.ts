import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';

/** The first request with a signature. */
export interface Earlier {
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
export interface RepeatMemory {
	/**
	 * Claims a signature; one that is new (`undefined`) has to be given its answer by `keep`.
	 *
	 * @param sender who signed it
	 * @param answeredWithin milliseconds until its answer leaves at the latest: a claim whose process
	 *   died before that holds little longer, and then the request may be sent again
	 */
	claim(signature: string, sender: string, answeredWithin: number): Promise<Earlier | undefined>;
	keep(signature: string, answer: string): Promise<void>;
}

const MAX_ANSWERS = 10_000;
/** Answers to reads may be long; those that are remembered are no longer than this together. */
const MAX_CHARACTERS = 64 * 1024 * 1024;
const ASK_EVERY_MS = 100;
/** An answer may leave a little after the deadline, from a process that is busy. */
const CLAIM_MARGIN_MS = 10_000;
/** Stands in Redis for an answer that is on its way. */
const ON_ITS_WAY = '';

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
export class MemoryRepeats implements RepeatMemory {
	private readonly remembered = new Map<string, Remembered>();
	/** The signatures of each sender, oldest first. */
	private readonly bySender = new Map<string, Set<string>>();
	private characters = 0;

	constructor(private readonly windowSeconds: number) {}

	get size(): number {
		return this.remembered.size;
	}

	async claim(signature: string, sender = ''): Promise<Earlier | undefined> {
		const known = this.find(signature);
		if (known) return await Promise.resolve(known);
		this.forget(signature);
		this.remembered.set(signature, remember(sender, Date.now() + this.windowSeconds * 1000));
		this.bySender.set(sender, (this.bySender.get(sender) ?? new Set()).add(signature));
		this.forgetOld();
		return undefined;
	}

	/** What was claimed before; a signature that is new is not claimed by this. */
	find(signature: string): Earlier | undefined {
		const known = this.remembered.get(signature);
		if (!known || known.until <= Date.now()) return undefined;
		return { answer: async (patience) => await withPatience(known.answer, patience) };
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

async function withPatience(
	answer: Promise<string>,
	patience: number,
): Promise<string | undefined> {
	const answered = new AbortController();
	const late = sleep(patience, undefined, { signal: answered.signal }).catch(() => undefined);
	try {
		return await Promise.race([answer, late]);
	} finally {
		answered.abort();
	}
}

/** For all processes on a Redis; while it is away, each remembers for itself. */
export class RedisRepeats implements RepeatMemory {
	private readonly insurance: MemoryRepeats;
	private readonly windowMs: number;

	constructor(
		private readonly redis: Redis,
		private readonly scope: string,
		windowSeconds: number,
	) {
		this.insurance = new MemoryRepeats(windowSeconds);
		this.windowMs = Math.ceil(windowSeconds * 1000);
	}

	async claim(
		signature: string,
		sender: string,
		answeredWithin: number,
	): Promise<Earlier | undefined> {
		// Claimed while Redis was away, of which it knows nothing when it is back.
		const here = this.insurance.find(signature);
		if (here) return here;
		const key = this.keyOf(signature);
		const lifeMs = Math.min(this.windowMs, Math.ceil(answeredWithin) + CLAIM_MARGIN_MS);
		try {
			const isNew = await this.redis.set(key, ON_ITS_WAY, 'PX', lifeMs, 'NX');
			if (isNew !== null) return undefined;
			return { answer: async (patience) => await this.answerAt(key, patience) };
		} catch {
			return await this.insurance.claim(signature, sender);
		}
	}

	async keep(signature: string, answer: string): Promise<void> {
		await this.insurance.keep(signature, answer);
		await this.redis.set(this.keyOf(signature), answer, 'PX', this.windowMs).catch(() => undefined);
	}

	/** Another process may be answering: its answer is waited for. */
	private async answerAt(key: string, patience: number): Promise<string | undefined> {
		const until = Date.now() + patience;
		for (;;) {
			const answer = await this.redis.get(key).catch(() => null);
			if (answer === null) return undefined;
			if (answer !== ON_ITS_WAY) return answer;
			const left = until - Date.now();
			if (left <= 0) return undefined;
			await sleep(Math.min(left, ASK_EVERY_MS));
		}
	}

	private keyOf(signature: string): string {
		return `exapi:answers:${this.scope}:${signature}`;
	}
}
