/** @needs redis */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { PartnerError } from '../../nodes/shared/errors';
import type { Place, RecordTurn } from '../../nodes/shared/items';
import { redisFor } from '../../nodes/shared/redis/connection';
import {
	keysOf,
	LOCK_TIMES,
	LockServer,
	type LockTimes,
	RecordLock,
} from '../../nodes/shared/redis/lock';
import { SharedOrder } from '../../nodes/shared/redis/order';
import { startRedis, type RedisServer } from './redis-server';

const PATIENCE = 60_000;
const PATIENT = { command: 1_000, reconnect: 200 };

let server: RedisServer;
const clients: Redis[] = [];
beforeEach(async () => {
	server = await startRedis();
});
afterEach(async () => {
	for (const client of clients.splice(0)) client.disconnect();
	await server.stop();
});

/** A connection as n8n processes have it, each its own. */
async function connect(process: string, more: object = {}): Promise<Redis> {
	const credential = { host: '127.0.0.1', port: server.port, process, ...more };
	const client = await redisFor(credential, () => undefined, PATIENT);
	if (!clients.includes(client)) clients.push(client);
	return client;
}

interface Attempt {
	place?: Place;
	patience?: number;
	signal?: AbortSignal;
	times?: Partial<LockTimes>;
	record?: string;
}

/** What a process does at a record, without the line within the process, since here all are in one. */
async function during<T>(
	process: string,
	work: (turn: RecordTurn) => Promise<T>,
	{ place = {}, patience = PATIENCE, signal, times = {}, record = 'a' }: Attempt = {},
): Promise<T> {
	const locks = new LockServer(async () => await connect(process));
	const lock = new RecordLock(locks, keysOf(record), place, { ...LOCK_TIMES, ...times });
	return await lock.during(work, patience, signal);
}

const lost = () => new PartnerError('lost', { outcome: 'unknown' });
const refused = () => new PartnerError('refused', { outcome: 'rejected' });

describe('writes of several processes about one record', () => {
	it('are never at work at once, and each has its turn', async () => {
		let atWork = 0;
		let most = 0;
		let done = 0;
		const work = async () => {
			most = Math.max(most, ++atWork);
			await sleep(1);
			atWork -= 1;
			done += 1;
		};
		const processes = ['one', 'two', 'three'];
		await Promise.all(
			processes.map(async (process) => {
				for (let write = 0; write < 20; write++) await during(process, work);
			}),
		);
		expect({ most, done }).toEqual({ most: 1, done: 60 });
		expect(await (await connect('one')).keys('*')).toEqual([]);
	});

	it('of other records go on meanwhile', async () => {
		await during('one', async () => {
			await during('two', async () => await Promise.resolve(), { record: 'b' });
		});
	});

	it('have their turns in the order in which the processes came', async () => {
		const turns: string[] = [];
		const begin = async (process: string, ms: number) =>
			await during(process, async () => {
				turns.push(process);
				await sleep(ms);
			});
		const first = begin('one', 300);
		await sleep(50);
		const second = begin('two', 1);
		await sleep(50);
		await Promise.all([first.then(async () => await begin('one again', 1)), second]);
		expect(turns).toEqual(['one', 'two', 'one again']);
	});

	it('wait for a process that takes longer than a lock lives, as long as it lives itself', async () => {
		const times = { lock: 300 };
		let isOver = false;
		const slow = during(
			'one',
			async () => {
				await sleep(1_500);
				isOver = true;
			},
			{ times },
		);
		await sleep(50);
		await during('two', async () => expect(await Promise.resolve(isOver)).toBe(true));
		await slow;
	});

	it('go on after a process that died, and learn where its request may still run', async () => {
		const times = { lock: 1_000 };
		const dying = during(
			'one',
			async (turn) => {
				await turn.confirm('its session');
				await sleep(3_000);
				return turn.note;
			},
			{ times },
		);
		await sleep(200);
		(await connect('one')).disconnect();
		expect(await during('two', async ({ note }) => await Promise.resolve(note))).toBe(
			'its session',
		);
		await expect(dying).resolves.toBeUndefined();
	}, 15_000);

	it('go on after a waiting process that died', async () => {
		const first = during('one', async () => await sleep(300));
		await sleep(50);
		void during('two', async () => await sleep(60_000)).catch(() => undefined);
		await sleep(100);
		(await connect('two')).disconnect();
		await first;
		await during('three', async () => await Promise.resolve(), { times: { waiter: 1_000 } });
	}, 15_000);
});

