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
	/** Claims a signature; one that is new (`undefined`) has to be given its answer by `keep`. */
	claim(signature: string): Promise<Earlier | undefined>;
	keep(signature: string, answer: string): Promise<void>;
}

const MAX_ANSWERS = 10_000;
const ASK_EVERY_MS = 100;
/** Stands in Redis for an answer that is on its way. */
const ON_ITS_WAY = '';

interface Remembered extends Earlier {
	until: number;
	resolve(answer: string): void;
}

/** For one process. The oldest answers are forgotten when there are too many. */
export class MemoryRepeats implements RepeatMemory {
	private readonly remembered = new Map<string, Remembered>();

	constructor(private readonly windowSeconds: number) {}

	async claim(signature: string): Promise<Earlier | undefined> {
		const known = this.remembered.get(signature);
		if (known && known.until > Date.now()) return await Promise.resolve({ answer: known.answer });
		this.remembered.delete(signature);
		this.remembered.set(signature, remember(Date.now() + this.windowSeconds * 1000));
		this.forgetOld();
		return undefined;
	}

	async keep(signature: string, answer: string): Promise<void> {
		await Promise.resolve(this.remembered.get(signature)?.resolve(answer));
	}

	private forgetOld(): void {
		for (const [signature, { until }] of this.remembered) {
			if (this.remembered.size <= MAX_ANSWERS && until > Date.now()) return;
			this.remembered.delete(signature);
		}
	}
}

function remember(until: number): Remembered {
	let resolve: (answer: string) => void = () => undefined;
	const answer = new Promise<string>((done) => (resolve = done));
	return { until, answer, resolve };
}

/** For all processes on a Redis; while it is away, each remembers for itself. */
export class RedisRepeats implements RepeatMemory {
	private readonly insurance: MemoryRepeats;

	constructor(
		private readonly redis: Redis,
		private readonly scope: string,
		private readonly windowSeconds: number,
	) {
		this.insurance = new MemoryRepeats(windowSeconds);
	}

	async claim(signature: string): Promise<Earlier | undefined> {
		const key = this.keyOf(signature);
		try {
			const isNew = await this.redis.set(key, ON_ITS_WAY, 'EX', this.windowSeconds, 'NX');
			return isNew === null ? { answer: this.answerAt(key) } : undefined;
		} catch {
			return await this.insurance.claim(signature);
		}
	}

	async keep(signature: string, answer: string): Promise<void> {
		await this.insurance.keep(signature, answer);
		await this.redis
			.set(this.keyOf(signature), answer, 'EX', this.windowSeconds)
			.catch(() => undefined);
	}

	/** Another process may be answering: its answer is waited for. */
	private async answerAt(key: string): Promise<string | undefined> {
		const until = Date.now() + this.windowSeconds * 1000;
		while (Date.now() < until) {
			const answer = await this.redis.get(key).catch(() => null);
			if (answer === null) return undefined;
			if (answer !== ON_ITS_WAY) return answer;
			await sleep(ASK_EVERY_MS);
		}
		return undefined;
	}

	private keyOf(signature: string): string {
		return `exapi:answers:${this.scope}:${signature}`;
	}
}
