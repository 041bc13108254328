import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below those that systems use for outgoing connections (Linux from 32768 on, others from 49152): such
 * a connection could take a port in the moment between finding it free and listening.
 */
const LOWEST = 15_000;
const HIGHEST = 32_000;

/** Ports are tried in sequence: one that was used a moment ago may still receive requests. */
let last = randomInt(LOWEST, HIGHEST);

/** Returns a TCP port that was free on 127.0.0.1 a moment ago, another one at each call. */
export async function freePort(): Promise<number> {
	for (;;) {
		last = last + 1 < HIGHEST ? last + 1 : LOWEST;
		// Other calls may change `last` while this one waits.
		const port = last;
		if (await isFree(port)) return port;
	}
}

/** As {@link freePort}, several. */
export async function freePorts(count: number): Promise<number[]> {
	const ports: number[] = [];
	while (ports.length < count) ports.push(await freePort());
	return ports;
}

/** Returns the port itself when it is free on 127.0.0.1, else any free one. */
export async function freePortLike(preferred: number): Promise<number> {
	return (await isFree(preferred)) ? preferred : await freePort();
}

async function isFree(port: number): Promise<boolean> {
	const server = createServer().listen(port, '127.0.0.1');
	try {
		await once(server, 'listening');
	} catch {
		return false;
	}
	await new Promise((closed) => server.close(closed));
	return true;
}
