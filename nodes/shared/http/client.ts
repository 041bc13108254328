import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IHttpRequestOptions, NodeEgressFilter } from 'n8n-workflow';
import { getProxyForUrl } from 'proxy-from-env';
import { afterEarlier, afterRetry, PartnerError } from '../errors';
import {
	type Exchange,
	exchangeOnce,
	HELPER_MARGIN,
	type HttpRequest,
	type HttpResponse,
	type StreamedResponse,
} from './exchange';
import { HttpFailure, promisesRepetition } from './failure';
import { keepAliveExchange, withConnectTimeout } from './keep-alive';
import { observeRequests } from './progress';

/** The part of n8n's helpers that is used. */
export interface HttpRequestHelper {
	httpRequest(options: IHttpRequestOptions): Promise<unknown>;
}

/**
 * Creates an exchange that uses n8n's own helper. It applies the instance's proxies and rules, but opens a
 * new connection for every request.
 */
function helperExchange(helpers: HttpRequestHelper): Exchange {
	return async (request, signal): Promise<StreamedResponse> => {
		const response = (await helpers.httpRequest({
			url: request.url,
			method: request.method,
			headers: request.headers ?? {},
			...(request.body !== undefined && { body: bytesOrStream(request.body) }),
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			skipSslCertificateValidation: request.allowUnauthorizedCerts,
			timeout: request.timeout + HELPER_MARGIN,
			abortSignal: signal,
		})) as { statusCode: number; headers: Record<string, unknown>; body: Readable };
		return { status: response.statusCode, headers: response.headers, stream: response.body };
	};
}

/** Converts a text to bytes: n8n would write a text as JSON or as a form. */
function bytesOrStream(body: string | Readable): Buffer | Readable {
	return typeof body === 'string' ? Buffer.from(body) : body;
}

/** The request was executed, and the result is at another address (RFC 9110, 15.4.4). */
const SEE_OTHER = 303;
/** Redirects after which the request may be repeated. 303 is not among them, see {@link SEE_OTHER}. */
const REPEATABLE_REDIRECTS = new Set([301, 302, 307, 308]);

/**
 * Returns the URL to send the request to again, `undefined` if the response is not a redirect. Typical
 * redirects are from `http:` to `https:` and for a missing slash at the end.
 *
 * @param decisiveStatus status of the redirect, or of an earlier one, after which the request may have
 *   been processed
 * @throws HttpFailure when the target is another host or port, or has no encryption any more
 */
export function redirectTarget(
	from: string,
	response: HttpResponse,
	decisiveStatus = response.status,
): string | undefined {
	const { location } = response.headers;
	if (!REPEATABLE_REDIRECTS.has(response.status) || location === undefined) return undefined;
	const source = new URL(from);
	const target = URL.canParse(location, from) ? new URL(location, from) : undefined;
	if (target === undefined || !isSameServer(source, target)) {
		throw notFollowed(
			source.host,
			`redirects to ${target ? target.origin : 'an address that cannot be read'}`,
			'If the partner has moved, enter the new URL in the credential. The node sends no signed requests or passwords to another host or port, or without encryption.',
			decisiveStatus,
		);
	}
	return target.href;
}

/** Creates the error for a redirect. @param status after 301 and 302, many scripts have processed the request */
function notFollowed(host: string, what: string, advice: string, status: number): HttpFailure {
	const message = `${host} ${what}`;
	if (promisesRepetition(status)) return new HttpFailure('redirected', message, advice);
	return new HttpFailure(
		'redirected',
		message,
		`${host} may have processed the request. ${advice}`,
		{
			outcome: 'unknown',
		},
	);
}

/** Whether two URLs lead to the same server. Another port of the host may be an internal service. */
function isSameServer(source: URL, target: URL): boolean {
	if (target.protocol === source.protocol) return target.host === source.host;
	const hasDefaultPorts = source.port === '' && target.port === '';
	const isStronger = source.protocol === 'http:' && target.protocol === 'https:';
	return isStronger && hasDefaultPorts && target.hostname === source.hostname;
}

/** Whether it is unknown, after a response with this status, if the request was executed. */
export function isOutcomeUnknown(status: number): boolean {
	return status >= 500 || status === SEE_OTHER;
}

const ATTEMPTS = 3;
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 30_000;
/** If connecting failed after this time, a retry is not worthwhile. */
const LONGEST_DIALING = 5_000;

/** Whether to retry a failed call, after a default pause or `after` milliseconds. */
export interface RetryDecision {
	again: boolean;
	after?: number;
}

/** How the response to a request that was sent may be lost. */
const LOST = new Set<HttpFailure['kind']>(['broken', 'closed', 'timeout']);
/** Statuses of servers in front of the partner; they may pass. */
const PASSING_STATUS = new Set([502, 503, 504]);

/**
 * Decides whether to retry a call without a response.
 *
 * @param isRepeatable whether the call may be repeated although it may have been executed
 */
export function retryUnanswered(
	{ noConnection, kind }: HttpFailure,
	isRepeatable: boolean,
): RetryDecision {
	return { again: noConnection || (isRepeatable && LOST.has(kind)) };
}

/**
 * Decides whether to retry a call after a response with this HTTP status.
 *
 * @param retryAfter milliseconds to wait, if the server asks for a pause
 * @param isRepeatable whether the call may be repeated although it may have been executed
 */
export function retryByStatus(
	status: number,
	retryAfter: number | undefined,
	isRepeatable: boolean,
): RetryDecision {
	const again = status === 429 || (isRepeatable && PASSING_STATUS.has(status));
	return again && retryAfter !== undefined ? { again, after: retryAfter } : { again };
}

