import { connect } from 'node:net';

const CLOSED_WITHIN_MS = 30_000;

/**
 * Posts a body over a connection of its own and waits for its end.
 *
 * @param localAddress where it is sent from
 * @returns how many bytes came back
 * @throws Error when the connection is still open after 30 s
 */
export async function bytesAnswered(
	url: string,
	body: string,
	localAddress?: string,
): Promise<number> {
	const { hostname, port, pathname, host } = new URL(url);
	const head = [
		`POST ${pathname} HTTP/1.1`,
		`Host: ${host}`,
		'Content-Type: application/json',
		`Content-Length: ${Buffer.byteLength(body)}`,
	];
	return await new Promise((resolve, reject) => {
		const socket = connect({
			host: hostname,
			port: Number(port),
			...(localAddress === undefined ? {} : { localAddress }),
		});
		socket.setTimeout(CLOSED_WITHIN_MS, () => {
			reject(new Error('The connection was not closed'));
			socket.destroy();
		});
		// Read, so that the bytes are counted.
		socket.resume();
		socket.on('error', (error: NodeJS.ErrnoException) => {
			if (!['ECONNRESET', 'EPIPE'].includes(error.code ?? '')) reject(error);
		});
		socket.on('close', () => resolve(socket.bytesRead));
		socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
	});
}
