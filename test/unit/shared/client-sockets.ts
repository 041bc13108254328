import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';

const CHANNEL = 'http.client.request.start';

/** The sockets that this process sends requests over, so that a test can break them from within. */
export interface ClientSockets {
	/** Has the open ones fail, as a broken route or TLS does. */
	breakWith(error: NodeJS.ErrnoException): void;
	/** The same for the one that has this port. */
	breakOf(port: number | undefined, error: NodeJS.ErrnoException): void;
	stop(): void;
}

export function watchClientSockets(): ClientSockets {
	const sockets = new Set<Socket>();
	const onRequest = (message: unknown) => {
		const { socket } = (message as { request: ClientRequest }).request;
		if (!socket || sockets.has(socket)) return;
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
	};
	subscribe(CHANNEL, onRequest);
	return {
		breakWith: (error) => sockets.forEach((socket) => socket.destroy(error)),
		breakOf: (port, error) =>
			[...sockets].find(({ localPort }) => localPort === port)?.destroy(error),
		stop: () => unsubscribe(CHANNEL, onRequest),
	};
}

/** An error as the system reports it. */
export function systemError(code: string, syscall?: string): NodeJS.ErrnoException {
	return Object.assign(new Error(`${syscall ?? ''} ${code}`), {
		code,
		...(syscall && { syscall }),
	});
}