describe('a note', () => {
	const noteOf = async (process: string) =>
		await during(process, async ({ note }) => await Promise.resolve(note));

	it('is left by a write whose answer was lost, until one is answered', async () => {
		const losing = during('one', async (turn) => {
			await turn.confirm('session 1');
			throw lost();
		});
		await expect(losing).rejects.toThrow('lost');
		expect(await noteOf('two')).toBe('session 1');
		expect(await noteOf('three')).toBe('session 1');
		await during('two', async (turn) => {
			await turn.confirm('session 1');
			turn.settle();
		});
		expect(await noteOf('one')).toBeUndefined();
	});

	it('is not left by a write that was answered', async () => {
		await during('one', async (turn) => {
			await turn.confirm('session 1');
			turn.settle();
		});
		expect(await noteOf('two')).toBeUndefined();
	});
});

describe('a write that n8n retries', () => {
	const send = async (process: string, place: Place, error?: Error) =>
		await during(
			process,
			async () => (error ? await Promise.reject(error) : await Promise.resolve('sent')),
			{ place },
		);

	it.each([
		['was lost', lost()],
		['was refused', refused()],
	])('is not sent after a newer one of another process, if it %s', async (_, e) => {
		const older: Place = {};
		await expect(send('one', older, e)).rejects.toBe(e);
		expect(await send('two', {})).toBe('sent');
		await expect(send('one', older)).rejects.toMatchObject({
			message: 'Not sent, because newer data about the same record was sent meanwhile',
			outcome: 'notSent',
		});
	});

	it('is sent if the newer one was refused', async () => {
		const older: Place = {};
		await expect(send('one', older, lost())).rejects.toThrow('lost');
		await expect(send('two', {}, refused())).rejects.toThrow('refused');
		expect(await send('one', older)).toBe('sent');
	});

	it('is not sent if the newer one may have been executed', async () => {
		const older: Place = {};
		await expect(send('one', older, refused())).rejects.toThrow('refused');
		await expect(send('two', {}, lost())).rejects.toThrow('lost');
		await expect(send('one', older)).rejects.toMatchObject({ outcome: 'notSent' });
	});
});

describe('a write that waits', () => {
	it('ends when its execution is stopped, and blocks no other write', async () => {
		const stop = new AbortController();
		let sent = false;
		const first = during('one', async () => await sleep(1_000));
		await sleep(50);
		const work = async () => await Promise.resolve((sent = true));
		const waiting = during('two', work, { signal: stop.signal });
		const stopped = expect(waiting).rejects.toMatchObject({
			message: 'The execution was stopped',
			outcome: 'notSent',
		});
		await sleep(100);
		const startedAt = performance.now();
		stop.abort();
		await stopped;
		expect(performance.now() - startedAt).toBeLessThan(700);
		await first;
		await during('three', async () => await Promise.resolve());
		expect(sent).toBe(false);
	});

	it('is not sent if another process never ends its turn', async () => {
		const first = during('one', async () => await sleep(1_500));
		await sleep(50);
		let sent = false;
		const waiting = during('two', async () => await Promise.resolve((sent = true)), {
			patience: 500,
		});
		await expect(waiting).rejects.toMatchObject({
			message: expect.stringContaining('another n8n process has been working on the same record'),
			outcome: 'notSent',
		});
		expect(sent).toBe(false);
		await first;
	});
});

