import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import {
	capturingMethods,
	inertMethods,
	lateMethods,
	type Methods,
	type ResponseSink,
} from './methods';

/** What n8n, or whoever had the response, wrote: nothing of it has left. */
export interface WrittenResponse {
	status: number;
	/** Names in lower case, with those set before the response was taken over. */
	headers: OutgoingHttpHeaders;
	/** Empty when the response was ended without a body. A text was encoded as UTF-8. */
	body: Buffer;
}

/** What became of the response that was taken over. */
export type ResponseOutcome =
	| ({ kind: 'written' } & WrittenResponse)
	/** The response was not ended in time. */
	| { kind: 'deadline' }
	/** More was written than `maxBytes`; the rest was not waited for. */
	| { kind: 'tooLarge' };

/** What the client gets. Besides these it sees Date, Connection, Content-Length, Cache-Control. */
export interface Answer {
	/** With a body: not 204, 304 or 1xx. */
	status: number;
	/** With its charset, as `text/xml; charset=utf-8`. */
	contentType: string;
	body: Buffer;
	/** More headers, names in any case. */
	headers?: Readonly<Record<string, string>>;
}

/** How and until when a response is answered. */
export interface ReplyOptions {
	/** Milliseconds from now in which the response has to be ended. */
	deadline: number;
	/**
	 * Makes the answer; called at most once. With a promise the answer leaves when it resolves, and
	 * at the latest half a second after the deadline.
	 */
	compose: (outcome: ResponseOutcome) => Answer | Promise<Answer>;
	/**
	 * The answer when `compose` throws, rejects, is not ready in time or makes one that cannot be
	 * sent: that error comes in. The place to log it. When this throws too, an empty 500 is sent.
	 */
	fallback: (error: unknown) => Answer;
	/** How much is kept of what is written; by default 16 MB, n8n's own limit of a request. */
	maxBytes?: number;
	/** Also make the answer when the client has gone: to keep it for the client's next attempt. */
	composeAfterDisconnect?: boolean;
	/**
	 * Hears, once, what was written to a response that was answered at its deadline. It may never be
	 * called: n8n does not tell of an execution that was killed.
	 */
	onLateResponse?: (written: WrittenResponse) => void;
}

/** A response that was taken over. */
export interface InterceptedResponse {
	/** Answers now, without `compose`. Does nothing when an answer has left or the client has gone. */
	answer(answer: Answer): void;
	/**
	 * Resolves when the answer was handed to the connection, with that answer; with `undefined` when
	 * the client had gone before. With `composeAfterDisconnect` always with the answer. Never rejects.
	 */
	readonly sent: Promise<Answer | undefined>;
}

const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;
const GRACE_MS = 500;
/** Longer ones make setTimeout fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

const LAST_RESORT: Answer = {
	status: 500,
	contentType: 'text/plain; charset=utf-8',
	body: Buffer.alloc(0),
};

/**
 * Takes a response over: whatever is written to it from now on is kept back, and when it is ended,
 * or at the deadline, one answer made from it is sent instead. What is written later does nothing
 * and throws nothing. n8n answers a webhook long after the node has returned, in its own words,
 * and in queue mode sometimes never: this is how a trigger keeps its protocol.
 *
 * To be called once the request is admitted, and before anything that can throw.
 *
 * @throws Error when the answer's head has already left
 */
export function interceptResponse(
	response: ServerResponse,
	options: ReplyOptions,
): InterceptedResponse {
	if (response.headersSent) {
		throw new Error('The response has already started: it can no longer be intercepted.');
	}
	return new Interception(response, options);
}

/** Makes whatever is written to a response that was answered, or closed, from now on do nothing. */
export function ignoreLaterWrites(response: ServerResponse): void {
	define(response, inertMethods);
}

class Interception implements InterceptedResponse, ResponseSink {
	readonly sent: Promise<Answer | undefined>;
	private resolveSent!: (answer: Answer | undefined) => void;
	private state: 'open' | 'composing' | 'closed' | 'late' = 'open';
	private isLate = false;
	private chunks: Buffer[] = [];
	private size = 0;
	private timer: NodeJS.Timeout | undefined;
	private readonly endsAt: number;
	private readonly originals: Array<[name: string, descriptor: PropertyDescriptor | undefined]>;

