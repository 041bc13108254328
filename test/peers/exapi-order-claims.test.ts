/** @needs redis */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { claimOrder, type OrderClaim, type OrderTurn } from '../../nodes/Exapi/server/order-claims';
import { RedisOrderClaims } from '../../nodes/Exapi/server/redis-order-claims';
import { redisFor } from '../../nodes/shared/redis/connection';
import { startRedis, type RedisServer } from './redis-server';

const RULES = { windowMs: 60_000, longestRunMs: 60_000 };
const ADDED = { result: 5001, error: null };
/** Lives of a turn that a test can wait for: renewed after 100 ms, free 400 ms after the last time. */
const SHORT = [400, 100] as const;

let server: RedisServer;
const clients: Redis[] = [];
beforeEach(async () => void (server = await startRedis()));
afterEach(async () => {
	for (const client of clients.splice(0)) client.disconnect();
	await server.stop();
});

/** A connection as n8n processes have it, each its own. */
async function connect(process: string): Promise<Redis> {
	// A field that Redis never sees keeps the processes apart.
	const credential = { host: '127.0.0.1', port: server.port, process };
	const client = await redisFor(credential, () => undefined);
	clients.push(client);
	return client;
}

async function twoProcesses(rules = RULES): Promise<[RedisOrderClaims, RedisOrderClaims]> {
	const claims = async (process: string) =>
		new RedisOrderClaims(await connect(process), 'w:trigger', rules, ...SHORT);
	return [await claims('one'), await claims('two')];
}

function turnIn(claim: OrderClaim): OrderTurn {
	if (!('turn' in claim)) throw new Error('The order is known already.');
	return claim.turn;
}

it('of attempts in two processes one has the turn, and the others get its answer', async () => {
	const both = await twoProcesses();
	const all = await Promise.all(
		Array.from({ length: 40 }, async (_, index) => await both[index % 2]!.claim('a')),
	);
	const turns = all.filter((claim) => 'turn' in claim);
	expect(turns).toHaveLength(1);
	const waiting = both.map(async (claims) => await claimOrder(claims, 'a', 'partner_7', 5_000));
	await sleep(300);
	turnIn(turns[0]!).keep({ result: 9007199254740993n, error: null });
	for (const claim of await Promise.all(waiting)) {
		expect(claim).toEqual({ answer: { result: 9007199254740993n, error: null } });
	}
});

it('a turn is renewed for as long as its process lives, and not beyond the longest run', async () => {
	const [one, two] = await twoProcesses({ ...RULES, longestRunMs: 1_000 });
	const { attempt } = turnIn(await one.claim('a'));
	expect(attempt).toBe(1);
	await sleep(800);
	expect(await two.claim('a')).toHaveProperty('changed');
	await sleep(400);
	expect(turnIn(await two.claim('a')).attempt).toBe(2);
});

it('the turn of a process that died is free after its life', async () => {
	const [, two] = await twoProcesses();
	const client = await connect('dead');
	const dead = new RedisOrderClaims(client, 'w:trigger', RULES, ...SHORT);
	turnIn(await dead.claim('a'));
	client.disconnect();
	expect(await two.claim('a')).toHaveProperty('changed');
	await sleep(600);
	expect(turnIn(await two.claim('a')).attempt).toBe(2);
});

it('an order that was not added is free for the next attempt in any process', async () => {
	const [one, two] = await twoProcesses();
	turnIn(await one.claim('a')).release();
	await sleep(50);
	const second = turnIn(await two.claim('a'));
	expect(second.attempt).toBe(2);
	second.keep(ADDED);
	await sleep(50);
	expect(await one.claim('a')).toEqual({ answer: ADDED });
});

it('no order can be claimed while Redis is away, and what was answered meanwhile is kept', async () => {
	const [one, two] = await twoProcesses();
	const turn = turnIn(await one.claim('a'));
	await server.stop();
	await expect(two.claim('b')).rejects.toThrow();
	turn.keep(ADDED);
	// It has forgotten all.
	server = await startRedis(server.port);
	expect(await answerOf('a', 5_000)).toEqual({ answer: ADDED });
}, 20_000);

it('a turn that Redis has lost is taken again by the process that holds it', async () => {
	const [one, two] = await twoProcesses();
	turnIn(await one.claim('a'));
	await clients[0]!.flushall();
	await sleep(250);
	expect(await two.claim('a')).toHaveProperty('changed');
});

it('nothing of an order, and no sender, lies in Redis', async () => {
	const [one] = await twoProcesses();
	turnIn(await one.claim('0f'.repeat(32))).keep(ADDED);
	await sleep(50);
	const [key] = await clients[0]!.keys('*');
	expect(key).toBe(`exapi:orders:w:trigger:${'0f'.repeat(32)}`);
	expect(await clients[0]!.hgetall(key!)).toEqual({
		answer: '{"result":5001,"error":null}',
		attempt: '1',
	});
});

/** Looks, without claiming it, what Redis knows of an order. */
async function answerOf(key: string, patience: number): Promise<unknown> {
	const until = Date.now() + patience;
	for (;;) {
		const client = clients.at(-1)!;
		const json = await client.hget(`exapi:orders:w:trigger:${key}`, 'answer').catch(() => null);
		if (json !== null) return { answer: JSON.parse(json) as unknown };
		if (Date.now() > until) return undefined;
		await sleep(100);
	}
}
