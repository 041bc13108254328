import { readdir, readFile, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkoutFolder } from './checkout';
import { Problem } from './problem';

const POLL_INTERVAL_MS = 100;
const ANSWERED_WITHIN_MS = 30_000;

/** What n8n is to be started with, so that it can be asked for its heap: see heap-probe.js. */
export function probeEnvironment(file: string): Record<string, string> {
	const probe = join(checkoutFolder(), 'tools', 'n8n', 'heap-probe.js');
	// Quoted: Node splits the variable at spaces.
	return { NODE_OPTIONS: `--require=${JSON.stringify(probe)}`, HEAP_PROBE: file };
}

/**
 * Bytes that a process started with {@link probeEnvironment} still uses after its garbage was
 * collected.
 *
 * @throws Problem when it has ended, or is too busy to tell
 */
export async function heapOf(pid: number | undefined, file: string): Promise<number> {
	await rm(file, { force: true });
	process.kill(alive(pid), 'SIGUSR2');
	const started = Date.now();
	while (Date.now() - started < ANSWERED_WITHIN_MS) {
		await sleep(POLL_INTERVAL_MS);
		const bytes = await readFile(file, 'utf8').catch(() => undefined);
		if (bytes === undefined) continue;
		await rm(file);
		return Number(bytes);
	}
	throw new Problem('n8n did not tell its heap: it has ended, or is too busy.');
}

/** What the file descriptors of a process point to: files, sockets, pipes; Linux only. */
export async function descriptorsOf(pid: number | undefined): Promise<string[]> {
	if (process.platform !== 'linux') {
		throw new Problem('File descriptors are counted in /proc: this needs Linux.');
	}
	const folder = `/proc/${alive(pid)}/fd`;
	return await Promise.all(
		(await readdir(folder)).map(async (fd) => await readlink(join(folder, fd)).catch(() => '')),
	);
}

/** How many sockets a process has open; Linux only. */
export async function openSockets(pid: number): Promise<number> {
	return (await descriptorsOf(pid)).filter((target) => target.startsWith('socket:')).length;
}

/** The memory of a process that is in RAM, in MB; Linux only. */
export async function residentMegabytes(pid: number): Promise<number> {
	const status = await readFile(`/proc/${pid}/status`, 'utf8');
	return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024);
}

function alive(pid: number | undefined): number {
	if (pid === undefined) throw new Problem('n8n has ended.');
	return pid;
}
