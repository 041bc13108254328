import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isObject } from '../../shared/wire';
import { type ExapiAnswer, type ExapiRequest, readParams } from '../protocol';

/** How a repeated order is recognized, and what becomes of it. */
export interface OrderRules {
	/** `off`: every request starts the workflow. */
	recognize: 'parameters' | 'orderNumber' | 'off';
	/** For how long an answer is remembered, in milliseconds. */
	windowMs: number;
	/** For how long an execution may be at work on an order, in milliseconds; n8n never reports one that was killed. */
	longestRunMs: number;
	/** Whether an order that was not added, or an error, is repeated as well; else the next attempt starts again. */
	repeatsErrors: boolean;
}

/** What every attempt at an order is told; only its signature and its id are the attempt's own. */
export type OrderAnswer = Pick<ExapiAnswer, 'result' | 'error'>;

/** The right to carry an order out, which only one attempt at it has at a time. */
export interface OrderTurn {
	/** 1 for the first attempt that starts the workflow, 2 for the next that does. */
	attempt: number;
	/** Gives this answer to all further attempts. */
	keep(answer: OrderAnswer): void;
	/** Lets the next attempt start again. */
	release(): void;
}

/** What is known of an order when an attempt at it comes. */
export type OrderClaim =
	| { turn: OrderTurn }
	| { answer: OrderAnswer }
	/** Another attempt is running: resolves when that may have changed, and after `ms` at the latest. */
	| { changed(ms: number): Promise<void> };

/** Knows which orders were executed, and which are running. */
export interface OrderClaims {
	/**
	 * @param key of the order, see {@link orderKey}
	 * @param sender whose order it is
	 * @throws Error when it cannot be known whether the order is new: it must not be executed then
	 */
	claim(key: string, sender: string): Promise<OrderClaim>;
}

/**
 * The key by which attempts at one order are recognized. The document's own client signs each attempt
 * anew, with an `id` of its own (docs/protocols/exapi.md, 3.3): neither is part of it. It is a hash,
 * so that nothing of a person lies where it is stored.
 *
 * @returns `undefined` for what is no order, or one without a number
 */
export function orderKey(
	{ method, params }: ExapiRequest,
	sender: string,
	recognize: OrderRules['recognize'],
): string | undefined {
	if (method !== 'addOrder' || recognize === 'off') return undefined;
	const orderId = readParams({ method, params }).order?.orderId ?? '';
	if (orderId === '') return undefined;
	const compared = recognize === 'orderNumber' ? [orderId] : params;
	return createHash('sha256')
		.update(JSON.stringify([sender, recognize, alike(compared)]))
		.digest('hex');
}

/** The same for values that a partner's programs write in different ways: 1 and "1", keys in any order. */
function alike(value: unknown): unknown {
	if (typeof value === 'number' || typeof value === 'bigint') return String(value);
	if (Array.isArray(value)) return value.map(alike);
	if (!isObject(value)) return value;
	const names = Object.keys(value).sort();
	return names.map((name) => [name, alike(value[name])]);
}

/**
 * Claims an order; while another attempt is at work on it, waits for what becomes of that.
 *
 * @param timeoutMs milliseconds to wait
 * @returns `undefined` when the other attempt is still at work then
 */
export async function claimOrder(
	claims: OrderClaims,
	key: string,
	sender: string,
	timeoutMs: number,
): Promise<Exclude<OrderClaim, { changed: unknown }> | undefined> {
	const until = performance.now() + timeoutMs;
	for (;;) {
		const claim = await claims.claim(key, sender);
		if (!('changed' in claim)) return claim;
		const left = until - performance.now();
		if (left <= 0) return undefined;
		await claim.changed(left);
	}
}

const MAX_ANSWERS = 10_000;
/** How often it is logged, at most, that answers were forgotten before their time. */
const LOG_EVERY_MS = 60_000;

/** An execution at work on an order. */
interface Run {
	attempt: number;
	until: number;
	ended: Promise<void>;
}

