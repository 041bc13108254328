import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';

/** How far a request got on its way, as seen on its socket and not as an error's name suggests. */
export interface RequestProgress {
	/**
	 * Whether a byte of the request may have left. Node holds back what is written to a socket that is
	 * not connected (for TLS: not secured), so nothing leaves before. `undefined` while nothing was
	 * observed.
	 */
	mayHaveLeft: boolean | undefined;
}

/** Records when a request's socket is connected, or that it was connected before. */
export function watchRequest(request: ClientRequest, progress: RequestProgress): void {
	progress.mayHaveLeft ??= false;
	if (request.socket) watchSocket(request.socket, progress);
	else request.once('socket', (socket) => watchSocket(socket, progress));
}

/** `secureConnecting` is true until the handshake is done and the certificate accepted. */
type ConnectingSocket = Socket & { encrypted?: boolean; secureConnecting?: boolean };

function watchSocket(socket: ConnectingSocket, progress: RequestProgress): void {
	// Dialing failed before the request got the socket.
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

/** The second one comes with Node 22; without it, a request is first seen once it has a socket. */
const CHANNELS = ['http.client.request.start', 'http.client.request.created'];
const progressOfCall = new AsyncLocalStorage<RequestProgress>();
let isSubscribed = false;

/** Watches the requests that a call makes, where the caller has no hand on them. */
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
