/** @needs nginx */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../tools/n8n/free-port';

const HOST = '127.0.0.1';
const START_TIMEOUT_MS = 10_000;
/** Debian's nginx writes into folders of its own unless each of these is set. */
const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/** An nginx of its own. */
export interface Nginx {
	url: string;
	stop(): Promise<void>;
}

/**
 * Starts nginx and waits until it listens.
 *
 * @param configure writes what is in the `http` block, with a server that listens at the address
 * @throws Error with nginx's own words when it does not start
 */
export async function startNginx(configure: (listen: string) => string): Promise<Nginx> {
	const folder = await mkdtemp(join(tmpdir(), 'exapi-nginx-'));
	const port = await freePort();
	const log = join(folder, 'error.log');
	const configuration = `
		daemon off;
		master_process off;
		pid ${join(folder, 'nginx.pid')};
		error_log ${log};
		events {}
		http {
			access_log off;
			${TEMPORARY.map((name) => `${name}_temp_path ${join(folder, name)};`).join('\n')}
			${configure(`${HOST}:${port}`)}
		}`;
	await writeFile(join(folder, 'nginx.conf'), configuration);
	const nginx = spawn('nginx', ['-e', log, '-c', join(folder, 'nginx.conf')], { stdio: 'ignore' });
	nginx.on('error', () => undefined);
	const stop = async () => {
		await end(nginx);
		await rm(folder, { recursive: true, force: true });
	};
	try {
		await listening(nginx, port);
		return { url: `http://${HOST}:${port}`, stop };
	} catch (error) {
		const words = await readFile(log, 'utf8').catch(() => '');
		await stop();
		throw new Error(`nginx did not start: ${words.trim()}`, { cause: error });
	}
}

async function listening(nginx: ChildProcess, port: number): Promise<void> {
	const until = Date.now() + START_TIMEOUT_MS;
	while (nginx.exitCode === null && nginx.pid !== undefined && Date.now() < until) {
		const socket = connect(port, HOST);
		const isOpen = await Promise.race([
			once(socket, 'connect').then(() => true),
			once(socket, 'error').then(() => false),
		]).catch(() => false);
		socket.destroy();
		if (isOpen) return;
		await sleep(50);
	}
	throw new Error(`It does not listen at port ${port}`);
}

async function end(nginx: ChildProcess): Promise<void> {
	if (nginx.pid === undefined || nginx.exitCode !== null || nginx.signalCode !== null) return;
	const exited = once(nginx, 'exit');
	nginx.kill('SIGKILL');
	await exited;
}
