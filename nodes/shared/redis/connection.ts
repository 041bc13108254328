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

/** Where a Redis that is away is reported, once until it is back. */
export type Warn = (message: string) => void;

const DIAL_MS = 2_000;
/** Longer than a request may take: its answer is remembered at its end. */
const IDLE_MS = 2 * 60 * 60 * 1000;

interface Connection {
	client: Promise<Redis>;
	/** Ends it when no request has used it for long. */
	idle: NodeJS.Timeout;
}

const connections = new Map<string, Connection>();

/**
 * One connection for a process and credential. It is given when it was dialled, with success or
 * not: the first request after a start has to know what Redis remembers from before. It ends when it
 * is not used any more: the credential was corrected, or the trigger unpublished.
 */
export async function redisFor(credential: RedisCredential, warn: Warn): Promise<Redis> {
	const id = createHash('sha256').update(JSON.stringify(credential)).digest('hex');
	const known = connections.get(id);
	if (known) {
		known.idle.refresh();
		return await known.client;
	}
	const client = connect(credential, warn);
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
): Promise<Redis> {
	// Only a trigger that is set to Redis needs it, and n8n loads each node at its start.
	const { Redis: RedisClient } = await import('ioredis');
	const client = new RedisClient({
		host,
		port,
		...(user ? { username: user } : {}),
		...(password ? { password } : {}),
		db: database ?? 0,
		...(ssl ? { tls: { rejectUnauthorized: disableTlsVerification !== true } } : {}),
		lazyConnect: true,
		// A partner waits for its answer: what Redis does not do at once is done without it.
		enableOfflineQueue: false,
		connectTimeout: DIAL_MS,
		commandTimeout: 1_000,
		maxRetriesPerRequest: 0,
		retryStrategy: (attempt) => Math.min(attempt * 200, 5_000),
	});
	let away = false;
	client.on('error', (error: Error) => {
		if (!away) {
			warn(
				`Redis at ${host}:${port} cannot be used (${error.message}): until it is back, this process counts by itself`,
			);
		}
		away = true;
	});
	client.on('ready', () => (away = false));
	const dialled = client.connect().catch(() => undefined);
	await Promise.race([dialled, sleep(DIAL_MS, undefined, { ref: false })]);
	return client;
}
