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
	/** Its *Disable TLS Verification (insecure)*; older n8n versions do not have it. */
	disableTlsVerification?: boolean;
}

/** Where a Redis that is unavailable is reported, once until it is back. */
export type Warn = (message: string) => void;

/** Why a Redis cannot be used, and since when. */
export interface RedisTrouble {
	reason: string;
	/** Milliseconds, as `Date.now()` gives them. */
	since: number;
}

/** How patient a connection is, in milliseconds. */
export interface RedisPatience {
	/** For the answer to a command. */
	command: number;
	/** The longest pause between two attempts to connect again. */
	reconnect: number;
}

/** A partner's request waits meanwhile. */
const SHORT: RedisPatience = { command: 1_000, reconnect: 5_000 };
const DIAL_MS = 2_000;
/** Longer than a request may take: its answer is remembered at its end. */
const IDLE_MS = 2 * 60 * 60 * 1000;

interface Connection {
	client: Promise<Redis>;
	/** Ends it when no request has used it for long. */
	idle: NodeJS.Timeout;
}

const connections = new Map<string, Connection>();
const troubles = new WeakMap<Redis, RedisTrouble>();

/**
 * One connection for a process, credential and use. It is given when it was dialled, with success or
 * not: the first request after a start has to know what Redis remembers from before. It ends when it
 * is not used any more: the credential was corrected, or the trigger unpublished.
 */
export async function redisFor(
	credential: RedisCredential,
	warn: Warn,
	patience = SHORT,
): Promise<Redis> {
	const identity = JSON.stringify([credential, patience]);
	const id = createHash('sha256').update(identity).digest('hex');
	const known = connections.get(id);
	if (known) {
		known.idle.refresh();
		return await known.client;
	}
	const client = connect(credential, warn, patience);
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
	patience: RedisPatience,
): Promise<Redis> {
	// Only a node that is set to Redis needs it, and n8n loads each node at its start.
	const { Redis: RedisClient } = await import('ioredis');
	const client = new RedisClient({
		host,
		port,
		...(user ? { username: user } : {}),
		...(password ? { password } : {}),
		db: database ?? 0,
		...(ssl ? { tls: { rejectUnauthorized: disableTlsVerification !== true } } : {}),
		lazyConnect: true,
		// What Redis does not do at once is done without it, or not at all.
		enableOfflineQueue: false,
		connectTimeout: DIAL_MS,
		commandTimeout: patience.command,
		maxRetriesPerRequest: 0,
		retryStrategy: (attempt) => Math.min(attempt * 200, patience.reconnect),
	});
	client.on('error', (error: Error) => {
		const known = troubles.get(client);
		troubles.set(client, { reason: error.message, since: known?.since ?? Date.now() });
		if (!known) warn(`Redis at ${host}:${port} cannot be used (${error.message})`);
	});
	client.on('ready', () => troubles.delete(client));
	const dialled = client.connect().catch(() => undefined);
	await Promise.race([dialled, sleep(DIAL_MS, undefined, { ref: false })]);
	return client;
}

/** What keeps a connection from being used at this moment, if anything does. */
export function troubleOf(client: Redis): RedisTrouble | undefined {
	return troubles.get(client);
}
