import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';

/**
 * Below those that systems give to outgoing connections (Linux from 32768 on, others from 49152): one
 * of theirs could be taken in the moment between finding it free and listening.
 */
const LOWEST = 15_000;
const HIGHEST = 32_000;
const TRIES = 100;

async function listen(port: number): Promise<Server> {
	const server = createServer();
	await new Promise<void>((done, fail) => {
		server.once('error', fail);
		server.listen(port, '127.0.0.1', done);
	});
	return server;
}

/** One after the other: a port that was used a moment ago may still be talked to. */
let last = randomInt(LOWEST, HIGHEST);

function nextPort(): number {
	last = last + 1 < HIGHEST ? last + 1 : LOWEST;
	return last;
}

async function listenAnywhere(): Promise<Server> {
	for (let attempt = 1; ; attempt++) {
		try {
			return await listen(nextPort());
		} catch (error) {
			if (attempt === TRIES) throw error;
		}
	}
}

/** So many different TCP ports that were free on 127.0.0.1 a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
	// All are held until the last is known, or the same one could come twice.
	const servers = await Promise.all(Array.from({ length: count }, listenAnywhere));
	const ports = servers.map((server) => (server.address() as AddressInfo).port);
	await Promise.all(servers.map(async (server) => await new Promise((done) => server.close(done))));
	return ports;
}

/** As {@link freePorts}, one. */
export async function freePort(): Promise<number> {
	const [port = 0] = await freePorts(1);
	return port;
}

/** The port itself when it is free on 127.0.0.1, else any free one. */
export async function freePortLike(preferred: number): Promise<number> {
	const server = createServer();
	try {
		const listening = once(server, 'listening');
		server.listen(preferred, '127.0.0.1');
		await listening;
		return preferred;
	} catch {
		return await freePort();
	} finally {
		server.close();
	}
}