/** Whether an HTTP status means that the request was executed. */
export function isSuccess(status: number): boolean {
	return status >= 200 && status <= 299;
}

/**
 * Makes a call up to three times, with growing pauses.
 *
 * @param decide returns whether to retry after an error. A call that may have changed data must not be
 *   retried
 * @param isWrite whether an attempt may have changed data, which a later attempt must not hide
 */
export async function withRetries<T>(
	call: () => Promise<T>,
	decide: (error: unknown) => RetryDecision,
	signal?: AbortSignal,
	isWrite = false,
): Promise<T> {
	const startedAt = Date.now();
	let earlier: unknown;
	for (let attempt = 1; ; attempt++) {
		try {
			return await call();
		} catch (lastError) {
			const decision = decide(lastError);
			const error = (isWrite ? afterRetry : afterEarlier)(earlier, lastError);
			earlier = error;
			if (!decision.again || attempt === ATTEMPTS || signal?.aborted) throw error;
			if (isNoConnection(lastError) && Date.now() - startedAt > LONGEST_DIALING) throw error;
			const pause = decision.after ?? FIRST_PAUSE * 3 ** (attempt - 1);
			if (pause > LONGEST_PAUSE) throw error;
			// If the execution is stopped during the pause, the error of the call is reported.
			await sleep(pause, undefined, signal ? { signal } : {}).catch(() => {
				throw error;
			});
		}
	}
}

function isNoConnection(error: unknown): boolean {
	return error instanceof PartnerError && error.noConnection;
}

/**
 * Reads a `Retry-After` header: seconds, or an HTTP date.
 *
 * @returns milliseconds from now, `undefined` when there is none
 */
export function parseRetryAfter(header: string | undefined): number | undefined {
	if (header === undefined) return undefined;
	const seconds = Number(header);
	const milliseconds = Number.isNaN(seconds) ? Date.parse(header) - Date.now() : seconds * 1000;
	return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds);
}

/** n8n's helpers for requests; n8n before 2.40 has no egress filter. */
export interface OutboundHelpers extends HttpRequestHelper {
	getSecureEgressFilter?(): NodeEgressFilter;
}

const MAX_REDIRECTS = 3;

/** Sends a request and reads the response with any status. Throws {@link HttpFailure}. */
export type HttpClient = (request: HttpRequest) => Promise<HttpResponse>;

/**
 * Creates the client that sends all requests to partners. It keeps connections alive under n8n's egress
 * filter. If a proxy is set for the address, or n8n has no filter, it uses n8n's helper, so that an
 * administrator's rules always apply. It follows redirects only on the same host, because credentials must
 * not be sent elsewhere, and keeps method and body.
 */
export function createHttpClient(helpers: OutboundHelpers): HttpClient {
	const filter = helpers.getSecureEgressFilter?.();
	const viaHelper = observed(withConnectTimeout(helperExchange(helpers)));
	const direct = filter && keepAliveExchange(filter);
	if (!direct) return followRedirects(() => viaHelper);
	const ways = new Map<string, Exchange>();
	// Most runs send all their requests to one address.
	let last: { url: string; way: Exchange } | undefined;
	return followRedirects((url) => {
		if (last?.url === url) return last.way;
		const { origin } = new URL(url);
		const way = ways.get(origin) ?? (getProxyForUrl(url) === '' ? direct : viaHelper);
		ways.set(origin, way);
		last = { url, way };
		return way;
	});
}

/** Creates a client as {@link createHttpClient} does, with a given exchange. */
export function createHttpClientOver(exchange: Exchange): HttpClient {
	const watched = observed(exchange);
	return followRedirects(() => watched);
}

/** Observes the requests of an exchange that creates them itself. */
function observed(exchange: Exchange): Exchange {
	return async (request, signal, progress) =>
		await observeRequests(progress, async () => await exchange(request, signal, progress));
}

function followRedirects(wayTo: (url: string) => Exchange): HttpClient {
	return async (request) => {
		let { url } = request;
		const { timeout, remaining: budget = timeout } = request;
		const started = Date.now();
		let redirectedBy: Redirector | undefined;
		for (let hop = 0; ; hop++) {
			const remaining = Math.max(1, budget - (Date.now() - started));
			const response = await sendTo(wayTo(url), { ...request, url }, remaining, redirectedBy);
			const isAnswer = request.redirects === 'return' && !promisesRepetition(response.status);
			if (isAnswer) return response;
			const { host } = new URL(url);
			const status = mayBeProcessed(redirectedBy) ? redirectedBy.status : response.status;
			const target = redirectTarget(url, response, status);
			if (target === undefined) return response;
			if (hop === MAX_REDIRECTS) {
				throw notFollowed(
					host,
					'redirects without end',
					'Check the address, or ask the operator of that server.',
					status,
				);
			}
			redirectedBy = { host, status };
			url = target;
		}
	};
}

/** A server that received the request and redirected it. */
interface Redirector {
	host: string;
	/** Status of the first redirect after which the request may have been processed. */
	status: number;
}

function mayBeProcessed(by: Redirector | undefined): by is Redirector {
	return by !== undefined && !promisesRepetition(by.status);
}

/** Sends a request. @param redirectedBy the server that received it before and redirected it */
async function sendTo(
	exchange: Exchange,
	request: HttpRequest,
	remaining: number,
	redirectedBy: Redirector | undefined,
): Promise<HttpResponse> {
	try {
		return await exchangeOnce(exchange, request, remaining);
	} catch (error) {
		if (redirectedBy === undefined || !(error instanceof HttpFailure)) throw error;
		throw error.afterRedirect(redirectedBy.host, redirectedBy.status);
	}
}