	constructor(
		readonly response: ServerResponse,
		private readonly options: ReplyOptions,
	) {
		this.sent = new Promise((resolve) => (this.resolveSent = resolve));
		this.originals = Object.keys(inertMethods).map((name) => [
			name,
			Object.getOwnPropertyDescriptor(response, name),
		]);
		this.endsAt = performance.now() + options.deadline;
		this.wake(options.deadline, () => this.compose({ kind: 'deadline' }));
		response.once('close', this.onClose);
		define(response, capturingMethods(this));
		if (response.destroyed) this.onClose();
	}

	answer(answer: Answer): void {
		if (this.isUnanswered()) this.send(answer);
	}

	/** Keeps a part of the body; called by the intercepted methods. */
	keep(part: Buffer): void {
		if (this.state !== 'open' && this.state !== 'late') return;
		this.size += part.length;
		if (this.size <= (this.options.maxBytes ?? DEFAULT_MAX_BYTES)) this.chunks.push(part);
		else if (this.state === 'open') this.compose({ kind: 'tooLarge' });
		else this.chunks = [];
	}

	/** The writer is done; called by the intercepted methods. */
	end(): void {
		const { response, chunks, state } = this;
		if (state !== 'open' && state !== 'late') return;
		const written: WrittenResponse = {
			status: response.statusCode,
			headers: response.getHeaders(),
			body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks),
		};
		if (state === 'open') this.compose({ kind: 'written', ...written });
		else this.hearLate(written);
	}

	private hearLate(written: WrittenResponse): void {
		this.state = 'closed';
		this.chunks = [];
		define(this.response, inertMethods);
		this.options.onLateResponse?.(written);
	}

	private isUnanswered(): boolean {
		return this.state === 'open' || this.state === 'composing';
	}

	private compose(outcome: ResponseOutcome): void {
		this.isLate = outcome.kind === 'deadline' && this.options.onLateResponse !== undefined;
		this.state = 'composing';
		try {
			const composed = this.options.compose(outcome);
			if (!('then' in composed)) {
				this.answer(composed);
				return;
			}
			const late = new Error('The response was not composed in time.');
			this.wake(this.endsAt + GRACE_MS - performance.now(), () => this.fallBack(late));
			composed.then(
				(answer) => this.answer(answer),
				(error: unknown) => this.fallBack(error),
			);
		} catch (error) {
			this.fallBack(error);
		}
	}

	private send(answer: Answer): void {
		try {
			this.deliver(answer);
		} catch (error) {
			this.fallBack(error);
		}
	}

	private fallBack(error: unknown): void {
		if (!this.isUnanswered()) return;
		try {
			this.deliver(this.options.fallback(error));
		} catch {
			this.deliver(LAST_RESORT);
		}
	}

	/** Throws, with nothing sent, when Node refuses the status or a header. */
	private deliver(answer: Answer): void {
		const { response } = this;
		if (!response.destroyed) {
			// What other middleware put there, compression for one, has to run as if it were alone.
			for (const [name, descriptor] of this.originals) {
				if (descriptor) Object.defineProperty(response, name, descriptor);
				else Reflect.deleteProperty(response, name);
			}
			transmit(response, answer);
		}
		this.close(answer);
	}

	private readonly onClose = (): void => {
		if (this.options.composeAfterDisconnect !== true) this.close(undefined);
	};

	private close(answer: Answer | undefined): void {
		this.state = this.isLate ? 'late' : 'closed';
		this.chunks = [];
		this.size = 0;
		clearTimeout(this.timer);
		this.response.off('close', this.onClose);
		define(this.response, this.isLate ? lateMethods(this) : inertMethods);
		this.resolveSent(answer);
	}

	private wake(milliseconds: number, action: () => void): void {
		clearTimeout(this.timer);
		this.timer = setTimeout(action, Math.min(milliseconds, MAX_TIMER_MS));
	}
}

function define(response: ServerResponse, methods: Methods): void {
	for (const [name, value] of Object.entries(methods)) {
		Object.defineProperty(response, name, {
			value,
			configurable: true,
			enumerable: true,
			writable: true,
		});
	}
}

function transmit(response: ServerResponse, { status, contentType, body, headers }: Answer): void {
	// Only those that are there: removing an absent Transfer-Encoding forbids Node to send one.
	for (const name of response.getHeaderNames()) response.removeHeader(name);
	// Removing a Date turns it off.
	response.sendDate = true;
	response.statusCode = status;
	response.statusMessage = '';
	for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
	response.setHeader('Content-Type', contentType);
	response.setHeader('Content-Length', body.length);
	// The bytes are what was signed: neither compression here nor a proxy may touch them.
	response.setHeader('Cache-Control', 'no-transform');
	response.end(body);
}
