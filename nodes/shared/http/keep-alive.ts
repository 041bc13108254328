import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import type { AxiosResponse, AxiosStatic, InternalAxiosRequestConfig } from 'axios';
import type { NodeEgressFilter } from 'n8n-workflow';
import { agentFor } from './connections';
import type { Exchange, StreamedResponse } from './exchange';
import { blocked } from './failure';
import { watchRequest, type RequestProgress } from './request-progress';

/** The part of axios that sends. */
interface AxiosTransport {
	send(config: InternalAxiosRequestConfig): Promise<AxiosResponse<Readable>>;
	headersFrom(headers: Record<string, string>): InternalAxiosRequestConfig['headers'];
}

/** A request without any is suspect to some firewalls. */
const ACCEPT_ANY = { accept: '*/*' };

let axiosOnceUsed: Promise<AxiosTransport> | undefined;

/** n8n loads every node at its start, and axios takes longer to load than all of ours. */
async function loadAxios(): Promise<AxiosTransport> {
	axiosOnceUsed ??= import('axios').then(({ default: axios }) => transportOf(axios));
	return await axiosOnceUsed;
}

/**
 * Its Node adapter alone: laying defaults, interceptors and transformations around it costs axios a
 * fifth of the time of a request, and all that is wanted of them is said below.
 */
function transportOf(axios: AxiosStatic): AxiosTransport {
	return {
		send: axios.getAdapter('http'),
		headersFrom: (headers) => new axios.AxiosHeaders(ACCEPT_ANY).set(headers),
	};
}

/**
 * Sends over connections that are kept alive, under n8n's own egress filter: the URL is checked
 * before, the resolved address while dialling.
 */
export function keepAliveExchange(filter: NodeEgressFilter): Exchange {
	return async (request, signal, progress): Promise<StreamedResponse> => {
		progress.mayHaveLeft = false;
		const url = new URL(request.url);
		const allowed = await filter.validateUrl(url);
		if (!allowed.ok) throw blocked(url.host);
		const agent = agentFor(url, request.allowUnauthorizedCerts, filter);
		const axios = await loadAxios();
		// The adapter sends nevertheless, when it was stopped while the address was looked up.
		signal.throwIfAborted();
		const response = await axios.send({
			url: request.url,
			method: request.method,
			headers: axios.headersFrom(request.headers ?? {}),
			...(request.body === undefined ? {} : { data: Buffer.from(request.body) }),
			signal,
			httpAgent: agent,
			httpsAgent: agent,
			transport: watchedTransport(url, progress),
			responseType: 'stream',
			// Status and redirects are the caller's business, proxies the helper's.
			validateStatus: () => true,
			maxRedirects: 0,
			proxy: false,
			maxBodyLength: Number.POSITIVE_INFINITY,
		});
		return { status: response.status, headers: response.headers, stream: response.data };
	};
}

/** What axios sends with: Node's own module, and an eye on each request that it makes. */
function watchedTransport({ protocol }: URL, progress: RequestProgress) {
	const { request: create } = protocol === 'https:' ? https : http;
	return {
		request(
			options: https.RequestOptions,
			onResponse: (response: IncomingMessage) => void,
		): ClientRequest {
			const request = create(options, onResponse);
			watchRequest(request, progress);
			return request;
		},
	};
}
