import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';

export const REDIS_CREDENTIAL = 'redis';

/** n8n's own `redis` credential. */
export interface RedisCredential {
	host: string;
	port: number;
	user?: string;
	password?: string;
	database?: number;
	ssl?: boolean;
	/** Its option *Disable TLS Verification (insecure)*, which older n8n versions do not have. */
	disableTlsVerification?: boolean;
}

/** Reports a Redis that is unavailable, once until it is back. */
export type Warn = (message: string) => void;

/** Why a Redis cannot be used, and since when. */
export interface RedisTrouble {
	reason: string;
	/** Milliseconds, as `Date.now()` returns them. */
	since: number;
}

/** The timeouts of a connection, in milliseconds. */
export interface RedisTimeouts {
	/** For the reply to a command. */
	command: number;
	/** The longest pause between two attempts to reconnect. */
	reconnect: number;
}

/** The default timeouts are short, because a partner's request waits meanwhile. */
const SHORT: RedisTimeouts = { command: 1_000, reconnect: 5_000 };
const DIAL_MS = 2_000;
/** Longer than a request may take, because its answer is stored at its end. */
const IDLE_MS = 2 * 60 * 60 * 1000;

interface Connection {
	client: Promise<Redis>;
	/** Closes the connection when no request has used it for a long time. */
	idle: NodeJS.Timeout;
}

const connections = new Map<string, Connection>();
const troubles = new WeakMap<Redis, RedisTrouble>();

/**
 * Returns one connection per process, credential and timeouts. It waits for the first connection attempt,
 * successful or not: the first request after a start needs what Redis stored before. The connection is
 * closed when it is no longer used, because the credential was changed or the trigger unpublished.
 */
export async function redisFor(
	credential: RedisCredential,
	warn: Warn,
	timeouts = SHORT,
): Promise<Redis> {
	const identity = JSON.stringify([credential, timeouts]);
	const id = createHash('sha256').update(identity).digest('hex');
	const known = connections.get(id);
	if (known) {
		known.idle.refresh();
		return await known.client;
	}
	const client = connect(credential, warn, timeouts);
	const end = () => {
		connections.delete(id);
		client.then(
			(unused) => unused.disconnect(),
			() => undefined,
		);
	};
	connections.set(id, { client, idle: setTimeout(end, IDLE_MS).unref() });
	return await client;
}

async function connect(
	{ host, port, user, password, database, ssl, disableTlsVerification }: RedisCredential,
	warn: Warn,
	timeouts: RedisTimeouts,
): Promise<Redis> {
	// Loaded on first use: only nodes that use Redis need it, and n8n loads every node at startup.
	const { Redis: RedisClient } = await import('ioredis');
	const client = new RedisClient({
		host,
		port,
		...(user ? { username: user } : {}),
		...(password ? { password } : {}),
		db: database ?? 0,
		...(ssl ? { tls: { rejectUnauthorized: disableTlsVerification !== true } } : {}),
		lazyConnect: true,
		// Commands are not queued: without Redis, a caller continues or fails immediately.
		enableOfflineQueue: false,
		connectTimeout: DIAL_MS,
		commandTimeout: timeouts.command,
		maxRetriesPerRequest: 0,
		retryStrategy: (attempt) => Math.min(attempt * 200, timeouts.reconnect),
	});
	client.on('error', (error: Error) => {
		const known = troubles.get(client);
		troubles.set(client, { reason: error.message, since: known?.since ?? Date.now() });
		if (!known) warn(`Redis at ${host}:${port} cannot be used (${error.message})`);
	});
	client.on('ready', () => troubles.delete(client));
	const connected = client.connect().catch(() => undefined);
	await Promise.race([connected, sleep(DIAL_MS, undefined, { ref: false })]);
	return client;
}

/** Returns why a connection cannot be used at this moment, if it cannot. */
export function troubleOf(client: Redis): RedisTrouble | undefined {
	return troubles.get(client);
}
