import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import {
	capturingMethods,
	inertMethods,
	lateMethods,
	type Methods,
	type ResponseSink,
} from './methods';

/** What n8n wrote to an intercepted response. None of it was sent. */
export interface WrittenResponse {
	status: number;
	/** Headers by lower-case name, including those set before the interception. */
	headers: OutgoingHttpHeaders;
	/** Empty if the response has no body. Text is encoded as UTF-8. */
	body: Buffer;
}

/** The outcome of an intercepted response. */
export type ResponseOutcome =
	| ({ kind: 'written' } & WrittenResponse)
	/** The response was not ended in time. */
	| { kind: 'deadline' }
	/** More than `maxBytes` was written, and the rest was ignored. */
	| { kind: 'tooLarge' };

/** The response to send. Date, Connection, Content-Length and Cache-Control are added. */
export interface Answer {
	/** A status with a body: not 204, 304 or 1xx. */
	status: number;
	/** With a charset, as in `text/xml; charset=utf-8`. */
	contentType: string;
	body: Buffer;
	/** Further headers, with names in any case. */
	headers?: Readonly<Record<string, string>>;
}

/** How to respond, and until when. */
export interface ReplyOptions {
	/** Milliseconds from now until the response must be ended. */
	deadline: number;
	/**
	 * Composes the answer. It is called at most once. If it returns a promise, the answer is sent when the
	 * promise resolves, at the latest half a second after the deadline.
	 */
	compose: (outcome: ResponseOutcome) => Answer | Promise<Answer>;
	/**
	 * Composes the answer if `compose` throws, rejects, is too late or returns an answer that cannot be
	 * sent. It gets that error and can log it. If it throws as well, an empty 500 is sent.
	 */
	fallback: (error: unknown) => Answer;
	/** The most bytes that are stored; by default 16 MB, n8n's own limit for a request. */
	maxBytes?: number;
	/** Whether to compose the answer even if the client has disconnected, to store it for a retry. */
	composeAfterDisconnect?: boolean;
	/**
	 * Hears, once, what was written to a response that was answered at its deadline. It may never be
	 * called: n8n does not tell of an execution that was killed.
	 */
	onLateResponse?: (written: WrittenResponse) => void;
}

/** A response that was intercepted. */
export interface InterceptedResponse {
	/** Sends an answer now, without `compose`. Does nothing if one was sent or the client has disconnected. */
	answer(answer: Answer): void;
	/**
	 * Resolves with the answer when it was passed to the connection, or with `undefined` if the client had
	 * disconnected. With `composeAfterDisconnect` it always resolves with the answer. It never rejects.
	 */
	readonly sent: Promise<Answer | undefined>;
}

const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;
const GRACE_MS = 500;
/** The longest timer: setTimeout fires a longer one immediately. */
const MAX_TIMER_MS = 2 ** 31 - 1;

const LAST_RESORT: Answer = {
	status: 500,
	contentType: 'text/plain; charset=utf-8',
	body: Buffer.alloc(0),
};

/**
 * Intercepts a response: it stores what is written from now on, and when the response is ended, or at the
 * deadline, sends one answer composed from it instead. Later writes have no effect and do not throw. n8n
 * responds to a webhook long after the node has returned, in its own format, and in queue mode sometimes
 * never: the interception lets a trigger follow its protocol.
 *
 * Call it once the request is authenticated, before anything that can throw.
 *
 * @throws Error when the head of the response was already sent
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

/** Makes later writes to a response that was sent or closed have no effect. */
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

	/** Stores a part of the body; called by the intercepted methods. */
	keep(part: Buffer): void {
		if (this.state !== 'open' && this.state !== 'late') return;
		this.size += part.length;
		if (this.size <= (this.options.maxBytes ?? DEFAULT_MAX_BYTES)) this.chunks.push(part);
		else if (this.state === 'open') this.compose({ kind: 'tooLarge' });
		else this.chunks = [];
	}

	/** Ends the response; called by the intercepted methods. */
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

	/** Sends an answer. It throws, without sending, if Node.js rejects the status or a header. */
	private deliver(answer: Answer): void {
		const { response } = this;
		if (!response.destroyed) {
			// The methods of other middleware, such as compression, are restored.
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
	// Only existing headers: removing a missing Transfer-Encoding would prevent Node.js from sending one.
	for (const name of response.getHeaderNames()) response.removeHeader(name);
	// Removing Date also turns sendDate off.
	response.sendDate = true;
	response.statusCode = status;
	response.statusMessage = '';
	for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
	response.setHeader('Content-Type', contentType);
	response.setHeader('Content-Length', body.length);
	// The bytes may be signed, so neither compression nor a proxy may change them.
	response.setHeader('Cache-Control', 'no-transform');
	response.end(body);
}
