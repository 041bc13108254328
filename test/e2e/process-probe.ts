import { readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PROBED_WITHIN_MS = 10_000;
const MEGABYTE = 1024 * 1024;
const file = join(tmpdir(), `partner-exchange-heap-${process.pid}`);

/** Variables with which n8n can be asked for its memory, see heap-probe.js. */
export const HEAP_PROBE = {
	NODE_OPTIONS: `--require=${join(__dirname, 'heap-probe.js')}`,
	HEAP_PROBE: file,
};

/** What a process that was started with HEAP_PROBE has in use after its garbage was collected, in MB. */
export async function megabytesInUse(pid: number): Promise<number> {
	process.kill(pid, 'SIGUSR2');
	const started = Date.now();
	for (;;) {
		const bytes = await readFile(file, 'utf8').catch(() => undefined);
		if (bytes !== undefined) {
			await rm(file);
			return Math.round(Number(bytes) / MEGABYTE);
		}
		if (Date.now() - started > PROBED_WITHIN_MS) throw new Error('n8n did not tell its memory');
		await sleep(50);
	}
}

/** How many sockets a process has open; Linux only. */
export async function openSockets(pid: number): Promise<number> {
	const folder = `/proc/${pid}/fd`;
	const targets = await Promise.all(
		(await readdir(folder)).map(async (fd) => await readlink(join(folder, fd)).catch(() => '')),
	);
	return targets.filter((target) => target.startsWith('socket:')).length;
}

/** The memory of a process that is in RAM, in MB; Linux only. */
export async function residentMegabytes(pid: number): Promise<number> {
	const status = await readFile(`/proc/${pid}/status`, 'utf8');
	return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024);
}
