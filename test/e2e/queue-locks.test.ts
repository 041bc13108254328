/** @needs redis postgresql */

import { SANDBOX_USER } from '../../sandbox/clientright';
import type { WorkflowDefinition, WorkflowNode } from '../../tools/n8n/workflow';
import { CLEAN_UP_TIMEOUT, INSTALL_TIMEOUT } from './host';
import { useQueueHost, type QueueHost } from './queue-host';
import { splitOut } from './trigger-workflows';
import { startRedis, type RedisServer } from '../peers/redis-server';

const KEYS = 40;
const UPSERTS = process.env.PARTNER_EXCHANGE_LONG ? 1_000 : 200;
const ITEMS_PER_EXECUTION = 5;
const EXECUTIONS_AT_ONCE = 24;
const TIMEOUT_SECONDS = 3;
/** For so long the CRM is between its look for a record and its writing of one. */
const WORK_MS = 300;

let host: QueueHost;
/** Where the locks are: another Redis than the queue's. */
let locks: RedisServer;
let ids: { crm: string; redis: string };
beforeAll(async () => {
	locks = await startRedis();
	host = await useQueueHost();
	ids = {
		crm: await host.rest.createCredential({
			name: 'CRM',
			type: 'clientRightApi',
			data: { url: host.address.clientright.url, ...SANDBOX_USER, allowUnauthorizedCerts: false },
		}),
		redis: await host.rest.createCredential({
			name: 'Redis',
			type: 'redis',
			data: { host: '127.0.0.1', port: locks.port, database: 0, ssl: false },
		}),
	};
}, INSTALL_TIMEOUT);
afterAll(async () => {
	await locks.stop();
	await host.stop();
}, CLEAN_UP_TIMEOUT);

/** Upserts what a request brings, and answers it with what the node gave. */
function upsertWorkflow(resource: string, lock: string): WorkflowDefinition {
	const nodes: WorkflowNode[] = [
		{
			name: 'Webhook',
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			position: [0, 0],
			parameters: {
				httpMethod: 'POST',
				path: `${resource}-${lock}`,
				responseMode: 'lastNode',
				responseData: 'allEntries',
				options: {},
			},
		},
		{ name: 'Items', position: [200, 0], ...splitOut('body.items') },
		{
			name: 'Upsert',
			type: 'n8n-nodes-partner-exchange.clientRight',
			typeVersion: 1,
			position: [400, 0],
			parameters: {
				resource,
				operation: 'upsert',
				dataMode: 'autoMapInputData',
				options: { lock, timeout: TIMEOUT_SECONDS },
			},
			credentials: {
				clientRightApi: { id: ids.crm, name: 'CRM' },
				redis: { id: ids.redis, name: 'Redis' },
			},
			onError: 'continueRegularOutput',
		},
	];
	const to = (node: string) => ({ main: [[{ node, type: 'main' as const, index: 0 }]] });
	return {
		name: `${resource} ${lock}`,
		nodes,
		connections: { Webhook: to('Items'), Items: to('Upsert') },
		settings: { executionOrder: 'v1' },
	};
}

const RECORDS: Record<string, (number: number) => object> = {
	contact: (number) => ({
		firstName: 'Анна',
		lastName: `Образцова ${number}`,
		birthday: '1990-01-31',
		mobile: `+7 900 000-00-${10 + (number % KEYS)}`,
		inn: '123456789047',
	}),
	account: (number) => ({
		accountName: `ООО "Три бобра ${number}"`,
		inn: `12345678${10 + (number % KEYS)}`,
		ogrn: '1234567890127',
	}),
};
const OPERATIONS = ['CreateContact', 'CreateAccount'];

