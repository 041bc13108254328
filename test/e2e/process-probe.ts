import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { heapOf, probeEnvironment } from '../../tools/n8n/process-probe';

const MEGABYTE = 1024 * 1024;
const file = join(tmpdir(), `partner-exchange-heap-${process.pid}`);

/** Variables with which n8n can be asked for its memory. */
export const HEAP_PROBE = probeEnvironment(file);

/** What a process that was started with HEAP_PROBE has in use after its garbage was collected, in MB. */
export async function megabytesInUse(pid: number): Promise<number> {
	return Math.round((await heapOf(pid, file)) / MEGABYTE);
}
