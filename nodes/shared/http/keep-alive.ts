import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import type { AxiosResponse, AxiosStatic, InternalAxiosRequestConfig } from 'axios';
import type { NodeEgressFilter } from 'n8n-workflow';
import {
	type Exchange,
	type RequestProgress,
	type StreamedResponse,
	watchRequest,
} from './exchange';
import { blocked, connectTimeoutOf } from './failure';

/** Dialling that takes longer than this fails as "not reachable", and then surely nothing was sent. */
const DIAL_MILLISECONDS = 10_000;

/**
 * Limits the time of dialling for a way out that would dial as long as the whole request may take. The
 * way out must end its request, sent or not, when its signal says so. Where nobody sees how far the
 * request is, it has its full time: before Node.js 22.12, in a tunnel through a proxy.
 *
 * @param milliseconds another limit, for tests
 */
export function withDialLimit(exchange: Exchange, milliseconds = DIAL_MILLISECONDS): Exchange {
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
 * An idle connection is closed before servers close it (5 s by default in Apache and Node): a
 * request sent into a closing connection would look like one that the partner refused.
 */
const IDLE_MILLISECONDS = 4_000;
/**
 * When TCP first asks whether the other side is there. It is what axios sets for a request in flight:
 * with another one here, each request would set it twice, in eight calls of the system. An idle
 * connection is closed long before.
 */
const KEEP_ALIVE_MILLISECONDS = 60_000;
const MAX_IDLE_CONNECTIONS = 16;
/** Agents without connections are cheap, but addresses may come from expressions. */
const MAX_AGENTS = 100;

type Agent = http.Agent | https.Agent;

/** Agents by filter, since a filter's rules are applied when a connection is dialled. */
const agentsOfFilter = new WeakMap<NodeEgressFilter, Map<string, Agent>>();

/**
 * The agent that keeps connections to the URL's host alive, one for each host, TLS setting and
 * egress filter.
 */
function agentFor(url: URL, allowUnauthorizedCerts: boolean, filter: NodeEgressFilter): Agent {
	const agents = agentsOfFilter.get(filter) ?? new Map<string, Agent>();
	agentsOfFilter.set(filter, agents);
	const key = `${url.origin} ${allowUnauthorizedCerts}`;
	const agent = agents.get(key) ?? createAgent(url.protocol, allowUnauthorizedCerts, filter);
	// Last used, last in the map: the first key is the one to give up.
	agents.delete(key);
	agents.set(key, agent);
	if (agents.size > MAX_AGENTS) dropOldest(agents);
	return agent;
}

/** Its running requests go on; only idle connections are closed. */
function dropOldest(agents: Map<string, Agent>): void {
	const [key, agent] = agents.entries().next().value ?? [];
	if (key === undefined || agent === undefined) return;
	agents.delete(key);
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
		? boundDialling(
				new https.Agent({ ...options, rejectUnauthorized: !allowUnauthorizedCerts }),
				'secureConnect',
			)
		: boundDialling(new http.Agent(options), 'connect');
}

type Dial = http.Agent['createConnection'];

/** Node's agents leave a dialling to the system, which may try for minutes. */
function boundDialling(agent: Agent, connected: 'connect' | 'secureConnect'): Agent {
	const dial: Dial = agent.createConnection.bind(agent);
	const bounded: Dial = (options, callback) => {
		const socket = dial(options, callback);
		const timer = setTimeout(() => socket?.destroy(dialTimeout()), DIAL_MILLISECONDS);
		const done = () => clearTimeout(timer);
		socket?.once(connected, done).once('close', done);
		return socket;
	};
	agent.createConnection = bounded;
	return agent;
}

function dialTimeout(): NodeJS.ErrnoException {
	return Object.assign(new Error('No connection'), { code: 'ETIMEDOUT', syscall: 'connect' });
}

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
		headersFrom: (headers) => new axios.AxiosHeaders({ ...ACCEPT_ANY, ...headers }),
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
			...(request.body !== undefined && {
				data: typeof request.body === 'string' ? Buffer.from(request.body) : request.body,
			}),
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