describe('without Redis', () => {
	it('nothing is sent, and the error says why', async () => {
		await server.stop();
		let sent = false;
		const waiting = during('one', async () => await Promise.resolve((sent = true)));
		await expect(waiting).rejects.toMatchObject({
			message: expect.stringMatching(
				/^Not sent, because Redis cannot lock the record: .*ECONNREFUSED/,
			),
			description: expect.stringContaining('Check the Redis credential'),
			outcome: 'notSent',
		});
		expect(sent).toBe(false);
	}, 20_000);

	it('further writes do not wait any more, until it is back', async () => {
		await server.stop();
		const work = async () => await Promise.resolve('sent');
		await expect(during('one', work)).rejects.toThrow('Redis cannot lock');
		const startedAt = performance.now();
		for (let write = 0; write < 20; write++) {
			await expect(during('one', work)).rejects.toThrow('Redis cannot lock');
		}
		expect(performance.now() - startedAt).toBeLessThan(3_000);
		server = await startRedis(server.port);
		const client = await connect('one');
		while (client.status !== 'ready') await sleep(20);
		expect(await during('one', work)).toBe('sent');
	}, 30_000);

	it('a short absence costs no write', async () => {
		await during('one', async () => await Promise.resolve());
		await server.stop();
		const waiting = during('one', async () => await Promise.resolve('sent'));
		await sleep(1_000);
		server = await startRedis(server.port);
		expect(await waiting).toBe('sent');
	}, 20_000);

	it('no further request is sent within a turn', async () => {
		const confirming = during('one', async (turn) => {
			await turn.confirm();
			await server.stop();
			await turn.confirm();
		});
		await expect(confirming).rejects.toMatchObject({ outcome: 'notSent' });
	}, 30_000);

	it('that has lost its data, no further request is sent within a turn', async () => {
		const confirming = during('one', async (turn) => {
			await (await connect('two')).flushall();
			await turn.confirm();
		});
		await expect(confirming).rejects.toMatchObject({
			message: 'Not sent, because the lock of the record in Redis has expired',
			outcome: 'notSent',
		});
	});

	it('that rejects a command is reported with its own error, without the password', async () => {
		await server.stop();
		server = await startRedis(server.port, '--requirepass', 'right');
		const locks = new LockServer(
			async () => await connect('one', { password: 'never-to-be-seen' }),
		);
		const lock = new RecordLock(locks, keysOf('a'), {}, LOCK_TIMES);
		const failing = lock.during(async () => await Promise.resolve(), PATIENCE, undefined);
		const error = await failing.catch((reason: unknown) => reason as PartnerError);
		expect(error).toMatchObject({
			message: expect.stringMatching(/WRONGPASS|NOAUTH/),
			outcome: 'notSent',
		});
		expect(JSON.stringify(error)).not.toContain('never-to-be-seen');
	}, 20_000);
});

describe('the order of the writes of all processes', () => {
	const orderOf = (process: string) =>
		new SharedOrder({
			connect: async () => await connect(process),
			secret: 'access key',
			timeout: 30_000,
		});

	it('leaves no personal data in Redis', async () => {
		const client = await connect('one');
		await orderOf('one').inTurn(
			'CreateContact https://crm.example.com +79000000001',
			{},
			async (turn) => {
				await turn?.confirm('sealed');
				const keys = await client.keys('*');
				expect(keys).toHaveLength(2);
				const values = await Promise.all(keys.map(async (key) => await client.get(key)));
				expect([...keys, ...values].join()).not.toMatch(/79000000001|crm\.example\.com|access key/);
			},
			undefined,
		);
	});

	it('takes the writes of one process in their order', async () => {
		const order = orderOf('one');
		const sent: number[] = [];
		const writes = Array.from({ length: 10 }, async (_, write) => {
			await order.inTurn('b', {}, async () => await Promise.resolve(sent.push(write)), undefined);
		});
		await Promise.all(writes);
		expect(sent).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
	});
});
