import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const headOf = (url: URL, length: number) =>
	`POST ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;

/** Opens a connection that nobody misses when it breaks. */
function open(url: URL, localAddress: string): Socket {
	const socket = connect({ host: url.hostname, port: Number(url.port), localAddress });
	return socket.on('error', () => undefined).resume();
}

async function closed(socket: Socket): Promise<void> {
	if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
}

/** Sends requests over one connection without waiting for an answer, and waits until nothing comes. */
export async function pipeline(address: string, requests: number): Promise<void> {
	const url = new URL(address);
	const socket = open(url, '127.0.0.1');
	socket.setTimeout(10_000, () => socket.destroy());
	const body = '{"sender":"nobody","sign":"","request":""}';
	socket.write(`${headOf(url, body.length)}${body}`.repeat(requests));
	await closed(socket);
}

/**
 * Begins requests of 64 KB over as many connections and sends a byte of each now and then.
 *
 * @returns how many of them n8n had closed before they were over
 */
export async function drip(
	address: string,
	{ connections, everyMs, forMs }: { connections: number; everyMs: number; forMs: number },
): Promise<number> {
	const url = new URL(address);
	// Each from one of four networks: of one network no more than 32 are waited for.
	const sockets = Array.from({ length: connections }, (_, at) => {
		const socket = open(url, `127.0.${at % 4}.1`);
		socket.write(`${headOf(url, 64 * 1024)}{`);
		return socket;
	});
	for (let waited = 0; waited < forMs; waited += everyMs) {
		for (const socket of sockets) if (socket.writable) socket.write(' ');
		await sleep(everyMs);
	}
	const early = sockets.filter((socket) => socket.closed).length;
	for (const socket of sockets) socket.destroy();
	return early;
}
