import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IHttpRequestOptions, NodeEgressFilter } from 'n8n-workflow';
import { getProxyForUrl } from 'proxy-from-env';
import { afterEarlier, afterRetry, PartnerError } from '../errors';
import { keepAliveExchange, withDialLimit } from './keep-alive';
import {
	type Exchange,
	exchangeOnce,
	type HttpRequest,
	type HttpResponse,
	observeRequests,
	type StreamedResponse,
} from './exchange';
import { HttpFailure, promisesRepetition } from './failure';

/** The part of n8n's helpers that is used here. */
export interface HttpRequestHelper {
	httpRequest(options: IHttpRequestOptions): Promise<unknown>;
}

/**
 * Sends through n8n's own helper: it knows the instance's proxies and rules, but dials anew for
 * every request.
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
			timeout: request.timeout,
			abortSignal: signal,
		})) as { statusCode: number; headers: Record<string, unknown>; body: Readable };
		return { status: response.statusCode, headers: response.headers, stream: response.body };
	};
}

/** n8n takes a text for something to be written as JSON or as a form. */
function bytesOrStream(body: string | Readable): Buffer | Readable {
	return typeof body === 'string' ? Buffer.from(body) : body;
}

/** The request was carried out, and the result is elsewhere (RFC 9110, 15.4.4). */
const SEE_OTHER = 303;
/** 303 is missing: see {@link SEE_OTHER}. */
const REPEATABLE_REDIRECTS = new Set([301, 302, 307, 308]);

/**
 * Where to send the request again, or `undefined` when the answer is no redirect. Typical are
 * `http:` to `https:` and a missing slash at the end.
 *
 * @param decisiveStatus status of the redirect, or of an earlier one, after which the request may have
 *   been processed
 * @throws HttpFailure when the target is another host or port, or would give up encryption
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

/** @param status after 301 and 302 many scripts have processed the request */
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

/** On another port of the same host somebody else may listen, whom n8n reaches and the partner does not. */
function isSameServer(source: URL, target: URL): boolean {
	if (target.protocol === source.protocol) return target.host === source.host;
	const hasDefaultPorts = source.port === '' && target.port === '';
	const isStronger = source.protocol === 'http:' && target.protocol === 'https:';
	return isStronger && hasDefaultPorts && target.hostname === source.hostname;
}

/** Whether an answer of this status leaves open whether the request was carried out. */
export function isOutcomeUnknown(status: number): boolean {
	return status >= 500 || status === SEE_OTHER;
}

const ATTEMPTS = 3;
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 30_000;
/** A connection that was dialed for that long in vain is hardly there a moment later. */
const LONGEST_DIALING = 5_000;

/** Whether to make a failed call again; after a pause of ours, or of `after` milliseconds. */
export interface RetryDecision {
	again: boolean;
	after?: number;
}

/**
 * Makes a call again, up to three times in all, with growing pauses.
 *
 * @param judge decides by the error; only what surely changes nothing may be made again
 * @param isWrite whether an attempt may have changed something: then no later one hides that
 */
export async function withRetries<T>(
	call: () => Promise<T>,
	judge: (error: unknown) => RetryDecision,
	signal?: AbortSignal,
	isWrite = false,
): Promise<T> {
	const startedAt = Date.now();
	let earlier: unknown;
	for (let attempt = 1; ; attempt++) {
		try {
			return await call();
		} catch (lastError) {
			const repetition = judge(lastError);
			const error = (isWrite ? afterRetry : afterEarlier)(earlier, lastError);
			earlier = error;
			if (!repetition.again || attempt === ATTEMPTS || signal?.aborted) throw error;
			if (isNoConnection(lastError) && Date.now() - startedAt > LONGEST_DIALING) throw error;
			const pause = repetition.after ?? FIRST_PAUSE * 3 ** (attempt - 1);
			if (pause > LONGEST_PAUSE) throw error;
			// When the execution is stopped meanwhile, the error that was there is the one to tell.
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
 * @returns milliseconds from now, or `undefined` when there is none
 */
export function parseRetryAfter(header: string | undefined): number | undefined {
	if (header === undefined) return undefined;
	const seconds = Number(header);
	const milliseconds = Number.isNaN(seconds) ? Date.parse(header) - Date.now() : seconds * 1000;
	return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds);
}

/** What an execution offers for going out; hosts before n8n 2.40 have no egress filter. */
export interface OutboundHelpers extends HttpRequestHelper {
	getSecureEgressFilter?(): NodeEgressFilter;
}

const MAX_REDIRECTS = 3;

/** Sends a request and reads its answer, whatever its status. Throws {@link HttpFailure}. */
export type HttpClient = (request: HttpRequest) => Promise<HttpResponse>;

/**
 * The only way out to partners. Connections are kept alive under n8n's egress filter; where a
 * proxy is set for the address, or the host has no filter, n8n's helper sends instead, so that an
 * administrator's rules always hold. Redirects are followed on the same host only, since
 * credentials must not travel, and with method and body as they are.
 */
export function createHttpClient(helpers: OutboundHelpers): HttpClient {
	const filter = helpers.getSecureEgressFilter?.();
	const viaHelper = observed(withDialLimit(helperExchange(helpers)));
	const direct = filter && keepAliveExchange(filter);
	if (!direct) return followRedirects(() => viaHelper);
	const ways = new Map<string, Exchange>();
	// Most runs send all that they send to one address.
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

/** As {@link createHttpClient}, over one given way out. */
export function createHttpClientOver(exchange: Exchange): HttpClient {
	const watched = observed(exchange);
	return followRedirects(() => watched);
}

/** For a way out that makes its requests by itself. */
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
	/** Of several redirects, the first one after which the request may have been processed. */
	status: number;
}

function mayBeProcessed(by: Redirector | undefined): by is Redirector {
	return by !== undefined && !promisesRepetition(by.status);
}

/** @param redirectedBy the server that received the request before and redirected it */
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
