/** @needs redis */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { Logger } from 'n8n-workflow';
import { BanList, type BanRules, type FailureSource } from '../../nodes/Exapi/server/bans';
import { triggerStateFor } from '../../nodes/Exapi/server/state';
import { redisFor, type RedisCredential } from '../../nodes/shared/redis/connection';
import { RedisReplayCache } from '../../nodes/Exapi/server/replay-cache';
import type { TriggerSettings } from '../../nodes/Exapi/server/settings';
import { startRedis, startTlsRedis, type RedisServer } from './redis-server';

const RULES: BanRules = { maxFailures: 3, windowSeconds: 60, banSeconds: 60 };
const OFFENDER: FailureSource = { network: '203.0.113.7', sender: 'партнёр 7' };

let server: RedisServer;
let warnings: string[];
const clients: Redis[] = [];
beforeEach(async () => {
	server = await startRedis();
	warnings = [];
});
afterEach(async () => {
	for (const client of clients.splice(0)) client.disconnect();
	await server.stop();
});

/** A connection as n8n processes have it, each its own. */
async function connect(process = 'one', more: Partial<RedisCredential> = {}): Promise<Redis> {
	// A field that Redis never sees keeps the processes apart.
	const credential = { host: '127.0.0.1', port: server.port, process, ...more };
	const client = await redisFor(credential, (message) => warnings.push(message));
	clients.push(client);
	return client;
}

async function fail(bans: BanList, times: number): Promise<void> {
	for (let failure = 0; failure < times; failure++) await bans.recordFailure(OFFENDER);
}

describe('a connection', () => {
	it('is one for a credential, and stands when it is given', async () => {
		const client = await connect();
		expect(client.status).toBe('ready');
		expect(await connect()).toBe(client);
		expect(await connect('two')).not.toBe(client);
		expect(warnings).toEqual([]);
	});

	it('is returned if Redis is unavailable, with one warning until it is back', async () => {
		await server.stop();
		const client = await connect();
		expect(client.status).not.toBe('ready');
		await sleep(700);
		expect(warnings).toEqual([expect.stringContaining(`Redis at 127.0.0.1:${server.port} cannot`)]);
		server = await startRedis(server.port);
		await ready(client);
		await server.stop();
		await sleep(700);
		expect(warnings).toHaveLength(2);
	}, 15_000);

	it('is reported without the password if Redis rejects it', async () => {
		await server.stop();
		server = await startRedis(server.port, '--requirepass', 'right');
		const client = await connect('one', { password: 'never-to-be-seen' });
		const bans = new BanList('x', RULES, client);
		await fail(bans, 3);
		expect(await bans.isBanned(OFFENDER)).toBe(true);
		expect(warnings).toHaveLength(1);
		expect(warnings.join()).not.toContain('never-to-be-seen');
	}, 15_000);
});

describe('a connection over TLS', () => {
	beforeEach(async () => {
		await server.stop();
		server = await startTlsRedis();
	});

	it('rejects an untrusted certificate and logs it', async () => {
		const client = await connect('one', { ssl: true });
		expect(client.status).not.toBe('ready');
		expect(warnings).toEqual([expect.stringMatching(/self-signed certificate/)]);
	});

	it.each([false, undefined])(
		'refuses it also where Disable TLS Verification is %s',
		async (disableTlsVerification) => {
			const client = await connect('one', { ssl: true, disableTlsVerification });
			expect(client.status).not.toBe('ready');
		},
	);

	it('accepts it if the credential disables TLS verification', async () => {
		const client = await connect('one', { ssl: true, disableTlsVerification: true });
		expect(client.status).toBe('ready');
		await fail(new BanList('x', RULES, client), 3);
		expect(await client.dbsize()).toBe(1);
		expect(warnings).toEqual([]);
	});
});