/** What became of the last attempt at an order. */
interface PastAttempt {
	attempt: number;
	/** `undefined`: the next attempt starts again. */
	answer: OrderAnswer | undefined;
	until: number;
}

/**
 * For one process. Of too many answers the oldest of the sender who has the most is forgotten, so that
 * no partner has those of others forgotten.
 */
export class InMemoryOrderClaims implements OrderClaims {
	private readonly running = new Map<string, Run>();
	/** By sender, then by key, oldest first. */
	private readonly past = new Map<string, Map<string, PastAttempt>>();
	private count = 0;
	private forgotten = 0;
	private loggedAt = -Infinity;

	/** @param warn hears of answers that were forgotten before their time */
	constructor(
		private readonly rules: Pick<OrderRules, 'windowMs' | 'longestRunMs'>,
		private readonly warn: (message: string) => void,
	) {}

	async claim(key: string, sender: string): Promise<OrderClaim> {
		await Promise.resolve();
		const now = Date.now();
		const past = this.pastAttempt(key, sender);
		if (past?.answer) return { answer: past.answer };
		const run = this.running.get(key);
		if (run && run.until > now) return { changed: async (ms) => await within(ms, run.ended) };
		return { turn: this.begin(key, sender, (run?.attempt ?? past?.attempt ?? 0) + 1) };
	}

	private begin(key: string, sender: string, attempt: number): OrderTurn {
		let resolve: () => void = () => undefined;
		const ended = new Promise<void>((done) => (resolve = done));
		const run: Run = { attempt, until: Date.now() + this.rules.longestRunMs, ended };
		this.running.set(key, run);
		const end = (answer: OrderAnswer | undefined) => {
			const isLatest = this.running.get(key) === run;
			if (isLatest) this.running.delete(key);
			// After the longest run two attempts may be at work: the first answer to either stands.
			const isAnswered = this.pastAttempt(key, sender)?.answer !== undefined;
			if (!isAnswered && (isLatest || answer !== undefined)) {
				this.remember(key, sender, { attempt, answer, until: Date.now() + this.rules.windowMs });
			}
			resolve();
		};
		return { attempt, keep: end, release: () => end(undefined) };
	}

	private pastAttempt(key: string, sender: string): PastAttempt | undefined {
		const past = this.past.get(sender)?.get(key);
		return past && past.until > Date.now() ? past : undefined;
	}

	private remember(key: string, sender: string, past: PastAttempt): void {
		const ofSender = this.past.get(sender) ?? new Map<string, PastAttempt>();
		this.past.set(sender, ofSender);
		if (!ofSender.delete(key)) this.count++;
		ofSender.set(key, past);
		if (this.count > MAX_ANSWERS) this.forgetOne();
	}

	private forgetOne(): void {
		const [sender, most] = [...this.past].reduce((one, other) =>
			other[1].size > one[1].size ? other : one,
		);
		const [oldest] = most;
		const [key, { answer, until }] = oldest!;
		most.delete(key);
		this.count--;
		if (most.size === 0) this.past.delete(sender);
		if (answer && until > Date.now()) this.logForgotten();
	}

	private logForgotten(): void {
		this.forgotten++;
		if (Date.now() - this.loggedAt < LOG_EVERY_MS) return;
		this.warn(
			`the memory of this process holds ${MAX_ANSWERS} answers to orders: ${this.forgotten} were forgotten before their time, and the same orders would start the workflow again. Set "Remember Bans In" to Redis, or remember orders for a shorter time`,
		);
		this.forgotten = 0;
		this.loggedAt = Date.now();
	}
}

async function within(ms: number, promise: Promise<void>): Promise<void> {
	const ended = new AbortController();
	const late = sleep(ms, undefined, { signal: ended.signal }).catch(() => undefined);
	try {
		await Promise.race([promise, late]);
	} finally {
		ended.abort();
	}
}
