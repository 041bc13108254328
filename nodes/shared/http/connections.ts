import http from 'node:http';
import https from 'node:https';
import type { NodeEgressFilter } from 'n8n-workflow';

/**
 * An idle connection is closed before servers close it (5 s by default in Apache and Node): a
 * request sent into a closing connection would look like one that the partner refused.
 */
const IDLE_MILLISECONDS = 4_000;
/** Dialling that takes longer than this fails as "not reachable", and then surely nothing was sent. */
const CONNECT_MILLISECONDS = 10_000;
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
export function agentFor(
	url: URL,
	allowUnauthorizedCerts: boolean,
	filter: NodeEgressFilter,
): Agent {
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
		const timer = setTimeout(() => socket?.destroy(dialTimeout()), CONNECT_MILLISECONDS);
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
