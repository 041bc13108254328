import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SANDBOX_PARTNER } from '../../sandbox/exapi';
import type { WorkflowDefinition } from '../../tools/n8n/workflow';
import { INSTALL_TIMEOUT, startHost, startHostBeside, type Host } from './host';

const DEATHS = process.env.PARTNER_EXCHANGE_LONG ? 20 : 2;
/** n8n takes no schedule with several seconds in it, but several schedules. */
const EVERY_TWO_SECONDS = Array.from({ length: 30 }, (_, index) => ({
	mode: 'custom',
	cronExpression: `${index * 2} * * * * *`,
}));
/** n8n makes a new context from its database for each poll. */
const DURABLE_SCHEDULER = {
	N8N_SCHEDULER_ENABLED: 'true',
	N8N_SCHEDULER_POLL_TRIGGERS_ENABLED: 'true',
	// By default it looks for polls that are due every five seconds.
	N8N_SCHEDULER_EXECUTOR_INTERVAL: '1',
	N8N_LOG_LEVEL: 'debug',
};

/** An n8n whose polls one of its schedulers starts. */
interface Polling {
	scheduler: 'ordinary' | 'durable';
	host: Host;
	/** How often each change arrived, by `eventId`. */
	arrived: Map<string, number>;
}

const pollings: Polling[] = [];
/** Takes what the workflows send on: the only witness that a change arrived. */
let witness: Server;

beforeAll(async () => {
	witness = createServer((request, response) => {
		const [, scheduler, eventId = ''] = (request.url ?? '').split('/').map(decodeURIComponent);
		const arrived = pollings.find((polling) => polling.scheduler === scheduler)?.arrived;
		arrived?.set(eventId, (arrived.get(eventId) ?? 0) + 1);
		response.end('{}');
	});
	witness.listen(0, '127.0.0.1');
	await once(witness, 'listening');
	const host = await startHost([]);
	pollings.push({ scheduler: 'ordinary', host, arrived: new Map() });
	// n8n has this scheduler since its second version.
	if (!process.env.PARTNER_EXCHANGE_N8N?.startsWith('1.')) {
		const durable = await startHostBeside(host, [], DURABLE_SCHEDULER);
		pollings.push({ scheduler: 'durable', host: durable, arrived: new Map() });
	}
	host.sandbox.exapi.crm.seed({ orderId: 'before' });
	await inEach(async (polling) => {
		const { rest, address } = polling.host;
		const credentialId = await rest.createCredential({
			name: 'CRM',
			type: 'exapiApi',
			data: { url: address.exapi.url, ...SANDBOX_PARTNER, timeZone: 'Europe/Moscow' },
		});
		const { id } = await rest.createWorkflow(workflow(polling, credentialId));
		await rest.activate(id);
	});
}, INSTALL_TIMEOUT);

afterAll(async () => {
	witness.close();
	for (const { host } of pollings) {
		await host.stop();
		await host.remove();
	}
}, 60_000);

async function inEach(act: (polling: Polling) => Promise<void>): Promise<void> {
	await Promise.all(pollings.map(act));
}

const workflow = ({ scheduler }: Polling, credentialId: string): WorkflowDefinition => ({
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
				url: `=http://127.0.0.1:${(witness.address() as AddressInfo).port}/${scheduler}/{{ encodeURIComponent($json.eventId) }}`,
				options: {},
			},
		},
	],
	connections: { Changes: { main: [[{ node: 'Tell the witness', type: 'main', index: 0 }]] } },
	settings: { executionOrder: 'v1' },
});

/** Orders change all the while, a new one every half second; gives their event identifiers. */
function keepChanging(prefix: string): { stop(): string[] } {
	const { crm } = pollings[0]!.host.sandbox.exapi;
	const eventIds: string[] = [];
	const timer = setInterval(() => {
		const [order] = crm.seed({ orderId: `${prefix}-${eventIds.length}` });
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
async function untilArrived(
	{ scheduler, host, arrived }: Polling,
	eventIds: readonly string[],
): Promise<void> {
	// n8n tries again to activate a workflow that it could not, after ever longer pauses.
	const until = Date.now() + 150_000;
	const missing = () => eventIds.filter((eventId) => !arrived.has(eventId));
	while (missing().length > 0 && Date.now() < until) await sleep(500);
	if (missing().length === 0) return;
	const log = join(tmpdir(), `partner-exchange-changes-lost-${scheduler}.log`);
	await writeFile(log, host.n8n.log());
	const running = host.n8n.isRunning ? 'runs' : 'has ended';
	throw new Error(
		`The ${scheduler} scheduler: n8n ${running}, its log is in ${log}; did not arrive: ${missing().join(' ')}`,
	);
}

it('begins at the moment of publishing, though n8n dies before it emitted anything', async () => {
	await inEach(async ({ host }) => await host.n8n.crash());
	const [order] = pollings[0]!.host.sandbox.exapi.crm.seed({ orderId: 'while n8n was away' });
	await inEach(async ({ host }) => await host.n8n.start());
	await inEach(
		async (polling) => await untilArrived(polling, [`${order!.orderId}:${order!.updateRevision}`]),
	);
}, 240_000);

it('emits each change once while n8n lives, also after polls that found nothing', async () => {
	// Polls without a change save nothing.
	await sleep(7_000);
	const changes = keepChanging('A');
	await sleep(15_000);
	const eventIds = changes.stop();
	await inEach(async (polling) => await untilArrived(polling, eventIds));
	// Time for what should not come.
	await sleep(5_000);
	for (const { scheduler, arrived, host } of pollings) {
		const times = eventIds.map((eventId) => `${eventId} ${arrived.get(eventId)} times`);
		expect([scheduler, ...times]).toEqual([
			scheduler,
			...eventIds.map((eventId) => `${eventId} 1 times`),
		]);
		// Else the ordinary scheduler would be tested twice.
		const isDurable = host.n8n.log().includes('handed off to a new execution');
		expect(isDurable).toBe(scheduler === 'durable');
	}
}, 240_000);

it(
	`loses no change, however often n8n dies: ${DEATHS} times`,
	async () => {
		const changes = keepChanging('B');
		await inEach(async ({ host }) => {
			for (let death = 0; death < DEATHS; death++) {
				// At some moment of polling, saving or running.
				await sleep(2_000 + Math.random() * 4_000);
				await host.n8n.crash();
				await sleep(1_000);
				await host.n8n.start();
			}
		});
		await sleep(3_000);
		const eventIds = changes.stop();
		await inEach(async (polling) => await untilArrived(polling, eventIds));
		for (const { arrived } of pollings) {
			expect([...arrived.keys()].filter((eventId) => eventId.startsWith('before'))).toEqual([]);
		}
	},
	240_000 + DEATHS * 60_000,
);
