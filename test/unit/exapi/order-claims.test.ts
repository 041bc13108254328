import { setTimeout as sleep } from 'node:timers/promises';
import {
	claimOrder,
	InMemoryOrderClaims,
	type OrderClaims,
	type OrderTurn,
} from '../../../nodes/Exapi/server/order-claims';

const RULES = { windowMs: 60_000, longestRunMs: 60_000 };
const ADDED = { result: 5001, error: null };

let warnings: string[];
beforeEach(() => (warnings = []));

const inMemory = (rules = RULES) => new InMemoryOrderClaims(rules, (text) => warnings.push(text));

async function turnAt(claims: OrderClaims, key: string, sender = 'partner_7'): Promise<OrderTurn> {
	const claim = await claims.claim(key, sender);
	if (!('turn' in claim)) throw new Error(`The order ${key} is known already.`);
	return claim.turn;
}

it('of many attempts at once one has the turn', async () => {
	const claims = inMemory();
	const all = await Promise.all(Array.from({ length: 50 }, () => claims.claim('a', 'partner_7')));
	expect(all.filter((claim) => 'turn' in claim)).toHaveLength(1);
});

it('an attempt at work is waited for no longer than it may be', async () => {
	const claims = inMemory();
	const turn = await turnAt(claims, 'a');
	expect(await claimOrder(claims, 'a', 'partner_7', 50)).toBeUndefined();
	const waiting = claimOrder(claims, 'a', 'partner_7', 5_000);
	turn.keep(ADDED);
	expect(await waiting).toEqual({ answer: ADDED });
});

it('after the longest run the next attempt starts, and a number that comes late stands', async () => {
	const claims = inMemory({ ...RULES, longestRunMs: 30 });
	const lost = await turnAt(claims, 'a');
	await sleep(50);
	const next = await claims.claim('a', 'partner_7');
	expect(next).toMatchObject({ turn: { attempt: 2 } });
	lost.release();
	expect(await claims.claim('a', 'partner_7')).toHaveProperty('changed');
	lost.keep(ADDED);
	if ('turn' in next) next.turn.release();
	expect(await claims.claim('a', 'partner_7')).toEqual({ answer: ADDED });
});

it('an answer is forgotten after its time, and the attempts are counted anew', async () => {
	const claims = inMemory({ ...RULES, windowMs: 30 });
	(await turnAt(claims, 'a')).release();
	(await turnAt(claims, 'a')).keep(ADDED);
	expect(await claims.claim('a', 'partner_7')).toEqual({ answer: ADDED });
	await sleep(50);
	expect((await turnAt(claims, 'a')).attempt).toBe(1);
});

it('10,000 answers are remembered; of more the oldest of the busiest partner goes, which is logged', async () => {
	const claims = inMemory();
	(await turnAt(claims, 'quiet', 'partner_8')).keep(ADDED);
	for (let order = 0; order < 10_001; order++) {
		(await turnAt(claims, `${order}`)).keep({ result: order + 1, error: null });
	}
	expect(await claims.claim('quiet', 'partner_8')).toEqual({ answer: ADDED });
	expect(await claims.claim('10000', 'partner_7')).toHaveProperty('answer');
	expect(await claims.claim('2', 'partner_7')).toHaveProperty('answer');
	expect(await claims.claim('1', 'partner_7')).toHaveProperty('turn');
	expect(warnings).toEqual([expect.stringContaining('10000 answers to orders: 1 were forgotten')]);
});
