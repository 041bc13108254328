import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that Linux and macOS give to those who ask for any. */
const LOWEST = 20_000;
const COUNT = 12_000;

let next = LOWEST + Math.floor(Math.random() * COUNT);

/**
 * A port that nobody else takes while the one who asked leaves it for a moment: no other test is
 * given it by the system.
 */
export async function freePort(): Promise<number> {
	for (let tries = 0; tries < COUNT; tries++) {
		next = LOWEST + ((next + 1 - LOWEST) % COUNT);
		const port = next;
		if (await isFree(port)) return port;
	}
	throw new Error('No port is free');
}

async function isFree(port: number): Promise<boolean> {
	const server = createServer();
	server.listen(port, '127.0.0.1');
	try {
		await once(server, 'listening');
	} catch {
		return false;
	}
	server.close();
	await once(server, 'close');
	return true;
}
