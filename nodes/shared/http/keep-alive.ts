import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import type { AxiosResponse, AxiosStatic, InternalAxiosRequestConfig } from 'axios';
import { LRUCache } from 'lru-cache';
import type { NodeEgressFilter } from 'n8n-workflow';
import type { Exchange, StreamedResponse } from './exchange';
import { type RequestProgress, watchRequest } from './progress';
import { blocked, connectTimeoutOf } from './failure';

/** If connecting takes longer, the request fails as unreachable, and nothing was sent. */
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Limits the time for connecting, for an exchange that would use the whole timeout of the request. The
 * exchange must end its request, sent or not, when its signal aborts. If it is not observed how far the
 * request got, the request has its full time: before Node.js 22.12, in a tunnel through a proxy.
 *
 * @param milliseconds another limit, for tests
 */
export function withConnectTimeout(
	exchange: Exchange,
	milliseconds = CONNECT_TIMEOUT_MS,
): Exchange {
	return async (request, signal, progress) => {
		const controller = new AbortController();
		const stop = () => controller.abort(signal.reason);
		let isOver = false as boolean;
		const timer = setTimeout(() => {
			isOver = progress.mayHaveLeft === false;
			if (isOver) controller.abort();
		}, milliseconds);
		signal.addEventListener('abort', stop, { once: true });
		if (signal.aborted) stop();
		try {
			return await exchange(request, controller.signal, progress);
		} catch (error) {
			const isUnsent = isOver && progress.mayHaveLeft === false && !signal.aborted;
			throw isUnsent ? connectTimeoutOf(new URL(request.url).host, milliseconds) : error;
		} finally {
			clearTimeout(timer);
			signal.removeEventListener('abort', stop);
		}
	};
}

/**
 * How long to keep an idle connection: less than servers do (5 s by default in Apache and Node.js), because
 * a request on a closing connection would look like one that the partner refused.
 */
const IDLE_MILLISECONDS = 4_000;
/**
 * When TCP sends its first keep-alive probe. It is the value that axios sets for a running request: with
 * another one, each request would set it twice, in eight system calls. An idle connection is closed long
 * before.
 */
const KEEP_ALIVE_MILLISECONDS = 60_000;
const MAX_IDLE_CONNECTIONS = 16;
/** The most agents to keep. Agents without connections are cheap, but addresses may come from expressions. */
const MAX_AGENTS = 100;

type Agent = http.Agent | https.Agent;

/** Agents by filter, because a filter's rules are applied when a connection is opened. */
const agentsOfFilter = new WeakMap<NodeEgressFilter, LRUCache<string, Agent>>();

/**
 * Returns the agent that keeps connections to the URL's host alive, one per host, TLS setting and egress
 * filter.
 */
function agentFor(url: URL, allowUnauthorizedCerts: boolean, filter: NodeEgressFilter): Agent {
	const agents =
		agentsOfFilter.get(filter) ??
		new LRUCache<string, Agent>({ max: MAX_AGENTS, dispose: closeIdle });
	agentsOfFilter.set(filter, agents);
	const key = `${url.origin} ${allowUnauthorizedCerts}`;
	const agent = agents.get(key) ?? createAgent(url.protocol, allowUnauthorizedCerts, filter);
	agents.set(key, agent);
	return agent;
}

/** Closes the idle connections of a dropped agent. Its running requests continue. */
function closeIdle(agent: Agent): void {
	agent.maxFreeSockets = 0;
	for (const sockets of Object.values(agent.freeSockets)) {
		for (const socket of sockets ?? []) socket.destroy();
	}
}

function createAgent(
	protocol: string,
	allowUnauthorizedCerts: boolean,
	filter: NodeEgressFilter,
): Agent {
	const options: https.AgentOptions = {
		keepAlive: true,
		keepAliveMsecs: KEEP_ALIVE_MILLISECONDS,
		maxFreeSockets: MAX_IDLE_CONNECTIONS,
		timeout: IDLE_MILLISECONDS,
		lookup: filter.createSecureLookup(),
	};
	return protocol === 'https:'
		? limitConnecting(
				new https.Agent({ ...options, rejectUnauthorized: !allowUnauthorizedCerts }),
				'secureConnect',
			)
		: limitConnecting(new http.Agent(options), 'connect');
}

type Dial = http.Agent['createConnection'];

/** Limits the time for connecting, which Node.js's agents leave to the system: it may take minutes. */
function limitConnecting(agent: Agent, connected: 'connect' | 'secureConnect'): Agent {
	const dial: Dial = agent.createConnection.bind(agent);
	const bounded: Dial = (options, callback) => {
		const socket = dial(options, callback);
		const timer = setTimeout(() => socket?.destroy(connectTimeoutError()), CONNECT_TIMEOUT_MS);
		const done = () => clearTimeout(timer);
		socket?.once(connected, done).once('close', done);
		return socket;
	};
	agent.createConnection = bounded;
	return agent;
}

function connectTimeoutError(): NodeJS.ErrnoException {
	return Object.assign(new Error('No connection'), { code: 'ETIMEDOUT', syscall: 'connect' });
}

/** The part of axios that sends requests. */
interface AxiosTransport {
	send(config: InternalAxiosRequestConfig): Promise<AxiosResponse<Readable>>;
	headersFrom(headers: Record<string, string>): InternalAxiosRequestConfig['headers'];
}

/** The default header: some firewalls reject requests without it. */
const ACCEPT_ANY = { accept: '*/*' };

let axiosOnceUsed: Promise<AxiosTransport> | undefined;

/** Loads axios on first use: n8n loads every node at startup, and axios takes longer than all of this package. */
async function loadAxios(): Promise<AxiosTransport> {
	axiosOnceUsed ??= import('axios').then(({ default: axios }) => transportOf(axios));
	return await axiosOnceUsed;
}

/**
 * Returns axios's Node.js adapter alone. Its defaults, interceptors and transformations take a fifth of
 * the time of a request, and none of them is needed.
 */
function transportOf(axios: AxiosStatic): AxiosTransport {
	return {
		send: axios.getAdapter('http'),
		headersFrom: (headers) => new axios.AxiosHeaders({ ...ACCEPT_ANY, ...headers }),
	};
}

/**
 * Creates an exchange that keeps connections alive, under n8n's own egress filter: the URL is checked
 * before, and the resolved address when connecting.
 */
export function keepAliveExchange(filter: NodeEgressFilter): Exchange {
	return async (request, signal, progress): Promise<StreamedResponse> => {
		progress.mayHaveLeft = false;
		const url = new URL(request.url);
		const allowed = await filter.validateUrl(url);
		if (!allowed.ok) throw blocked(url.host);
		const agent = agentFor(url, request.allowUnauthorizedCerts, filter);
		const axios = await loadAxios();
		// The adapter would send even if the signal aborted during the lookup of the address.
		signal.throwIfAborted();
		const response = await axios.send({
			url: request.url,
			method: request.method,
			headers: axios.headersFrom(request.headers ?? {}),
			...(request.body !== undefined && {
				data: typeof request.body === 'string' ? Buffer.from(request.body) : request.body,
			}),
			signal,
			httpAgent: agent,
			httpsAgent: agent,
			transport: watchedTransport(url, progress),
			responseType: 'stream',
			// The caller handles status and redirects, and n8n's helper handles proxies.
			validateStatus: () => true,
			maxRedirects: 0,
			proxy: false,
			maxBodyLength: Number.POSITIVE_INFINITY,
		});
		return { status: response.status, headers: response.headers, stream: response.data };
	};
}

/** Returns the transport for axios: Node.js's own module, with each request being watched. */
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
