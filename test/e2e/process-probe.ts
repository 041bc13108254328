import { join } from 'node:path';
import { heapOf } from '../../tools/n8n/process-probe';
import type { SharedN8n } from './keeper/ask';

const MEGABYTE = 1024 * 1024;

/** Where an n8n is told to write how much memory it has in use. */
export function heapFileIn(userFolder: string): string {
	return join(userFolder, 'heap-in-use');
}

/** What the n8n of all files has in use after its garbage was collected, in MB. */
export async function megabytesInUse({ pid, userFolder }: SharedN8n): Promise<number> {
	return Math.round((await heapOf(pid, heapFileIn(userFolder))) / MEGABYTE);
}
