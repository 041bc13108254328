/** @needs redis */

import { setTimeout as sleep } from 'node:timers/promises';
import type { IDataObject } from 'n8n-workflow';
import { SANDBOX_USER } from '../../sandbox/clientright';
import { SANDBOX_DISTRIBUTOR } from '../../sandbox/elektrik';
import { createSandbox, type Sandbox, type SandboxAddress } from '../../sandbox/server';
import { ACCOUNT, CONTACT, mapped, retried } from '../workflows/clientright-bench';
import type { NodeOutcome, NodeRun } from '../workflows/engine';
import { startRedis, type RedisServer } from './redis-server';
import { startEngine, watchRedisConnections, type Engine } from './two-processes';

let engines: [Engine, Engine];
let redis: RedisServer;
let sandbox: Sandbox;
let address: SandboxAddress;
let endConnections: () => void;
beforeAll(async () => {
	engines = [await startEngine(), await startEngine()];
}, 120_000);
beforeEach(async () => {
	endConnections = watchRedisConnections();
	redis = await startRedis();
	sandbox = createSandbox();
	address = await sandbox.start();
});
afterEach(async () => {
	endConnections();
	await sandbox.stop();
	await redis.stop();
});

type More = Partial<NodeRun> & { options?: IDataObject };

/** Runs an operation in one of the two processes. */
async function run(
	process: 0 | 1,
	node: 'clientRight' | 'elektrik',
	operation: string,
	parameters: IDataObject,
	{ options = {}, ...more }: More = {},
): Promise<NodeOutcome> {
	const [resource, name] = operation.split('.');
	const { clientright, elektrik } = address;
	return await engines[process]({
		node,
		parameters: {
			resource,
			operation: name,
			...parameters,
			options: { lock: 'redis', ...options },
		},
		credentials: {
			clientRightApi: { url: clientright.url, ...SANDBOX_USER, allowUnauthorizedCerts: false },
			elektrikApi: { url: elektrik.url, ...SANDBOX_DISTRIBUTOR, allowUnauthorizedCerts: false },
			redis: { host: '127.0.0.1', port: redis.port },
		},
		...more,
	});
}

const UPSERTS = [
	['contact.upsert', 'CreateContact', CONTACT],
	['account.upsert', 'CreateAccount', ACCOUNT],
] as const;

describe.each(UPSERTS)('%s in two n8n processes at once', (name, operation, record) => {
	const upsert = async (process: 0 | 1, more: More = {}) =>
		await run(process, 'clientRight', name, record, more);

	it('makes two records where each process has locks of its own', async () => {
		sandbox.clientright.crm.setSettings({ workMs: 500 });
		const options = { lock: 'memory' };
		await Promise.all([upsert(0, { options }), upsert(1, { options })]);
		expect(sandbox.clientright.crm.records()).toHaveLength(2);
	});

	it('makes one where the locks are in Redis', async () => {
		sandbox.clientright.crm.setSettings({ workMs: 500 });
		const outcomes = await Promise.all([upsert(0), upsert(1), upsert(0), upsert(1)]);
		const id = sandbox.clientright.crm.records()[0]?.id;
		const ids = outcomes.flatMap(({ items }) =>
			items.map(({ json }) => json.contactId ?? json.accountId),
		);
		expect(ids).toEqual([id, id, id, id]);
		expect(sandbox.clientright.crm.records()).toHaveLength(1);
	});

	it('waits for a call of the other process whose answer was lost', async () => {
		const { crm } = sandbox.clientright;
		crm.setSettings({ workMs: 6_000 });
		setTimeout(() => crm.setSettings({ workMs: 0 }), 900);
		const { error } = await upsert(0, { options: { timeout: 1 } });
		expect(error?.message).toContain('did not respond within 1 s');
		const next = await upsert(1);
		expect(next.error).toBeUndefined();
		expect(crm.records()).toHaveLength(1);
		expect(new Set(crm.requests({ operation }).map(({ session }) => session)).size).toBe(1);
	}, 30_000);
});

