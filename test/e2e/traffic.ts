import { setTimeout as sleep } from 'node:timers/promises';
import { ExapiAnswerError, openAnswer } from '../../nodes/Exapi/protocol';
import { answersIn, post } from './exchange';
import type { Partner } from './partner';

const CLIENTS = 4;
/** Between two requests of a partner; longer ones while n8n starts, which has to come to its turn. */
const PAUSE_MS = 100;
const CALM_PAUSE_MS = 1_000;
const SERVED_WITHIN_MS = 120_000;

/**
 * What n8n says by itself for a request that it did not hand to the trigger: while it starts, or
 * its webhooks or its database are not there. Once the trigger had it n8n has other words: of the
 * workflow, and none of the database (webhook-helpers.js, executeWebhook).
 */
const NOT_HANDED_OVER: ReadonlyArray<[status: number, words: RegExp]> = [
	[200, /^n8n is starting up/],
	[404, /is not registered|Cannot POST/],
	[
		500,
		/^\{"code":0,"message":"(?!There was a problem executing the workflow|Workflow Webhook Error)/,
	],
	[503, /Database is not ready/],
];

/** What a partner asks for, and whether a result is that of this request. */
export interface Question {
	method: string;
	params: unknown[];
	isOwn: (result: unknown) => boolean;
}

/** What requests came to: each is counted once. */
export interface Tally {
	/** One signed answer with its own result. */
	served: number;
	/** One signed answer with an error. */
	told: number;
	/** The connection was closed before a whole answer had come. */
	closed: number;
	/** Nobody listened. */
	refused: number;
	/** See {@link NOT_HANDED_OVER}. */
	notHandedOver: number;
	/** What must not happen, in words. */
	wrong: string[];
}

/** Partners that send one request after the other and count what comes of them. */
export class Traffic {
	private readonly tally: Tally = {
		served: 0,
		told: 0,
		closed: 0,
		refused: 0,
		notHandedOver: 0,
		wrong: [],
	};
	private readonly ends: Array<Promise<void>> = [];
	private readonly clients: Array<Promise<void>>;
	private isOver = false;
	private pauseMs = PAUSE_MS;
	private sent = 0;

	/** @param partners send in turn; the traffic begins at once */
	constructor(
		private readonly partners: readonly Partner[],
		private readonly ask: (number: number) => Question,
	) {
		this.clients = Array.from({ length: CLIENTS }, async () => await this.sendOn());
	}

	get served(): number {
		return this.tally.served;
	}

	/** @throws Error when no request is served any more */
	async untilServed(more: number): Promise<void> {
		const aim = this.served + more;
		const started = Date.now();
		while (this.served < aim) {
			if (Date.now() - started > SERVED_WITHIN_MS) {
				throw new Error(`Nobody is served any more: ${JSON.stringify(this.tally)}`);
			}
			await sleep(PAUSE_MS);
		}
	}

	/** Goes easy while something is done. */
	async calmDuring(action: () => Promise<void>): Promise<void> {
		this.pauseMs = CALM_PAUSE_MS;
		await action();
		this.pauseMs = PAUSE_MS;
	}

	/** Sends no more and waits until all connections were closed. */
	async stop(): Promise<Tally> {
		this.isOver = true;
		await Promise.all(this.clients);
		await Promise.all(this.ends);
		return this.tally;
	}

	private async sendOn(): Promise<void> {
		while (!this.isOver) {
			const number = this.sent++;
			const partner = this.partners[number % this.partners.length]!;
			const question = this.ask(number);
			// A signature is remembered where repeats are: no two requests have the same.
			const id = `${Date.now()}-${number}`;
			const { first, all } = post(partner.url, partner.sign(question.method, question.params, id));
			const answer = await first;
			this.count(answer, partner, question, id);
			this.ends.push(all.then((bytes) => this.expectNoMore(answer, bytes)));
			await sleep(this.pauseMs);
		}
	}

	/** The connection stays open for some seconds, in which nothing more may come. */
	private expectNoMore(answer: Buffer | undefined, all: Buffer | undefined): void {
		if (all?.length !== answer?.length) {
			this.tally.wrong.push(`more than an answer: ${String(all)}`);
		}
	}

	private count(
		received: Buffer | undefined,
		{ key }: Partner,
		{ isOwn }: Question,
		id: string,
	): void {
		const { tally } = this;
		if (received === undefined) {
			tally.refused += 1;
			return;
		}
		try {
			const [answer, ...more] = answersIn(received);
			if (answer === undefined) {
				tally.closed += 1;
			} else if (more.length > 0) {
				tally.wrong.push(`several answers: ${received.toString('utf8')}`);
			} else if (
				NOT_HANDED_OVER.some(([code, words]) => answer.status === code && words.test(answer.body))
			) {
				tally.notHandedOver += 1;
			} else if (isOwn(openAnswer(answer.body, key, id).result)) {
				tally.served += 1;
			} else {
				tally.wrong.push(`another's result: ${answer.body}`);
			}
		} catch (error) {
			if (error instanceof ExapiAnswerError && error.fault === 'remoteError') tally.told += 1;
			else tally.wrong.push(`${String(error)}: ${received.toString('utf8')}`);
		}
	}
}
