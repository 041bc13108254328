import { watchClientSockets, type ClientSockets } from './client-sockets';
import type { Loopback } from './loopback';

/** The servers of a test, and the sockets of this process that go to them. */
export interface WatchedServers {
	/** Closes a server at the end of the test. */
	started: (server: Promise<Loopback>) => Promise<Loopback>;
	/** Has the open sockets fail, as a broken route or TLS does. */
	breakWith: ClientSockets['breakWith'];
}

/** Watches client sockets in each test of a file, and closes the test's servers after it. */
export function watchServers(): WatchedServers {
	const servers: Loopback[] = [];
	let sockets: ClientSockets;
	beforeEach(() => {
		sockets = watchClientSockets();
	});
	afterEach(async () => {
		sockets.stop();
		await Promise.all(servers.splice(0).map(async (server) => await server.close()));
	});
	return {
		async started(promise) {
			const server = await promise;
			servers.push(server);
			return server;
		},
		breakWith: (error) => sockets.breakWith(error),
	};
}
