import { readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { cpus } from 'node:os';

/** Clock ticks a second, as Linux counts a process's time for programs. */
const TICKS = 100;
const PAGE = 4096;

/** CPU seconds that a process has used; 0 where the system does not tell. */
export function cpuSeconds(pid: number | undefined): number {
	try {
		const text = readFileSync(`/proc/${pid ?? 0}/stat`, 'utf8');
		// After the name, which may hold spaces: utime and stime are the 14th and 15th field.
		const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
		return (Number(fields[11]) + Number(fields[12])) / TICKS;
	} catch {
		return 0;
	}
}

/** Bytes of memory that a process has; 0 where the system does not tell. */
export function memoryOf(pid: number | undefined): number {
	try {
		const pages = readFileSync(`/proc/${pid ?? 0}/statm`, 'utf8').split(' ')[1];
		return Number(pages) * PAGE;
	} catch {
		return 0;
	}
}

/** CPU seconds that all processes of the machine have used. */
export function cpuSecondsOfAll(): number {
	return (
		cpus().reduce((sum, { times }) => sum + times.user + times.sys + times.nice + times.irq, 0) /
		1000
	);
}

/** Opens connections that send nothing, and gives what closes them. */
export async function openConnections(url: string, count: number): Promise<() => void> {
	const { hostname, port } = new URL(url);
	const sockets = await Promise.all(
		Array.from(
			{ length: count },
			async () =>
				await new Promise<Socket>((resolve, reject) => {
					const socket = new Socket();
					socket.once('error', reject);
					socket.connect(Number(port), hostname, () => resolve(socket));
				}),
		),
	);
	return () => sockets.forEach((socket) => socket.destroy());
}
