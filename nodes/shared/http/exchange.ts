import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { type Duplex, finished, pipeline, type Readable } from 'node:stream';
import { InputError } from '../errors';
import { connectTimeoutOf, HttpFailure, toHttpFailure } from './failure';

const UTF_8 = new TextDecoder('utf-8', { fatal: true });
const CHARSET = /charset\s*=\s*"?([\w-]+)/i;

/**
 * The body as text: UTF-8 when it is that, whatever the header says (PHP's `json_encode` knows
 * nothing else), otherwise in the charset that the header names. A byte order mark is removed. Of what is
 * called UTF-8, or nothing, and mostly is not, the partners' other charset is windows-1251: their texts
 * would come out as data without a letter in it.
 */
export function textOfBody({ headers, body }: HttpResponse): string {
	try {
		return UTF_8.decode(body);
	} catch {
		const charset = CHARSET.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8';
		const text = decoderFor(charset).decode(body);
		const isOther = charset.toLowerCase() === 'utf-8' && isMostlyUnreadable(text);
		return isOther ? new TextDecoder('windows-1251').decode(body) : text;
	}
}

function decoderFor(charset: string): InstanceType<typeof TextDecoder> {
	try {
		return new TextDecoder(charset);
	} catch {
		return new TextDecoder();
	}
}

const UNREADABLE = 0xfffd;
const LAST_OF_ASCII = 0x7f;

/** Whether more of the characters beyond ASCII could not be read than could. */
function isMostlyUnreadable(text: string): boolean {
	let balance = 0;
	for (let at = 0; at < text.length; at++) {
		const code = text.charCodeAt(at);
		if (code === UNREADABLE) balance++;
		else if (code > LAST_OF_ASCII) balance--;
	}
	return balance > 0;
}

/** A request to a partner. */
export interface HttpRequest {
	/** Complete, nothing is appended. */
	url: string;
	method: 'GET' | 'POST';
	headers?: Record<string, string>;
	/** A text is sent as its UTF-8 bytes. */
	body?: string | StreamedBody;
	/** For the whole exchange, the connection included, in milliseconds. */
	timeout: number;
	/** Milliseconds of the timeout that are left, if the caller has waited before it sent. */
	remaining?: number;
	/** Largest answer that is read, in bytes, counted after decompression. */
	maxAnswerBytes: number;
	/**
	 * What the answer passes through before it is read, created anew for each answer: it may take a large
	 * part out, which then does not count.
	 */
	through?: (() => Duplex) | undefined;
	/** Accept any certificate: the credential's "Ignore SSL Issues". */
	allowUnauthorizedCerts: boolean;
	/** Ends the exchange, as when a user stops the execution. */
	signal?: AbortSignal | undefined;
	/**
	 * `return`: a redirect is the answer and is not followed, unless it promises that the request was not
	 * processed (HTTP 307 and 308).
	 */
	redirects?: 'follow' | 'return';
}

/** A body that is sent piece by piece. */
export interface StreamedBody {
	/** How long it is, for the header. */
	bytes: number;
	/** Opens it, anew for each time that it is sent. Its errors are {@link HttpFailure}s. */
	open: () => Readable;
}

/** A request on its way out, its body opened. */
export type OutgoingRequest = Omit<HttpRequest, 'body'> & { body?: string | Readable };

/** An answer of whatever status, read to its end and decompressed. */
export interface HttpResponse {
	status: number;
	/** By lower-case names. */
	headers: Record<string, string>;
	body: Buffer;
}

/** Default for the size of an answer, in bytes. */
export const DEFAULT_MAX_ANSWER_BYTES = 16 * 1024 * 1024;

const BLANK = /[\s\p{Cc}]/u;

/**
 * Checks an entry point before anything is sent.
 *
 * @param field how the form calls it
 * @throws InputError for what is not an http or https address
 */
