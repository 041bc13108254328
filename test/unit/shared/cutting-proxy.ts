import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { generate } from 'selfsigned';
import { systemError, watchClientSockets } from './client-sockets';

/** Where a connection is cut, and how. */
export interface Cut {
	direction: 'request' | 'response';
	/** After so many bytes in that direction; with TLS, its own bytes count as well. */
	afterBytes: number;
	/**
	 * `end` closes in an orderly way (FIN), `reset` does not (RST); a code makes the client's socket fail
	 * with that error of the system, as when a route breaks.
	 */
	how: 'end' | 'reset' | `E${string}`;
	/** Nothing listens any more afterwards. */
	thenRefuse?: boolean;
}

/** A proxy for TCP between our node and a partner, which cuts connections where it is told to. */
export interface CuttingProxy {
	url: string;
	/** Cuts for the connections to come, one each; connections after these are left alone. */
	cuts: Cut[];
	/** Whether a cut was made. */
	cutsMade(): number;
	/** Connections, also those that were made without a byte of a request. */
	connections(): number;
	/** Bytes of requests, decrypted, that were sent on to the partner. */
	requestBytes(): number;
	refuse(): void;
	accept(): Promise<void>;
	close(): Promise<void>;
}

/**
 * @param target the partner's address
 * @param tls whether the client is spoken to over TLS, with a certificate that nobody trusts
 * @param isForeign whether a request, by its beginning, is that of another test: a port that one proxy
 *   has given up may be the next one's, and a client may still try it
 */
export async function startCuttingProxy(
	target: string,
	tls = false,
	isForeign: (beginning: string) => boolean = () => false,
): Promise<CuttingProxy> {
	const clientSockets = watchClientSockets();
	const sockets = new Set<Socket>();
	const cuts: Cut[] = [];
	let cutsMade = 0;
	let accepted = 0;
	let requestBytes = 0;

	const own = (socket: Socket) => {
		sockets.add(socket);
		return socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
	};
	const partner = new URL(target);
	const sendOn = (decrypted: Socket) => {
		const behind = own(connect(Number(partner.port), partner.hostname));
		let counts: boolean | undefined;
		own(decrypted).on('data', (chunk: Buffer) => {
			counts ??= !isForeign(chunk.toString('latin1'));
			if (counts) requestBytes += chunk.length;
		});
		decrypted.pipe(behind).pipe(decrypted);
		decrypted.on('close', () => behind.end());
		behind.on('close', () => decrypted.end());
	};
	const back = tls
		? createTlsServer(await certificate(), sendOn).on('tlsClientError', () => undefined)
		: createServer(sendOn);
	const backPort = await listen(back);

	const front = createServer({ allowHalfOpen: true }, (client) => {
		accepted += 1;
		own(client);
		const behind = own(connect(backPort, '127.0.0.1'));
		const cut = cuts.shift();
		const strike = ({ how, thenRefuse }: Cut) => {
			cutsMade += 1;
			if (thenRefuse) front.close();
			behind.end();
			if (how === 'end') client.end();
			else if (how === 'reset') client.resetAndDestroy();
			else clientSockets.breakOf(client.remotePort, systemError(how, 'read'));
		};
		forward(client, behind, cut?.direction === 'request' ? cut : undefined, strike);
		forward(behind, client, cut?.direction === 'response' ? cut : undefined, strike);
	});
	const port = await listen(front);
	return {
		url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}${partner.pathname}`,
		cuts,
		cutsMade: () => cutsMade,
		connections: () => accepted,
		requestBytes: () => requestBytes,
		refuse: () => {
			front.close();
			sockets.forEach((socket) => socket.destroy());
		},
		accept: async () => {
			if (!front.listening) await once(front.listen(port, '127.0.0.1'), 'listening');
		},
		close: async () => {
			clientSockets.stop();
			const closed = [front, back]
				.filter(({ listening }) => listening)
				.map(async (server) => {
					const done = once(server, 'close');
					server.close();
					await done;
				});
			sockets.forEach((socket) => socket.destroy());
			await Promise.all(closed);
		},
	};
}

function forward(from: Socket, to: Socket, cut: Cut | undefined, strike: (cut: Cut) => void): void {
	let count = 0;
	let isCut = false;
	from.on('data', (chunk: Buffer) => {
		if (isCut || to.destroyed) return;
		count += chunk.length;
		if (cut && count >= cut.afterBytes) {
			isCut = true;
			const kept = chunk.subarray(0, chunk.length - (count - cut.afterBytes));
			to.write(kept, () => strike(cut));
		} else {
			to.write(chunk);
		}
	});
	from.on('end', () => to.end()).on('close', () => to.end());
}

async function listen(server: ReturnType<typeof createServer>): Promise<number> {
	await once(server.listen(0, '127.0.0.1'), 'listening');
	return (server.address() as AddressInfo).port;
}

let generated: Promise<{ key: string; cert: string }> | undefined;

async function certificate(): Promise<{ key: string; cert: string }> {
	generated ??= generate([{ name: 'commonName', value: '127.0.0.1' }]).then(
		({ private: key, cert }) => ({ key, cert }),
	);
	return await generated;
}
