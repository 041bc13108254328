import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const CHANGE_EVERY_MS = 5_000;
const SEEN_WITHIN_MS = 30_000;

/** An order comes into the CRM every five seconds; gives the identifiers of these changes. */
export function keepChanging(seed: (orderId: string) => number): { stop(): string[] } {
	const events: string[] = [];
	const timer = setInterval(() => {
		const orderId = `L-${events.length}`;
		events.push(`${orderId}:${seed(orderId)}`);
	}, CHANGE_EVERY_MS);
	return {
		stop: () => {
			clearInterval(timer);
			return events;
		},
	};
}

/** What sees changes arrive. */
interface Witness {
	url: string;
	/** How many of the changes did not come, waited for half a minute. */
	missing(changes: readonly string[]): Promise<number>;
	stop(): void;
}

/** What the workflow of the order trigger tells its changes to. */
export async function startWitness(): Promise<Witness> {
	const seen = new Set<string>();
	const server = createServer((request, response) => {
		seen.add(decodeURIComponent(request.url?.slice(1) ?? ''));
		response.end('{}');
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		missing: async (changes) => {
			const until = Date.now() + SEEN_WITHIN_MS;
			const missing = () => changes.filter((change) => !seen.has(change)).length;
			while (missing() > 0 && Date.now() < until) await sleep(500);
			return missing();
		},
		stop: () => {
			server.close();
			server.closeAllConnections();
		},
	};
}
