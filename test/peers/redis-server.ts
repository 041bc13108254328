/** @needs redis */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { freePort } from '../../tools/n8n/free-port';

const HOST = '127.0.0.1';
const START_TIMEOUT_MS = 10_000;

/** A Redis of its own, which keeps nothing. */
export interface RedisServer {
	port: number;
	/** Ends it at once; another may be started on the same port. */
	stop(): Promise<void>;
	/** Lets it answer nothing, with its connections open, until it is resumed. */
	pause(): void;
	resume(): void;
}

/**
 * Starts `redis-server` and waits until it listens.
 *
 * @param port a free one by default
 * @throws Error with Redis's own words when it does not start
 */
export async function startRedis(port?: number, ...more: string[]): Promise<RedisServer> {
	const folder = await mkdtemp(join(tmpdir(), 'exapi-redis-'));
	const chosen = port ?? (await freePort());
	const options = { port: chosen, bind: HOST, dir: folder, save: '', appendonly: 'no' };
	const redis = spawn('redis-server', [
		...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
		...more,
	]);
	const stop = async () => {
		await end(redis);
		await rm(folder, { recursive: true, force: true });
	};
	try {
		await listening(redis);
		return {
			port: chosen,
			stop,
			pause: () => void redis.kill('SIGSTOP'),
			resume: () => void redis.kill('SIGCONT'),
		};
	} catch (error) {
		await stop();
		throw error;
	}
}

/** As {@link startRedis}, over TLS only, with a certificate that nobody trusts. */
export async function startTlsRedis(): Promise<RedisServer> {
	const folder = await mkdtemp(join(tmpdir(), 'exapi-redis-tls-'));
	const { private: key, cert } = await generate([{ name: 'commonName', value: HOST }]);
	const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
	await Promise.all([writeFile(keyFile, key), writeFile(certFile, cert)]);
	const port = await freePort();
	const options = {
		port: 0,
		'tls-port': port,
		'tls-key-file': keyFile,
		'tls-cert-file': certFile,
		'tls-auth-clients': 'no',
	};
	const more = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
	try {
		return { ...(await startRedis(undefined, ...more)), port };
	} finally {
		// Redis read them at its start.
		await rm(folder, { recursive: true, force: true });
	}
}

/** Waits for Redis's own word: somebody else may have taken the port in the meantime. */
async function listening(redis: ChildProcess): Promise<void> {
	let log = '';
	await new Promise<void>((resolve, reject) => {
		const fail = () => reject(new Error(`redis-server did not start: ${log.trim()}`));
		const timer = setTimeout(fail, START_TIMEOUT_MS);
		redis.once('error', (error) => (log += error.message)).once('close', fail);
		redis.stdout?.on('data', (chunk: Buffer) => {
			log += chunk.toString('utf8');
			if (!log.includes('Ready to accept connections')) return;
			clearTimeout(timer);
			resolve();
		});
	});
}

async function end(redis: ChildProcess): Promise<void> {
	if (redis.pid === undefined || redis.exitCode !== null || redis.signalCode !== null) return;
	const exited = once(redis, 'exit');
	redis.kill('SIGKILL');
	await exited;
}
