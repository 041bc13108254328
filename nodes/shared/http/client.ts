import { getProxyForUrl } from 'proxy-from-env';
import type { NodeEgressFilter } from 'n8n-workflow';
import { exchangeOnce, type Exchange } from './exchange';
import { HttpFailure } from './failure';
import { keepAliveExchange } from './keep-alive';
import type { HttpRequest, HttpResponse } from './message';
import { helperExchange, type HttpRequestHelper } from './n8n-helper';
import { redirectTarget } from './redirect';
import { promisesRepetition } from './redirect-status';
import { observeRequests } from './request-progress';

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
	const viaHelper = observed(helperExchange(helpers));
	const direct = filter && keepAliveExchange(filter);
	if (!direct) return followRedirects(() => viaHelper);
	const proxied = new Map<string, boolean>();
	return followRedirects((url) => {
		const { origin } = new URL(url);
		const isProxied = proxied.get(origin) ?? getProxyForUrl(url) !== '';
		proxied.set(origin, isProxied);
		return isProxied ? viaHelper : direct;
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
			const target = redirectTarget(url, response);
			if (target === undefined) return response;
			if (hop === MAX_REDIRECTS) {
				throw new HttpFailure(
					'redirected',
					`${new URL(url).host} redirects without end`,
					'Check the address, or ask the operator of that server.',
				);
			}
			redirectedBy = {
				host: new URL(url).host,
				status: mayBeProcessed(redirectedBy) ? redirectedBy.status : response.status,
			};
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
