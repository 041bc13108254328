import { type Duplex, finished, pipeline, type Readable } from 'node:stream';
import { InputError } from '../errors';
import { connectTimeoutOf, HttpFailure, toHttpFailure } from './failure';
import type { RequestProgress } from './progress';

/** A request to a partner. */
export interface HttpRequest {
	/** The full URL; nothing is appended. */
	url: string;
	method: 'GET' | 'POST';
	headers?: Record<string, string>;
	/** Text is sent as its UTF-8 bytes. */
	body?: string | StreamedBody;
	/** Milliseconds for the whole exchange, including the connection. */
	timeout: number;
	/** Milliseconds left of the timeout, if the caller has waited before sending. */
	remaining?: number;
	/** The largest response that is read, in bytes after decompression. */
	maxAnswerBytes: number;
	/**
	 * Creates a stream that the response passes through before it is read. It may remove a large part, which
	 * then does not count.
	 */
	through?: (() => Duplex) | undefined;
	/** Whether to accept any certificate: the credential's 'Ignore SSL Issues'. */
	allowUnauthorizedCerts: boolean;
	/** Ends the exchange, for example when a user stops the execution. */
	signal?: AbortSignal | undefined;
	/**
	 * `return`: a redirect is the response and is not followed, unless it guarantees that the request was not
	 * processed (HTTP 307 and 308).
	 */
	redirects?: 'follow' | 'return';
}

/** A body that is sent as a stream. */
export interface StreamedBody {
	/** Its length, for the header. */
	bytes: number;
	/** Opens a new stream for each attempt. Its errors are {@link HttpFailure}s. */
	open: () => Readable;
}

/** A request whose body was opened. */
export type OutgoingRequest = Omit<HttpRequest, 'body'> & { body?: string | Readable };

/** A complete, decompressed response with any status. */
export interface HttpResponse {
	status: number;
	/** Headers by lower-case name. */
	headers: Record<string, string>;
	body: Buffer;
}

/** The default limit for a response, in bytes. */
export const DEFAULT_MAX_ANSWER_BYTES = 16 * 1024 * 1024;

const BLANK = /[\s\p{Cc}]/u;

/**
 * Checks a URL before anything is sent.
 *
 * @param field its name for errors
 * @throws InputError for a value that is not an http or https URL
 */
export function checkAddress(address: unknown, field: string): string {
	const text = typeof address === 'string' ? address.trim() : '';
	if (text === '')
		throw new InputError(
			`${field} is empty`,
			'Enter the full URL, beginning with https:// or http://.',
		);
	// URL drops tabs and line breaks, but other readers of the address do not.
	const url = !BLANK.test(text) && URL.canParse(text) ? new URL(text) : undefined;
	if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
		throw new InputError(
			`${field} is not an address`,
			'Enter a URL that begins with https:// or http://.',
		);
	}
	if (url.username !== '' || url.password !== '') {
		throw new InputError(
			`${field} contains a user name or password`,
			'Remove it: URLs are shown in errors and logs.',
		);
	}
	return text;
}

/** Whether anybody on the way can read what is sent to a URL. */
export function isPlainHttp({ url }: { url: string }): boolean {
	return new URL(url).protocol === 'http:';
}

/** Ends an exchange when its time is over or the execution is stopped. */
export interface Deadline {
	signal: AbortSignal;
	/** The reason why the exchange was ended, if it was. */
	readonly failure: HttpFailure | undefined;
	/** Removes timer and listener. Call it when the exchange is over. */
	clear(): void;
}

/**
 * Creates one signal for both reasons. `AbortSignal.any` would keep a reference for each request on the
 * execution's signal, and a run may have a hundred thousand requests.
 *
 * @param milliseconds the whole timeout, for the error
 * @param remaining the milliseconds left of it
 */
function startDeadline(
	host: string,
	milliseconds: number,
	stop: AbortSignal | undefined,
	remaining = milliseconds,
): Deadline {
	const controller = new AbortController();
	let failure: HttpFailure | undefined;
	const end = (reason: HttpFailure) => {
		failure ??= reason;
		controller.abort(reason);
	};
	const onStop = () => end(new HttpFailure('cancelled', 'The execution was stopped'));
	const timer = setTimeout(() => end(timeoutOf(host, milliseconds)), remaining);
	stop?.addEventListener('abort', onStop, { once: true });
	if (stop?.aborted) onStop();
	return {
		signal: controller.signal,
		get failure() {
			return failure;
		},
		clear() {
			clearTimeout(timer);
			stop?.removeEventListener('abort', onStop);
		},
	};
}

/** Creates the error of a request that took too long. */
export function timeoutOf(host: string, milliseconds: number): HttpFailure {
	return new HttpFailure(
		'timeout',
		`${host} did not respond within ${milliseconds / 1000} s`,
		'If the server needs more time, raise the timeout in the options of the node.',
	);
}

