import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';

/** How far a request got, as observed on its socket. */
export interface RequestProgress {
	/**
	 * Whether a byte of the request may have been sent. Node.js buffers what is written to a socket that is
	 * not connected (for TLS: not secured), so nothing is sent before. `undefined` if nothing was observed.
	 */
	mayHaveLeft: boolean | undefined;
}

/** Records when a request's socket connects, or that it is already connected. */
export function watchRequest(request: ClientRequest, progress: RequestProgress): void {
	progress.mayHaveLeft ??= false;
	if (request.socket) watchSocket(request.socket, progress);
	else request.once('socket', (socket) => watchSocket(socket, progress));
}

/** `secureConnecting` is true until the handshake is complete and the certificate accepted. */
type ConnectingSocket = Socket & { encrypted?: boolean; secureConnecting?: boolean };

function watchSocket(socket: ConnectingSocket, progress: RequestProgress): void {
	// The connection failed before the request got the socket.
	if (socket.destroyed) return;
	const isConnecting = socket.encrypted ? socket.secureConnecting : socket.connecting;
	if (isConnecting !== true) {
		progress.mayHaveLeft = true;
		return;
	}
	socket.once(socket.encrypted ? 'secureConnect' : 'connect', () => {
		progress.mayHaveLeft = true;
	});
}

/** Node.js has the second channel from version 22; without it, a request is first observed when it has a socket. */
const CHANNELS = ['http.client.request.start', 'http.client.request.created'];
const progressOfCall = new AsyncLocalStorage<RequestProgress>();
let isSubscribed = false;

/** Watches the requests that a call makes, if the caller has no access to them. */
export async function observeRequests<T>(
	progress: RequestProgress,
	call: () => Promise<T>,
): Promise<T> {
	if (!isSubscribed) CHANNELS.forEach((channel) => subscribe(channel, onRequest));
	isSubscribed = true;
	return await progressOfCall.run(progress, call);
}

function onRequest(message: unknown): void {
	const progress = progressOfCall.getStore();
	const { request } = message as { request?: unknown };
	if (progress && request instanceof ClientRequest) watchRequest(request, progress);
}
