import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OutageTimes } from '../../nodes/shared/items/outage';
import { QUICK, thorough } from '../extent';
import { startCuttingProxy, type CuttingProxy } from '../unit/shared/cutting-proxy';
import { serveTcp } from '../unit/shared/loopback';
import { ACCESS_KEY, CONTACT, startClientRightBench, USERNAME } from './clientright-bench';
import { startElektrikBench, UID } from './elektrik-bench';
import type { NodeOutcome } from './engine';
import { startExapiBench, type ExapiBench } from './exapi-bench';

/** A partner that is unavailable while a node goes through many items, its errors continued. */

const goesOn = { onError: 'continueRegularOutput' } as const;
const mapped = { dataMode: 'autoMapInputData' };
const orders = (count: number) =>
	Array.from({ length: count }, (_, index) => ({ orderId: `A-${index}`, goodName: 'kettle' }));
const LONG = process.env.PARTNER_EXCHANGE_LONG === '1';
/** Longer than the second that an item's own three tries take. */
const AWAY_SECONDS = QUICK ? 2.5 : 5;

const errorsOf = ({ items }: NodeOutcome) =>
	items.map(({ json }) => json).filter(({ error }) => error !== undefined);

/** The times of the built nodes that n8n's engine runs. */
async function outageTimes(): Promise<OutageTimes> {
	const built = join(__dirname, '..', '..', 'dist', 'nodes', 'shared', 'items', 'outage.js');
	const { OUTAGE_TIMES } = (await import(built)) as { OUTAGE_TIMES: OutageTimes };
	return OUTAGE_TIMES;
}

let crm: ExapiBench;
let proxy: CuttingProxy;
let real: OutageTimes;
beforeEach(async () => {
	real = { ...(await outageTimes()) };
	crm = await startExapiBench();
	proxy = await startCuttingProxy(crm.url);
});
afterEach(async () => {
	Object.assign(await outageTimes(), real);
	await proxy.close();
	await crm.stop();
});

const create = async (count: number, concurrency: number, more: object = {}) =>
	await crm.run(
		'order.create',
		{ ...mapped, options: { concurrency } },
		{ input: orders(count), settings: goesOn, credential: { url: proxy.url }, ...more },
	);

describe(`a partner that is unavailable for ${AWAY_SECONDS} s`, () => {
	const points = Array.from({ length: 40 }, (_, index) => ({
		phone: `790000000${String(index).padStart(2, '0')}`,
		points: index,
	}));
	const clients = Array.from({ length: 40 }, (_, index) => ({
		...CONTACT,
		mobile: `+7 900 000-01-${String(index).padStart(2, '0')}`,
	}));

	it.each([
		[100, 1],
		[100, 4],
		[100, 8],
		[1, 1],
		[2, 1],
		[2, 2],
	])('costs none of %i orders, %i at once', async (count, concurrency) => {
		proxy.refuse();
		const running = create(count, concurrency);
		await sleep(AWAY_SECONDS * 1_000);
		expect(crm.crm.orders()).toHaveLength(0);
		await proxy.accept();
		expect(errorsOf(await running)).toEqual([]);
		expect(crm.crm.orders()).toHaveLength(count);
		expect(Object.values(crm.crm.receipts())).toEqual(Array(count).fill(1));
	});

	it('costs no update of points', async () => {
		const portal = await startElektrikBench();
		const front = await startCuttingProxy(portal.url);
		const elektrikApi = { url: front.url, uid: UID, allowUnauthorizedCerts: false };
		front.refuse();
		const running = portal.run('user.updatePoints', mapped, {
			input: points,
			settings: goesOn,
			credentials: { elektrikApi },
		});
		await sleep(AWAY_SECONDS * 1_000);
		await front.accept();
		expect(errorsOf(await running)).toEqual([]);
		expect(portal.updates()).toHaveLength(40);
		await front.close();
		await portal.stop();
	});

	it('costs no contact', async () => {
		const bench = await startClientRightBench();
		const front = await startCuttingProxy(bench.url);
		front.refuse();
		const running = bench.run('contact.upsert', mapped, {
			input: clients,
			settings: goesOn,
			credential: { url: front.url, username: USERNAME, accessKey: ACCESS_KEY },
		});
		await sleep(AWAY_SECONDS * 1_000);
		await front.accept();
		expect(errorsOf(await running)).toEqual([]);
		expect(bench.crm.contacts()).toHaveLength(40);
		await front.close();
		await bench.stop();
	});
});

/** A tenth of the real ones; an item's own three tries still take a second. */
async function useShortTimes(): Promise<void> {
	const { items, suspect, pause, probe, wait } = real;
	const tenth = { suspect: suspect / 10, pause: pause / 10, probe: probe / 10, wait: wait / 10 };
	Object.assign(await outageTimes(), { items, ...tenth });
}

