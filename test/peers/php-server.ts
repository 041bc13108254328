/** @needs php */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../tools/n8n/free-port';

const HOST = '127.0.0.1';
const START_TIMEOUT_MS = 10_000;
const STOP_TIMEOUT_MS = 3_000;
const POLL_MS = 20;
const ATTEMPTS = 3;

/** A PHP script behind PHP's built-in web server. */
export interface PhpServer {
	/** `http://127.0.0.1:<port>`, without a slash at its end. */
	url: string;
	port: number;
	pid: number;
	/** What the server and the script printed: a line a request, and PHP's errors. */
	log(): string;
	stop(): Promise<void>;
}

/**
 * Starts `php -S` on a free port for a script that answers every path, and waits until it listens.
 *
 * @param script path of the PHP file
 * @param env added to this process's environment
 * @throws Error with PHP's own words when it does not start
 */
export async function startPhpServer(
	script: string,
	env: Readonly<Record<string, string>> = {},
): Promise<PhpServer> {
	let log = '';
	for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
		const port = await freePort();
		const php = spawn('php', ['-S', `${HOST}:${port}`, script], {
			env: { ...process.env, ...env },
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		log = '';
		const collect = (chunk: Buffer) => (log += chunk.toString('utf8'));
		php.stdout.on('data', collect);
		php.stderr.on('data', collect);
		php.once('error', (error) => (log += error.message));
		if (await listens(php, () => log)) {
			const url = `http://${HOST}:${port}`;
			return { url, port, pid: php.pid ?? 0, log: () => log, stop: () => stop(php) };
		}
		await stop(php);
	}
	throw new Error(`php -S did not start for ${script}: ${log.trim()}`);
}

/**
 * Waits for PHP's own word: somebody else may have taken the port in the meantime, and then
 * a connection would succeed as well.
 */
async function listens(php: ChildProcess, log: () => string): Promise<boolean> {
	const end = Date.now() + START_TIMEOUT_MS;
	while (Date.now() < end && isRunning(php)) {
		if (log().includes('Development Server')) return true;
		await sleep(POLL_MS);
	}
	return false;
}

async function stop(php: ChildProcess): Promise<void> {
	if (!isRunning(php)) return;
	const exited = once(php, 'exit');
	php.kill('SIGTERM');
	const patience = new AbortController();
	const kill = sleep(STOP_TIMEOUT_MS, undefined, { signal: patience.signal }).then(
		() => php.kill('SIGKILL'),
		() => false,
	);
	await exited;
	patience.abort();
	await kill;
}

function isRunning(php: ChildProcess): boolean {
	return php.pid !== undefined && php.exitCode === null && php.signalCode === null;
}
