import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkoutFolder } from '../n8n/checkout';
import type { N8nInstance } from '../n8n/instance';
import { Problem } from '../n8n/problem';

const ASK_EVERY_MS = 100;
const ANSWERED_WITHIN_MS = 30_000;

/** What n8n is to be started with, so that it can be asked for its heap. */
export function probeEnvironment(file: string): Record<string, string> {
	const probe = join(checkoutFolder(), 'tools', 'load', 'heap-probe.js');
	return { NODE_OPTIONS: `--require=${probe}`, HEAP_PROBE: file };
}

/** Bytes that n8n still uses after its garbage was collected. */
export async function heapOf(n8n: N8nInstance, file: string): Promise<number> {
	rmSync(file, { force: true });
	n8n.kill('SIGUSR2');
	const started = Date.now();
	while (Date.now() - started < ANSWERED_WITHIN_MS) {
		await sleep(ASK_EVERY_MS);
		try {
			return Number(readFileSync(file, 'utf8'));
		} catch {
			// Not yet there.
		}
	}
	throw new Problem('n8n did not tell its heap: it has ended, or is too busy.');
}

/** How many file descriptors n8n holds, sockets among them. */
export function descriptorsOf(n8n: N8nInstance): number {
	if (process.platform !== 'linux') {
		throw new Problem('File descriptors are counted in /proc: this needs Linux.');
	}
	return readdirSync(`/proc/${String(n8n.pid)}/fd`).length;
}
