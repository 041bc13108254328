/** @needs php-curl redis postgresql */

import { setTimeout as sleep } from 'node:timers/promises';
import { SANDBOX_PARTNER } from '../../sandbox/exapi';
import { startRedis, type RedisServer } from '../peers/redis-server';
import { CLEAN_UP_TIMEOUT, INSTALL_TIMEOUT } from './host';
import { Partner } from './partner';
import { callByPhp, expectFourAnswers } from './php-partner';
import type { QueueProcess } from './keeper/ask';
import { useQueueHost, type QueueHost } from './queue-host';
import { publishing, type Publish } from './queue-publishing';
import {
	addsOrder,
	ECHO,
	expectOwnAnswers,
	FAILURES,
	FOUR_METHODS,
	LATE,
	ORDER,
	OTHER,
	TIMED_OUT,
} from './trigger-cases';
import { createOrder, respond, set, wait } from './trigger-workflows';

const SECOND = 1_000;
let host: QueueHost;
/** What triggers remember: another Redis than the queue's, which stays up while this one is away. */
let memory: RedisServer;
let publish: Publish;
beforeAll(async () => {
	memory = await startRedis();
	host = await useQueueHost();
	publish = await publishing(host, memory);
}, INSTALL_TIMEOUT);
afterAll(async () => {
	await memory.stop();
	await host.stop();
}, CLEAN_UP_TIMEOUT);

const addOrderByPhp = async (partner: Partner) => await callByPhp(partner, 'addOrder', [ORDER]);

describe('each webhook processor answers a PHP client', () => {
	it('for all four methods, with Cyrillic and slashes', async () => {
		const { partners } = await publish('four', ...FOUR_METHODS);
		await Promise.all(partners.map(expectFourAnswers));
	}, 60_000);

	it.each(FAILURES)(
		'%s',
		async (path, parameters, chain, error) => {
			const { partners, executions } = await publish(path, parameters, chain);
			const failed = { result: null, error, id: '17' };
			expect(await Promise.all(partners.map(addOrderByPhp))).toEqual([failed, failed]);
			expect(await executions()).toBe(2);
		},
		60_000,
	);

	it('with what the respond operation gave in a worker', async () => {
		const chain = [respond({ result: '={{ 77 }}' }), set({})];
		const { partners } = await publish('respond', { responseMode: 'responseNode' }, chain);
		const given = { result: 77, error: null, id: '17' };
		expect(await Promise.all(partners.map(addOrderByPhp))).toEqual([given, given]);
	}, 60_000);

	it('with what the respond operation handed on as the last node of a worker', async () => {
		const chain = [set({ crmId: 1 }), respond({ result: '={{ 77 }}' })];
		const { partners } = await publish('respond-last', {}, chain);
		const given = { result: 77, error: null, id: '17' };
		expect(await Promise.all(partners.map(addOrderByPhp))).toEqual([given, given]);
	}, 60_000);

	it('with the number that another CRM gave for the order', async () => {
		const id = await host.rest.createCredential({
			name: 'Another CRM',
			type: 'exapiApi',
			data: { url: host.address.exapi.url, ...SANDBOX_PARTNER, timeZone: 'UTC' },
		});
		const { partners } = await publish('forward', {}, [createOrder(id)]);
		const add = async (partner: Partner, index: number) =>
			(await partner.call('addOrder', [{ ...ORDER, order_id: `A-${index}` }])).result;
		const numbers = await Promise.all(partners.map(add));
		expect(numbers).toEqual([expect.any(Number), expect.any(Number)]);
		expect(numbers[0]).not.toBe(numbers[1]);
	}, 60_000);
});

describe('a partner is answered by the deadline, though n8n says nothing', () => {
	it('when n8n ends the execution for its time', async () => {
		const { partners } = await publish('timed-out', ...TIMED_OUT);
		const answer = await addOrderByPhp(partners[0]);
		expect(answer).toEqual({ result: null, error: LATE, id: '17' });
	}, 60_000);
});