describe('a ban in Redis', () => {
	it('starts at the last failure in any process, and applies in all', async () => {
		const one = new BanList('x', RULES, await connect('one'));
		const two = new BanList('x', RULES, await connect('two'));
		await fail(one, 2);
		expect(await two.isBanned(OFFENDER)).toBe(false);
		await fail(two, 1);
		expect(await one.isBanned(OFFENDER)).toBe(true);
		expect(await two.isBanned(OFFENDER)).toBe(true);
		expect(await two.isBanned({ ...OFFENDER, network: '198.51.100.4' })).toBe(false);
	});

	it('starts at the first failure if that is the limit', async () => {
		const bans = new BanList('x', { ...RULES, maxFailures: 1 }, await connect());
		expect(await bans.isBanned(OFFENDER)).toBe(false);
		await fail(bans, 1);
		expect(await bans.isBanned(OFFENDER)).toBe(true);
	});

	it('ends, outlasts the window, and is of one trigger', async () => {
		const rules = { ...RULES, windowSeconds: 1, banSeconds: 2 };
		const bans = new BanList('x', rules, await connect());
		await fail(bans, 3);
		expect(await new BanList('y', rules, await connect()).isBanned(OFFENDER)).toBe(false);
		await sleep(1_200);
		expect(await bans.isBanned(OFFENDER)).toBe(true);
		await sleep(1_000);
		expect(await bans.isBanned(OFFENDER)).toBe(false);
	});

	it('ends when it is deleted, and failures count again', async () => {
		const client = await connect();
		const bans = new BanList('x', RULES, client);
		await fail(bans, 3);
		await client.flushall();
		expect(await bans.isBanned(OFFENDER)).toBe(false);
		await fail(bans, 3);
		expect(await bans.isBanned(OFFENDER)).toBe(true);
	});

	it('is stored in memory while Redis is unavailable, and applies when it is back', async () => {
		const client = await connect();
		const bans = new BanList('x', RULES, client);
		await server.stop();
		await fail(bans, 2);
		expect(await bans.isBanned(OFFENDER)).toBe(false);
		await fail(bans, 1);
		expect(await bans.isBanned(OFFENDER)).toBe(true);
		server = await startRedis(server.port);
		await ready(client);
		expect(await bans.isBanned(OFFENDER)).toBe(true);
	}, 15_000);

	it('is stored in memory while Redis is read-only', async () => {
		const client = await connect();
		const bans = new BanList('x', RULES, client);
		await client.config('SET', 'min-replicas-to-write', '1');
		await fail(bans, 3);
		expect(await bans.isBanned(OFFENDER)).toBe(true);
	});
});

describe('with 40 concurrent requests to two processes', () => {
	let processes: BanList[];
	let checked: boolean[];
	const listen = async (maxFailures: number) => {
		const rules = { ...RULES, maxFailures };
		processes = [
			new BanList('x', rules, await connect('one')),
			new BanList('x', rules, await connect('two')),
		];
		checked = [];
	};
	/** @param isRight what the check of each request says */
	const arrive = async (isRight: boolean[]) => {
		const check = (right: boolean) => {
			checked.push(right);
			return right || undefined;
		};
		const requests = isRight.map(
			async (right, at) => await processes[at % 2]!.attempt(OFFENDER, () => check(right)),
		);
		return (await Promise.all(requests)).filter((admitted) => admitted).length;
	};
	const times = (count: number, isRight: boolean) => Array<boolean>(count).fill(isRight);

	it.each([1, 5])('no more than %i are checked if that many may fail', async (maxFailures) => {
		await listen(maxFailures);
		expect(await arrive(times(40, false))).toBe(0);
		expect(checked).toHaveLength(maxFailures);
		expect(await processes[1]!.isBanned(OFFENDER)).toBe(true);
	});

	it.each([1, 5])('a partner is not banned if %i may fail', async (maxFailures) => {
		await listen(maxFailures);
		expect(await arrive(times(40, true))).toBe(40);
		expect(await processes[0]!.isBanned(OFFENDER)).toBe(false);
		const [one, two] = [await connect('one'), await connect('two')];
		// What a process released last has arrived before its next command.
		await two.ping();
		expect(await one.keys('*')).toEqual([]);
	});

	it('all of a partner are accepted between the guesses of an attacker who is not banned', async () => {
		await listen(5);
		const isRight = Array.from({ length: 40 }, (_, at) => at % 10 !== 9);
		expect(await arrive(isRight)).toBe(36);
		expect(await arrive([false])).toBe(0);
		expect(await arrive([true])).toBe(0);
	});

	it('the reservations of a process that died expire after seconds', async () => {
		await listen(1);
		const client = await connect();
		await client.zadd('exapi:bans:x:203.0.113.7 партнёр 7:pending', Date.now() - 4_900, 'dead');
		expect(await arrive([true, true])).toBe(2);
	});

	it('continues without Redis while it does not respond', async () => {
		await listen(5);
		server.pause();
		const started = performance.now();
		expect(await arrive(times(40, true))).toBe(40);
		expect(performance.now() - started).toBeLessThan(4_000);
		server.resume();
	}, 15_000);
});