/** The head of a response, whose body is still being received. */
export interface StreamedResponse {
	status: number;
	headers: object;
	stream: Readable;
}

/**
 * Sends a request and returns the head of the response. It follows no redirects and reads no body. It
 * records in `progress` how far the request got.
 */
export type Exchange = (
	request: OutgoingRequest,
	signal: AbortSignal,
	progress: RequestProgress,
) => Promise<StreamedResponse>;

/**
 * Sends one request and reads the response within the request's limits of time and size.
 *
 * @param remaining milliseconds of the request's timeout left after waiting and redirects
 * @throws HttpFailure
 */
export async function exchangeOnce(
	exchange: Exchange,
	request: HttpRequest,
	remaining = request.timeout,
): Promise<HttpResponse> {
	const { host } = new URL(request.url);
	const deadline = startDeadline(host, request.timeout, request.signal, remaining);
	const progress: RequestProgress = { mayHaveLeft: undefined };
	let answering = false;
	let sending: OpenedBody | undefined;
	try {
		if (deadline.failure) throw deadline.failure.beforeSending();
		if (isStreamed(request)) sending = openBody(request);
		const outgoing = sending?.request ?? (request as OutgoingRequest);
		const response = await exchange(outgoing, deadline.signal, progress);
		answering = true;
		const body = await readBody(response.stream, request, deadline);
		return { status: response.status, headers: plainHeaders(response.headers), body };
	} catch (error) {
		const { mayHaveLeft } = progress;
		const unread = deadline.failure ? undefined : sending?.failure;
		if (unread) throw mayHaveLeft === false ? unread.beforeSending() : unread;
		if (error instanceof HttpFailure) throw error;
		if (!deadline.failure) throw toHttpFailure(error, host, answering, mayHaveLeft);
		throw mayHaveLeft === false ? endedBeforeSending(deadline.failure, request) : deadline.failure;
	} finally {
		deadline.clear();
		// Who answers before the end, as with a redirect, does not want the rest.
		sending?.stream.destroy();
	}
}

/**
 * How much later n8n's helpers may end a request than our deadline, in milliseconds. The deadline has to be
 * first: the error of a helper's timeout is that of a broken connection.
 */
export const HELPER_MARGIN = 5_000;

interface StreamedRequest extends HttpRequest {
	body: StreamedBody;
}

function isStreamed(request: HttpRequest): request is StreamedRequest {
	return typeof request.body === 'object';
}

interface OpenedBody {
	request: OutgoingRequest;
	stream: Readable;
	/** The error of reading it; the exchange reports an error of its own. */
	readonly failure: HttpFailure | undefined;
}

function openBody({ body, headers, ...rest }: StreamedRequest): OpenedBody {
	const stream = body.open();
	let failure: HttpFailure | undefined;
	stream.on('error', (error) => {
		if (error instanceof HttpFailure) failure ??= error;
	});
	const length = { 'content-length': String(body.bytes) };
	return {
		request: { ...rest, headers: { ...headers, ...length }, body: stream },
		stream,
		get failure() {
			return failure;
		},
	};
}

/** Creates the error for a timeout or a stop while the connection was still being made. */
function endedBeforeSending(failure: HttpFailure, { url, timeout }: HttpRequest): HttpFailure {
	return failure.kind === 'timeout'
		? connectTimeoutOf(new URL(url).host, timeout)
		: failure.beforeSending();
}

async function readBody(
	answer: Readable,
	{ url, maxAnswerBytes, through }: HttpRequest,
	deadline: Deadline,
): Promise<Buffer> {
	const chunks: Buffer[] = [];
	let size = 0;
	// An error of either ends the other.
	const stream: Readable = through ? pipeline(answer, through(), () => undefined) : answer;
	// Events, since iterating a stream costs more than all else that is done here with a short body.
	await new Promise<void>((resolve, reject) => {
		finished(stream, { writable: false }, (error) => (error ? reject(error) : resolve()));
		stream.on('data', (chunk: Buffer) => {
			size += chunk.length;
			if (size <= maxAnswerBytes) chunks.push(chunk);
			// Destroying the stream closes the connection.
			else stream.destroy(tooLarge(url, maxAnswerBytes));
		});
		const stop = () => stream.destroy(deadline.failure);
		deadline.signal.addEventListener('abort', stop, { once: true });
		if (deadline.signal.aborted) stop();
	});
	return Buffer.concat(chunks, size);
}

function tooLarge(url: string, maxAnswerBytes: number): HttpFailure {
	return new HttpFailure(
		'tooLarge',
		`The response from ${new URL(url).host} is larger than ${maxAnswerBytes / 1024 / 1024} MB`,
		'If it is a list, request less at once. Otherwise, check the URL: another server may respond there.',
	);
}

function plainHeaders(headers: object): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers)
			.filter(([, value]) => value !== undefined && value !== null)
			.map(([name, value]) => [name.toLowerCase(), String(value)]),
	);
}