export function checkAddress(address: unknown, field: string): string {
	const text = typeof address === 'string' ? address.trim() : '';
	if (text === '')
		throw new InputError(
			`${field} is empty`,
			'Enter the full URL, beginning with https:// or http://.',
		);
	// The parser would leave tabs and line breaks out, and others who read the address would not.
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

/** Ends an exchange: after its time, or when the execution is stopped. */
export interface Deadline {
	signal: AbortSignal;
	/** What ended the exchange, if anything did. */
	readonly failure: HttpFailure | undefined;
	/** To be called once the exchange is over; nothing is left behind then. */
	clear(): void;
}

/**
 * One signal for both ends. `AbortSignal.any` would do, but it keeps a reference for each request on
 * the execution's signal, and a run may have a hundred thousand of them.
 *
 * @param milliseconds the whole timeout, for the error
 * @param remaining what is left of it
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

/** The failure of a request that took too long. */
export function timeoutOf(host: string, milliseconds: number): HttpFailure {
	return new HttpFailure(
		'timeout',
		`${host} did not respond within ${milliseconds / 1000} s`,
		'If the server needs more time, raise the timeout in the options of the node.',
	);
}

/** How far a request got on its way, as seen on its socket and not as an error's name suggests. */
export interface RequestProgress {
	/**
	 * Whether a byte of the request may have left. Node holds back what is written to a socket that is
	 * not connected (for TLS: not secured), so nothing leaves before. `undefined` while nothing was
	 * observed.
	 */
	mayHaveLeft: boolean | undefined;
}

/** Records when a request's socket is connected, or that it was connected before. */
export function watchRequest(request: ClientRequest, progress: RequestProgress): void {
	progress.mayHaveLeft ??= false;
	if (request.socket) watchSocket(request.socket, progress);
	else request.once('socket', (socket) => watchSocket(socket, progress));
}

/** `secureConnecting` is true until the handshake is done and the certificate accepted. */
type ConnectingSocket = Socket & { encrypted?: boolean; secureConnecting?: boolean };

function watchSocket(socket: ConnectingSocket, progress: RequestProgress): void {
	// Dialing failed before the request got the socket.
	if (socket.destroyed) return;
	const isConnecting = socket.encrypted ? socket.secureConnecting : socket.connecting;
	if (isConnecting !== true) {
		progress.mayHaveLeft = true;
		return;
	}
	socket.once(socket.encrypted ? 'secureConnect' : 'connect', () => {
		progress.mayHaveLeft = true;
	});
}

/** The second one comes with Node 22; without it, a request is first seen once it has a socket. */
const CHANNELS = ['http.client.request.start', 'http.client.request.created'];
const progressOfCall = new AsyncLocalStorage<RequestProgress>();
let isSubscribed = false;

/** Watches the requests that a call makes, where the caller has no hand on them. */
export async function observeRequests<T>(
	progress: RequestProgress,
	call: () => Promise<T>,
): Promise<T> {
	if (!isSubscribed) CHANNELS.forEach((channel) => subscribe(channel, onRequest));
	isSubscribed = true;
	return await progressOfCall.run(progress, call);
}

function onRequest(message: unknown): void {
	const progress = progressOfCall.getStore();
	const { request } = message as { request?: unknown };
	if (progress && request instanceof ClientRequest) watchRequest(request, progress);
}

/** The head of an answer, its body still on the way. */
export interface StreamedResponse {
	status: number;
	headers: object;
	stream: Readable;
}

/**
 * A way of getting a request out; it follows no redirects and reads no bodies. It records in
 * `progress` what it sees of the request on its way.
 */
export type Exchange = (
	request: OutgoingRequest,
	signal: AbortSignal,
	progress: RequestProgress,
) => Promise<StreamedResponse>;

/**
 * Sends one request and reads its answer within the request's time and size.
 *
 * @param remaining milliseconds of the request's timeout that waiting and redirects have left
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

interface StreamedRequest extends HttpRequest {
	body: StreamedBody;
}

function isStreamed(request: HttpRequest): request is StreamedRequest {
	return typeof request.body === 'object';
}

interface OpenedBody {
	request: OutgoingRequest;
	stream: Readable;
	/** What kept it from being read; the way out reports an error of its own. */
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

/** The deadline passed, or the user stopped, while the connection was still being made. */
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
			// The connection ends with the stream.
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