describe('a partner that returns while the items wait', () => {
	beforeEach(useShortTimes);

	it.each([
		[3, 1],
		[30, 1],
		[30, 2],
		[30, 3],
	])('costs none of %i orders, %i at once', async (count, concurrency) => {
		proxy.refuse();
		const running = create(count, concurrency);
		await sleep(4_000);
		await proxy.accept();
		expect(errorsOf(await running)).toEqual([]);
		expect(Object.values(crm.crm.receipts())).toEqual(Array(count).fill(1));
	});

	it('gets the updates about one user in their order', async () => {
		const portal = await startElektrikBench();
		const front = await startCuttingProxy(portal.url);
		const elektrikApi = { url: front.url, uid: UID, allowUnauthorizedCerts: false };
		front.refuse();
		const running = portal.run(
			'user.updatePoints',
			{ ...mapped, options: { concurrency: 1 } },
			{
				input: Array.from({ length: 10 }, (_, points) => ({
					phone: `7900000000${points % 2}`,
					points,
				})),
				settings: goesOn,
				credentials: { elektrikApi },
			},
		);
		await sleep(4_000);
		await front.accept();
		expect(errorsOf(await running)).toEqual([]);
		const points = portal.updates().map((update) => Number(update.points));
		expect(points.filter((number) => number % 2 === 0)).toEqual([0, 2, 4, 6, 8]);
		expect(points.filter((number) => number % 2 === 1)).toEqual([1, 3, 5, 7, 9]);
		await front.close();
		await portal.stop();
	});
});

describe('a partner that stays unavailable', () => {
	beforeEach(useShortTimes);

	const expectAllUnsent = (outcome: NodeOutcome, count: number) => {
		const errors = errorsOf(outcome);
		expect(errors).toHaveLength(count);
		expect(errors.at(-1)?.error).toMatch(
			/^Not sent: 127\.0\.0\.1:\d+ cannot be reached: nothing listens/,
		);
		expect(errors.filter(({ message }) => !/^Nothing was sent\./.test(message as string))).toEqual(
			[],
		);
		expect(crm.crm.orders()).toHaveLength(0);
	};

	it.each(QUICK ? [8] : [1, 8])('ends the run for 1,000 items, %i at once', async (concurrency) => {
		proxy.refuse();
		const startedAt = Date.now();
		expectAllUnsent(await create(1_000, concurrency), 1_000);
		expect(Date.now() - startedAt).toBeLessThan(13_000);
	});

	thorough('ends the run soon as well when n8n tries the node again', async () => {
		proxy.refuse();
		const startedAt = Date.now();
		const settings = { ...goesOn, retryOnFail: true, maxTries: 3, waitBetweenTries: 10 };
		expectAllUnsent(await create(100, 4, { settings }), 100);
		expect(Date.now() - startedAt).toBeLessThan(18_000);
	});

	it('is left alone when the user stops', async () => {
		proxy.refuse();
		const stop = new AbortController();
		setTimeout(() => stop.abort(), 4_000);
		const startedAt = Date.now();
		const { error } = await create(100, 4, { stop: stop.signal });
		expect(Date.now() - startedAt).toBeLessThan(6_000);
		expect(error?.message).toMatch(/stopped|cannot be reached/);
	});

	it('ends the run at its first item where errors do not continue', async () => {
		proxy.refuse();
		const { error } = await create(100, 1, { settings: {} });
		expect(error?.message).toContain('cannot be reached: nothing listens');
		expect(error?.description).toContain('Not sent: items 1–99');
	});
});

(LONG ? describe : describe.skip)('with the real times (PARTNER_EXCHANGE_LONG=1)', () => {
	const expectEnd = async (running: Promise<NodeOutcome>, startedAt: number) => {
		const errors = errorsOf(await running);
		const seconds = (Date.now() - startedAt) / 1000;
		expect(errors).toHaveLength(1_000);
		expect(errors.at(-1)?.error).toMatch(/^Not sent: /);
		expect(crm.crm.orders()).toHaveLength(0);
		expect(seconds).toBeLessThan(90);
	};

	it.each([1, 4, 8])(
		'1,000 items end within 90 s where connections are refused, %i at once',
		async (concurrency) => {
			proxy.refuse();
			await expectEnd(create(1_000, concurrency), Date.now());
		},
		120_000,
	);

	it.each([1, 4, 8])(
		'1,000 items end within 90 s where dialing takes 10 s, %i at once',
		async (concurrency) => {
			// Takes connections, and never says a word of TLS.
			const silent = await serveTcp(() => undefined);
			const url = silent.url.replace('http:', 'https:');
			try {
				await expectEnd(create(1_000, concurrency, { credential: { url } }), Date.now());
			} finally {
				await silent.close();
			}
		},
		120_000,
	);
});