describe('an upsert whose lock is in Redis', () => {
	it('is not sent while Redis is unavailable, and says what to do', async () => {
		await redis.stop();
		const { error } = await run(0, 'clientRight', 'contact.upsert', CONTACT);
		expect(error?.message).toMatch(/^Not sent, because Redis cannot lock the record: /);
		expect(error?.description).toMatch(/^Nothing was sent\. .*Check the Redis credential/);
		expect(sandbox.clientright.crm.requests()).toEqual([]);
	}, 30_000);

	it('is tried again by n8n, and sent once Redis is back', async () => {
		await redis.stop();
		const settings = { ...retried, waitBetweenTries: 2_000 };
		const running = run(0, 'clientRight', 'contact.upsert', CONTACT, { settings });
		await sleep(7_000);
		redis = await startRedis(redis.port);
		expect((await running).error).toBeUndefined();
		expect(sandbox.clientright.crm.contacts()).toHaveLength(1);
	}, 60_000);

	it('ends at once when it is stopped while the other process has its turn', async () => {
		sandbox.clientright.crm.setSettings({ workMs: 3_000 });
		const first = run(0, 'clientRight', 'contact.upsert', CONTACT);
		await sleep(1_000);
		const stop = new AbortController();
		const waiting = run(1, 'clientRight', 'contact.upsert', CONTACT, { stop: stop.signal });
		await sleep(500);
		const startedAt = performance.now();
		stop.abort();
		await waiting;
		expect(performance.now() - startedAt).toBeLessThan(1_000);
		await first;
		await sleep(500);
		expect(sandbox.clientright.crm.requests({ operation: 'CreateContact' })).toHaveLength(1);
	}, 30_000);

	it('asks for the credential of Redis, and other operations do not', async () => {
		const credentials = {
			clientRightApi: {
				url: address.clientright.url,
				...SANDBOX_USER,
				allowUnauthorizedCerts: false,
			},
		};
		const upsert = await run(0, 'clientRight', 'contact.upsert', CONTACT, { credentials });
		expect(upsert.error?.message).toContain('credentials set for "redis"');
		const ids = { contactId: '1', offenderId: '2' };
		const project = await run(0, 'clientRight', 'project.create', ids, { credentials });
		expect(project.error).toBeUndefined();
	});

	it('refuses another value of the option', async () => {
		const { error } = await run(0, 'clientRight', 'contact.upsert', CONTACT, {
			options: { lock: 'Redis' },
		});
		expect(error?.message).toBe('The option "Lock Records In" (lock) must be "memory" or "redis"');
		expect(sandbox.clientright.crm.requests()).toEqual([]);
	});
});

it('many upserts in two processes, a third of the answers lost, leave a record a key', async () => {
	const { crm } = sandbox.clientright;
	crm.setSettings({ workMs: 20 });
	for (let fault = 1; fault <= 40; fault++) {
		crm.injectFault({
			kind: 'drop',
			carryOut: true,
			skip: 2 * fault,
			operation: 'CreateContact',
		});
	}
	const input = Array.from({ length: 60 }, (_, at) => ({
		...CONTACT,
		mobile: `+7 900 000-00-${String(10 + (at % 6))}`,
		lastName: `Клиент ${at}`,
	}));
	const settings = { onError: 'continueRegularOutput' } as const;
	const outcomes = await Promise.all(
		([0, 1] as const).map(
			async (process) =>
				await run(process, 'clientRight', 'contact.upsert', mapped, { input, settings }),
		),
	);
	const failures = outcomes.flatMap(({ items }) =>
		items.flatMap(({ json }) => (json.error === undefined ? [] : [json.error])),
	);
	// One item in 27 loses all three answers.
	for (const failure of failures)
		expect(failure).toMatch(/closed the connection without a response/);
	expect(outcomes.map(({ items }) => items.length)).toEqual([60, 60]);
	expect(crm.contacts()).toHaveLength(6);
	expect(crm.statistics().mostAtOnceForAMobile).toBe(1);
}, 60_000);

describe('points of one phone, in two processes', () => {
	const phone = '79000000001';
	const update = async (process: 0 | 1, points: number, more: More = {}) =>
		await run(process, 'elektrik', 'user.updatePoints', { phone, points }, more);

	it('never end with the older value, when its answer was lost and n8n retries it', async () => {
		const { portal } = sandbox.elektrik;
		portal.seed({ phone });
		portal.injectFault({ kind: 'drop', carryOut: true, times: 3 });
		const settings = { ...retried, maxTries: 2, waitBetweenTries: 3_000 };
		const older = update(0, 1, { settings });
		await sleep(2_500);
		const newer = await update(1, 2);
		expect(newer.items[0]?.json).toMatchObject({ updated: true });
		expect((await older).error?.description).toContain('newer data about the same record was sent');
		expect(portal.electrician(phone)).toMatchObject({ points: 2 });
	}, 30_000);
});