describe('answers in Redis', () => {
	it('are returned for an identical request in another process, also while the first is being processed', async () => {
		const one = new RedisReplayCache(await connect('one'), 'x', 60);
		const two = new RedisReplayCache(await connect('two'), 'x', 60);
		expect(await one.claim('a', 'partner_7', 60_000)).toBeUndefined();
		const repeat = await two.claim('a', 'partner_7', 60_000);
		const waiting = repeat?.answer(5_000);
		await one.store('a', '{"sign":"…","answer":"да"}');
		expect(await waiting).toBe('{"sign":"…","answer":"да"}');
		expect(await (await one.claim('a', 'partner_7', 60_000))?.answer(0)).toBe(
			'{"sign":"…","answer":"да"}',
		);
		expect(await two.claim('b', 'partner_7', 60_000)).toBeUndefined();
	});

	it('are claimed by one process only', async () => {
		const processes = ['one', 'two', 'three'];
		const all = await Promise.all(
			processes.map(async (name) => new RedisReplayCache(await connect(name), 'x', 60)),
		);
		const claims = Array.from(
			{ length: 30 },
			async (_, index) => await all[index % 3]!.claim('a', 'partner_7', 60_000),
		);
		const first = (await Promise.all(claims)).filter((earlier) => earlier === undefined);
		expect(first).toHaveLength(1);
	});

	it('are waited for as long as was asked, and Redis is left alone then', async () => {
		const client = await connect();
		const repeats = new RedisReplayCache(client, 'x', 60);
		await repeats.claim('a', 'partner_7', 60_000);
		const repeat = await repeats.claim('a', 'partner_7', 60_000);
		const started = performance.now();
		expect(await repeat?.answer(300)).toBeUndefined();
		expect(performance.now() - started).toBeLessThan(1_500);
		const commands = async () =>
			Number(/total_commands_processed:(\d+)/.exec(await client.info())?.[1]);
		const before = await commands();
		await sleep(500);
		expect((await commands()) - before).toBeLessThanOrEqual(1);
	});

	it('are dropped after the window, which may be a part of a second', async () => {
		const one = new RedisReplayCache(await connect('one'), 'x', 0.6);
		const two = new RedisReplayCache(await connect('two'), 'x', 0.6);
		expect(await one.claim('a', 'partner_7', 60_000)).toBeUndefined();
		await one.store('a', 'answer');
		expect(await (await two.claim('a', 'partner_7', 60_000))?.answer(0)).toBe('answer');
		await sleep(800);
		expect(await two.claim('a', 'partner_7', 60_000)).toBeUndefined();
	});

	it('that never came are waited for no longer than the deadline and ten seconds', async () => {
		const client = await connect();
		const dead = new RedisReplayCache(client, 'x', 3_600);
		expect(await dead.claim('a', 'partner_7', 25_000)).toBeUndefined();
		const [key] = await client.keys('*');
		expect(await client.pttl(key!)).toBeGreaterThan(25_000);
		expect(await client.pttl(key!)).toBeLessThanOrEqual(35_000);
		// Time passes: nobody can answer for the process that died.
		await client.pexpire(key!, 1);
		await sleep(20);
		const next = new RedisReplayCache(await connect('two'), 'x', 3_600);
		expect(await next.claim('a', 'partner_7', 25_000)).toBeUndefined();
		await next.store('a', 'answer');
		expect(await client.pttl(key!)).toBeGreaterThan(3_500_000);
		expect(await (await dead.claim('a', 'partner_7', 25_000))?.answer(0)).toBe('answer');
	});

	it('are stored in the process while Redis is unavailable, and when it is back', async () => {
		const client = await connect();
		const repeats = new RedisReplayCache(client, 'x', 60);
		await server.stop();
		expect(await repeats.claim('a', 'partner_7', 60_000)).toBeUndefined();
		await repeats.store('a', 'answer');
		expect(await (await repeats.claim('a', 'partner_7', 60_000))?.answer(0)).toBe('answer');
		server = await startRedis(server.port);
		await ready(client);
		expect(await (await repeats.claim('a', 'partner_7', 60_000))?.answer(0)).toBe('answer');
	}, 15_000);
});

describe('the memory of a trigger', () => {
	const orders = { windowMs: 60_000, longestRunMs: 60_000 };
	const settings = (redis: Redis) => ({ ban: RULES, redis, orders }) as TriggerSettings;
	const logger = {} as Logger;

	it('is one for a Redis, and another for a credential that was corrected', async () => {
		const [wrong, right] = [await connect(), await connect('one', { database: 1 })];
		const memory = triggerStateFor('corrected', settings(wrong), logger);
		expect(triggerStateFor('corrected', settings(wrong), logger)).toBe(memory);
		await triggerStateFor('corrected', settings(right), logger).bans.recordFailure(OFFENDER);
		expect([await wrong.dbsize(), await right.dbsize()]).toEqual([0, 1]);
	});
});

async function ready(client: Redis): Promise<void> {
	while (client.status !== 'ready') await sleep(50);
}
