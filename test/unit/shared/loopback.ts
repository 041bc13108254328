import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import {
	createServer as createTcpServer,
	type AddressInfo,
	type Server as TcpServer,
	type Socket,
} from 'node:net';
import { generate } from 'selfsigned';

/** A server of a test on 127.0.0.1. */
export interface Loopback {
	url: string;
	/** Connections accepted so far. */
	connections(): number;
	close(): Promise<void>;
}

export async function serve(listener: RequestListener): Promise<Loopback> {
	return await listen(createServer({ keepAliveTimeout: 60_000 }, listener), 'http');
}

/** With a certificate that nobody trusts. */
export async function serveTls(
	listener: RequestListener,
	options: ServerOptions = {},
): Promise<Loopback> {
	const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }]);
	return await listen(createTlsServer({ ...options, key, cert }, listener), 'https');
}

/** Whatever the listener makes of a connection. */
export async function serveTcp(listener: (socket: Socket) => void): Promise<Loopback> {
	return await listen(createTcpServer(listener), 'http');
}

async function listen(server: TcpServer, protocol: string): Promise<Loopback> {
	const sockets = new Set<Socket>();
	let accepted = 0;
	server.on('connection', (socket) => {
		accepted += 1;
		sockets.add(socket);
		socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	return {
		url: `${protocol}://127.0.0.1:${port}/exapi`,
		connections: () => accepted,
		close: async () => {
			const closed = once(server, 'close');
			server.close();
			for (const socket of sockets) socket.destroy();
			await closed;
		},
	};
}