/** A third of the answers: most connections break after the work, and some answers come too late. */
function loseAnswers(): void {
	const { crm } = host.sandbox.clientright;
	for (const operation of OPERATIONS) {
		for (let fault = 1; fault <= UPSERTS; fault++) {
			// Faults let requests pass side by side, but for the one that is struck: every third is.
			const timing = { operation, carryOut: true, skip: 2 * fault };
			if (fault % 10 === 0) crm.injectFault({ ...timing, kind: 'delay', ms: 4_000 });
			else crm.injectFault({ ...timing, kind: fault % 2 ? 'drop' : 'reset' });
		}
	}
}

/** @returns what the items gave */
async function upsertAll(lock: string, count: number): Promise<Array<Record<string, unknown>>> {
	for (const resource of Object.keys(RECORDS)) {
		const { id } = await host.rest.createWorkflow(upsertWorkflow(resource, lock));
		await host.rest.activate(id);
	}
	const requests = Object.entries(RECORDS).flatMap(([resource, record]) =>
		Array.from({ length: count / 2 / ITEMS_PER_EXECUTION }, (_, execution) => {
			// Two at a time are about the same records, and wherever they run, they run at once.
			const first = Math.floor(execution / 2) * ITEMS_PER_EXECUTION;
			const items = Array.from({ length: ITEMS_PER_EXECUTION }, (__, at) => record(first + at));
			return { path: `${resource}-${lock}`, items, execution };
		}),
	);
	requests.sort((one, two) => one.execution - two.execution);
	const outputs: Array<Record<string, unknown>> = [];
	const sendNext = async (sender: number): Promise<void> => {
		for (let next = requests.shift(); next; next = requests.shift()) {
			const { path, items } = next;
			const response = await fetch(`${host.webhooks[sender % 2]!.url}/webhook/${path}`, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({ items }),
			});
			outputs.push(...((await response.json()) as Array<Record<string, unknown>>));
		}
	};
	await Promise.all(
		Array.from({ length: EXECUTIONS_AT_ONCE }, async (_, at) => await sendNext(at)),
	);
	return outputs;
}

const startedExecutions = () =>
	host.workers.map((worker) => worker.log().split('Worker started execution').length - 1);

beforeEach(() => {
	const { crm } = host.sandbox.clientright;
	crm.reset();
	crm.setSettings({ workMs: WORK_MS });
});

it('two workers without a common lock make two records of one key', async () => {
	loseAnswers();
	// Two executions are rarely started within less time.
	host.sandbox.clientright.crm.setSettings({ workMs: 1_500 });
	await upsertAll('memory', 200);
	const { crm } = host.sandbox.clientright;
	const [contacts, accounts] = [crm.contacts().length, crm.accounts().length];
	process.stderr.write(`Without a lock: ${contacts} contacts and ${accounts} accounts\n`);
	expect(contacts + accounts).toBeGreaterThan(2 * KEYS);
}, 600_000);

it(`two workers with locks in Redis leave ${KEYS} records each of ${UPSERTS} upserts, a third of the answers lost`, async () => {
	loseAnswers();
	const before = startedExecutions();
	const startedAt = Date.now();
	const outputs = await upsertAll('redis', UPSERTS);
	const { crm } = host.sandbox.clientright;
	const calls = OPERATIONS.flatMap((operation) => crm.requests({ operation }));
	const lost = calls.filter(({ fault }) => fault !== null);
	const shares = startedExecutions().map((count, worker) => count - before[worker]!);
	process.stderr.write(
		`${UPSERTS} upserts in ${Date.now() - startedAt} ms: ${calls.length} calls, ${lost.length} answers lost, executions by worker: ${shares.join(', ')}\n`,
	);
	expect({ contacts: crm.contacts().length, accounts: crm.accounts().length }).toEqual({
		contacts: KEYS,
		accounts: KEYS,
	});
	expect(outputs).toHaveLength(UPSERTS);
	// An item may lose all three answers.
	for (const { error } of outputs) {
		if (error !== undefined)
			expect(error).toMatch(/without a response|broke during|did not respond/);
	}
	expect(lost.length).toBeGreaterThan(0.3 * calls.length);
	for (const share of shares) expect(share).toBeGreaterThan(0);
}, 1_200_000);