describe('with what triggers remember in Redis', () => {
	it('an addOrder sent to both processors at once starts one execution', async () => {
		const { partners, executions } = await publish('repeat', { store: 'redis' }, [
			wait(1),
			set('={{ { crmId: Math.floor(Math.random() * 1e9) } }}'),
		]);
		const send = async (partner: Partner, index: number) =>
			(await partner.call('addOrder', [ORDER], `${Date.now()}-${index}`)).result;
		const atOnce = await Promise.all(partners.map(send));
		const later = await Promise.all(partners.map(send));
		expect(atOnce[0]).toEqual(expect.any(Number));
		expect(new Set([...atOnce, ...later]).size).toBe(1);
		expect(await executions()).toBe(1);
	}, 60_000);

	it('a ban made at one processor holds at the other', async () => {
		const { partners } = await publish('ban', { store: 'redis' }, addsOrder);
		await failFiveTimes(partners[0]);
		expect(await Promise.all(partners.map(isServed))).toEqual([false, false]);
		expect(await isServed(new Partner(partners[1].url, OTHER))).toBe(true);
	}, 60_000);

	it('each processor goes on by itself while Redis is away, until it is back', async () => {
		const { partners } = await publish('away', { store: 'redis' }, addsOrder);
		expect(await Promise.all(partners.map(isServed))).toEqual([true, true]);
		await memory.stop();
		expect(await Promise.all(partners.map(isServed))).toEqual([true, true]);
		await failFiveTimes(partners[0]);
		expect(await Promise.all(partners.map(isServed))).toEqual([false, true]);
		// Meanwhile they dial again and again.
		await sleep(2 * SECOND);
		const told = new RegExp(`Redis at 127.0.0.1:${memory.port} cannot be used`, 'g');
		expect(host.webhooks.map((webhook) => webhook.log().match(told)?.length)).toEqual([1, 1]);

		memory = await startRedis(memory.port);
		// Longer than the longest pause between two of their attempts.
		await sleep(5.5 * SECOND);
		const others = partners.map(({ url }) => new Partner(url, OTHER));
		await failFiveTimes(others[0]!);
		expect(await Promise.all(others.map(isServed))).toEqual([false, false]);
	}, 60_000);
});

async function failFiveTimes({ url, key }: Partner): Promise<void> {
	const wrong = new Partner(url, { ...key, secret: 'wrong' });
	for (let failure = 1; failure <= 5; failure++) expect(await isServed(wrong)).toBe(false);
}

async function isServed(partner: Partner): Promise<boolean> {
	return (await partner.send(partner.sign('addOrder', [ORDER]))) !== 'closed';
}

describe('24 partners at once over both processors', () => {
	it('each get their own answers', async () => {
		const { partners } = await publish('many', ...ECHO);
		const started = Date.now();
		const total = process.env.PARTNER_EXCHANGE_LONG ? 2_000 : 200;
		await expectOwnAnswers(partners, total);
		process.stderr.write(`${total} requests in ${Date.now() - started} ms\n`);
	}, 1_200_000);
});

it('a partner is answered by the deadline when the worker of its request is killed', async () => {
	const { partners } = await publish('killed', { deadline: 5 }, [wait(7), ...addsOrder]);
	const before = host.workers.map(startedExecutions);
	const started = Date.now();
	const answer = addOrderByPhp(partners[1]);
	const worker = await untilFound(() =>
		host.workers.find((candidate, index) => startedExecutions(candidate) > before[index]!),
	);
	await worker.crash();
	expect(await answer).toEqual({ result: null, error: LATE, id: '17' });
	expect(Date.now() - started).toBeLessThan(10 * SECOND);
	const after = await publish('after-kill', {}, addsOrder);
	expect(await Promise.all(after.partners.map(isServed))).toEqual([true, true]);
}, 60_000);

/** How often a worker's log says that it began an execution. */
function startedExecutions(worker: QueueProcess): number {
	return worker.log().split('Worker started execution').length - 1;
}

async function untilFound<T>(find: () => T | undefined): Promise<T> {
	for (;;) {
		const found = find();
		if (found !== undefined) return found;
		await sleep(50);
	}
}
