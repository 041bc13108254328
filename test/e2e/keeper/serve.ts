import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Keeper } from './keeper';
import { KEEPER, type LoginName, type QueueProcessName, type QueueServiceName } from './messages';

/** What Jest has in common with itself between the beginning and the end of a run. */
const run = globalThis as { partnerExchangeKeeper?: { keeper: Keeper; server: Server } };

/** Lets test files ask a keeper, over HTTP on this machine. */
export async function serveKeeper(): Promise<void> {
	const keeper = new Keeper();
	const server = createServer((request, response) => {
		const [, action = '', name = ''] = (request.url ?? '').split('/');
		carryOut(keeper, action, name).then(
			(result) => response.end(JSON.stringify(result ?? null)),
			(error: unknown) => response.writeHead(500).end((error as Error).message),
		);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	run.partnerExchangeKeeper = { keeper, server };
	process.env[KEEPER] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export async function closeKeeper(): Promise<void> {
	const { keeper, server } = run.partnerExchangeKeeper ?? {};
	server?.close();
	server?.closeAllConnections();
	await keeper?.stop();
}

async function carryOut(keeper: Keeper, action: string, name: string): Promise<unknown> {
	switch (action) {
		case 'package':
			return await keeper.package();
		case 'n8n':
			return await keeper.startN8n();
		case 'queue':
			return await keeper.startQueue();
		case 'login':
			return await keeper.logIn(name as LoginName);
		case 'start':
			return await keeper.start(name as QueueProcessName);
		case 'crash':
			await keeper.crash(name as QueueProcessName | QueueServiceName);
			return;
		case 'recover':
			await keeper.recover(name as QueueServiceName);
			return;
		default:
			throw new Error(`The keeper knows no "${action}".`);
	}
}
