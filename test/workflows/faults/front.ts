import { once } from 'node:events';
import {
	createServer,
	request as sendOn,
	type IncomingHttpHeaders,
	type IncomingMessage,
	type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { generate } from 'selfsigned';
import { systemError, watchClientSockets } from '../../unit/shared/client-sockets';

/** A request as it came to the front. */
export interface SeenRequest {
	method: string;
	/** Path and query. */
	path: string;
	headers: IncomingHttpHeaders;
	body: Buffer;
}

/** What the partner answered to the front. */
export interface PartnerAnswer {
	status: number;
	headers: IncomingHttpHeaders;
	body: Buffer;
}

/** A request that a fault strikes. */
export interface Struck {
	request: SeenRequest;
	/** Has the partner carry it out. */
	forward: () => Promise<PartnerAnswer>;
	response: ServerResponse;
	/** Has the client's socket fail, as a route or TLS does that breaks. */
	breakClient: (code: string, syscall: string) => void;
}

export type Strike = (struck: Struck) => Promise<void> | void;

/** A request that came, and the partner's answer where it was sent on. */
export interface Passage {
	request: SeenRequest;
	answer: PartnerAnswer | undefined;
}

export interface FrontOptions {
	/** Where the partner listens, `http://127.0.0.1:port`. */
	partner: string;
	/** Whether a request is of the operation that is looked at; the others pass. */
	isMeant(request: SeenRequest): boolean;
	tls: boolean;
	port: number;
}

/** What stands between our node and a partner, and spoils what it is told to. */
export interface Front {
	url: string;
	/** From now on: how many of the requests meant are struck, and how. */
	arm(strike: Strike, times: number): void;
	/** Everything that came, oldest first. */
	passages: Passage[];
	/** Requests of the operation that is looked at, since it was armed. */
	sent(): number;
	/** As long as the partner is at work. */
	settled(): Promise<void>;
	/** Stops listening; {@link reopen} starts again at the same port. */
	shut(): Promise<void>;
	reopen(): void;
	close(): Promise<void>;
}

let certificate: Promise<{ key: string; cert: string }> | undefined;

async function createCertificate(): Promise<{ key: string; cert: string }> {
	const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }]);
	return { key, cert };
}

/** Starts a front, not armed yet: everything passes. */
export async function startFront(options: FrontOptions): Promise<Front> {
	const passages: Passage[] = [];
	const atWork = new Set<Promise<unknown>>();
	const sockets = new Set<Socket>();
	const clientSockets = watchClientSockets();
	let sent = 0;
	let left = 0;
	let strike: Strike = () => undefined;

	const handle = async (incoming: IncomingMessage, response: ServerResponse) => {
		const request = await readRequest(incoming);
		const passage: Passage = { request, answer: undefined };
		passages.push(passage);
		const forward = async () => {
			const working = forwardTo(options.partner, request, options.tls);
			atWork.add(working);
			passage.answer = await working.finally(() => atWork.delete(working));
			return passage.answer;
		};
		const isMeant = options.isMeant(request);
		if (isMeant) sent += 1;
		if (isMeant && left > 0) {
			left -= 1;
			const { remotePort } = incoming.socket;
			const breakClient = (code: string, syscall: string) =>
				clientSockets.breakOf(remotePort, systemError(code, syscall));
			await strike({ request, forward, response, breakClient });
		} else {
			giveBack(response, await forward());
		}
	};
	const listener = (incoming: IncomingMessage, response: ServerResponse) => {
		// Whoever sent it may have left meanwhile, which is no matter of the front.
		handle(incoming, response).catch(() => response.destroy());
	};
	const server: Server = options.tls
		? createTlsServer({ ...(await (certificate ??= createCertificate())) }, listener)
		: createServer({ keepAliveTimeout: 60_000 }, listener);
	server.on('connection', (socket: Socket) => {
		sockets.add(socket);
		socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
	});
	server.listen(options.port, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;

	const shut = async () => {
		if (!server.listening) return;
		const closed = once(server, 'close');
		server.close();
		for (const socket of sockets) socket.destroy();
		await closed;
	};
	return {
		url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
		passages,
		arm(how, times) {
			strike = how;
			left = times;
			sent = 0;
		},
		sent: () => sent,
		settled: async () => {
			await Promise.allSettled(atWork);
		},
		shut,
		reopen: () => void server.listen(port, '127.0.0.1'),
		close: async () => {
			clientSockets.stop();
			await shut();
		},
	};
}

export async function readRequest(incoming: IncomingMessage): Promise<SeenRequest> {
	const { method = '', url: path = '', headers } = incoming;
	return { method, path, headers, body: await bytesOf(incoming) };
}

async function forwardTo(
	partner: string,
	{ method, path, headers, body }: SeenRequest,
	tls: boolean,
): Promise<PartnerAnswer> {
	const { hostname, port } = new URL(partner);
	const outgoing = sendOn({
		hostname,
		port,
		method,
		path,
		agent: false,
		headers: { ...headers, connection: 'close', 'x-forwarded-proto': tls ? 'https' : 'http' },
	});
	outgoing.end(body);
	const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
	const answer = await bytesOf(incoming);
	return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: answer };
}

async function bytesOf(incoming: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
	return Buffer.concat(chunks);
}

/** Answers with these bytes, as long as they are. */
export function giveBack(response: ServerResponse, answer: PartnerAnswer): void {
	const type = answer.headers['content-type'];
	response.writeHead(answer.status, {
		...(type === undefined ? {} : { 'content-type': type }),
		'content-length': answer.body.length,
	});
	response.end(answer.body);
}
