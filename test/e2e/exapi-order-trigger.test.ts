import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SANDBOX_PARTNER } from '../../sandbox/exapi';
import type { WorkflowDefinition } from '../../tools/n8n/workflow';
import { INSTALL_TIMEOUT, startHost, type Host } from './host';

const DEATHS = process.env.PARTNER_EXCHANGE_LONG ? 20 : 3;
/** n8n takes no schedule with several seconds in it, but several schedules. */
const EVERY_TWO_SECONDS = Array.from({ length: 30 }, (_, index) => ({
	mode: 'custom',
	cronExpression: `${index * 2} * * * * *`,
}));

let host: Host;
/** Takes what the workflow sends on: the only witness that a change arrived. */
let witness: Server;
const arrived = new Map<string, number>();

beforeAll(async () => {
	witness = createServer((request, response) => {
		const eventId = decodeURIComponent(request.url?.slice(1) ?? '');
		arrived.set(eventId, (arrived.get(eventId) ?? 0) + 1);
		response.end('{}');
	});
	witness.listen(0, '127.0.0.1');
	await once(witness, 'listening');
	host = await startHost([]);
}, INSTALL_TIMEOUT);

afterAll(async () => {
	witness.close();
	await host.stop();
	await host.remove();
}, 60_000);

const workflow = (credentialId: string): WorkflowDefinition => ({
	name: 'Changes',
	nodes: [
		{
			name: 'Changes',
			type: 'n8n-nodes-partner-exchange.exapiOrderTrigger',
			typeVersion: 1,
			position: [0, 0],
			parameters: {
				pollTimes: { item: EVERY_TWO_SECONDS },
				event: 'statusChanged',
				startFrom: 'now',
			},
			credentials: { exapiApi: { id: credentialId, name: 'CRM' } },
		},
		{
			name: 'Tell the witness',
			type: 'n8n-nodes-base.httpRequest',
			typeVersion: 4.2,
			position: [200, 0],
			parameters: {
				url: `=http://127.0.0.1:${(witness.address() as AddressInfo).port}/{{ encodeURIComponent($json.eventId) }}`,
				options: {},
			},
		},
	],
	connections: { Changes: { main: [[{ node: 'Tell the witness', type: 'main', index: 0 }]] } },
	settings: { executionOrder: 'v1' },
});

/** Orders change all the while, a new one every half second; gives their event identifiers. */
function keepChanging(): { stop(): string[] } {
	const { crm } = host.sandbox.exapi;
	const eventIds: string[] = [];
	const timer = setInterval(() => {
		const [order] = crm.seed({ orderId: `C-${eventIds.length}` });
		eventIds.push(`${order!.orderId}:${order!.updateRevision}`);
	}, 500);
	return {
		stop: () => {
			clearInterval(timer);
			return eventIds;
		},
	};
}

/** When it stays in vain, what n8n said is kept, and the error names where. */
async function untilArrived(eventIds: readonly string[]): Promise<void> {
	// n8n tries again to activate a workflow that it could not, after ever longer pauses.
	const until = Date.now() + 150_000;
	const missing = () => eventIds.filter((eventId) => !arrived.has(eventId));
	while (missing().length > 0 && Date.now() < until) await sleep(500);
	if (missing().length === 0) return;
	const log = join(tmpdir(), 'partner-exchange-changes-lost.log');
	await writeFile(log, host.n8n.log());
	const running = host.n8n.isRunning ? 'runs' : 'has ended';
	throw new Error(`n8n ${running}, its log is in ${log}; did not arrive: ${missing().join(' ')}`);
}

it(
	`loses no change, however often n8n dies: ${DEATHS} times`,
	async () => {
		host.sandbox.exapi.crm.seed({ orderId: 'before' });
		const credentialId = await host.rest.createCredential({
			name: 'CRM',
			type: 'exapiApi',
			data: { url: host.address.exapi.url, ...SANDBOX_PARTNER, timeZone: 'Europe/Moscow' },
		});
		const { id } = await host.rest.createWorkflow(workflow(credentialId));
		await host.rest.activate(id);
		const changes = keepChanging();
		for (let death = 0; death < DEATHS; death++) {
			// At some moment of polling, saving or running.
			await sleep(2_000 + Math.random() * 4_000);
			await host.n8n.crash();
			await sleep(1_000);
			await host.n8n.start();
		}
		await sleep(3_000);
		await untilArrived(changes.stop());
		expect([...arrived.keys()].filter((eventId) => eventId.startsWith('before'))).toEqual([]);
	},
	240_000 + DEATHS * 60_000,
);
