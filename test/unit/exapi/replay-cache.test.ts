import { setTimeout as sleep } from 'node:timers/promises';
import { InMemoryReplayCache } from '../../../nodes/Exapi/server/replay-cache';

describe('InMemoryReplayCache', () => {
	it('returns the answer that was stored for a signature, and no other', async () => {
		const repeats = new InMemoryReplayCache(60);
		expect(await repeats.claim('a')).toBeUndefined();
		expect(await repeats.claim('b')).toBeUndefined();
		await repeats.store('a', 'answer to a');
		await repeats.store('b', 'answer to b');
		for (const signature of ['a', 'b', 'a']) {
			expect(await (await repeats.claim(signature))?.answer(0)).toBe(`answer to ${signature}`);
		}
		expect(await repeats.claim('c')).toBeUndefined();
	});

	it('waits for the answer while the first request is being processed', async () => {
		const repeats = new InMemoryReplayCache(60);
		await repeats.claim('a');
		const repeated = await Promise.all([1, 2, 3].map(async () => await repeats.claim('a')));
		const answers = Promise.all(repeated.map(async (earlier) => await earlier?.answer(5_000)));
		await sleep(50);
		await repeats.store('a', 'answer');
		expect(await answers).toEqual(['answer', 'answer', 'answer']);
	});

	it('waits no longer than the timeout', async () => {
		const repeats = new InMemoryReplayCache(60);
		await repeats.claim('a');
		const earlier = await repeats.claim('a');
		expect(await earlier?.answer(50)).toBeUndefined();
		await repeats.store('a', 'answer');
		expect(await earlier?.answer(50)).toBe('answer');
	});

	it('treats one of many identical requests as new', async () => {
		const repeats = new InMemoryReplayCache(60);
		const claims = Array.from({ length: 50 }, async () => await repeats.claim('a'));
		expect((await Promise.all(claims)).filter((earlier) => !earlier)).toHaveLength(1);
	});

	it('treats a request after the window as new, and stores its own answer', async () => {
		const repeats = new InMemoryReplayCache(0.2);
		await repeats.claim('a');
		await repeats.store('a', 'first');
		await sleep(100);
		expect(await (await repeats.claim('a'))?.answer(0)).toBe('first');
		await sleep(150);
		expect(await repeats.claim('a')).toBeUndefined();
		await repeats.store('a', 'second');
		expect(await (await repeats.claim('a'))?.answer(0)).toBe('second');
	});
});

describe('the memory of InMemoryReplayCache', () => {
	it('keeps at most 64 million characters and drops the oldest answers of the partner with the most', async () => {
		const repeats = new InMemoryReplayCache(60);
		const answer = 'x'.repeat(1024 * 1024);
		const remember = async (signature: string, sender: string) => {
			await repeats.claim(signature, sender);
			await repeats.store(signature, answer);
		};
		await remember('small', 'another');
		for (let index = 0; index < 70; index++) await remember(`large ${index}`, 'partner_7');
		const isKnown = (signature: string) => repeats.find(signature) !== undefined;
		expect(['small', 'large 6', 'large 7', 'large 69'].map(isKnown)).toEqual([
			true,
			false,
			true,
			true,
		]);
		expect(repeats.size).toBe(64);
	});

	it('keeps at most 10,000 responses and evicts the oldest first', async () => {
		const repeats = new InMemoryReplayCache(60);
		for (let index = 0; index <= 10_000; index++) {
			await repeats.claim(`signature ${index}`);
			await repeats.store(`signature ${index}`, `answer ${index}`);
		}
		expect(repeats.find('signature 0')).toBeUndefined();
		expect(await repeats.find('signature 1')?.answer(0)).toBe('answer 1');
		expect(await repeats.find('signature 10000')?.answer(0)).toBe('answer 10000');
	});

	it('does not drop the answers of one partner for the requests of another', async () => {
		const repeats = new InMemoryReplayCache(60);
		for (const signature of ['b1', 'b2', 'b3']) {
			await repeats.claim(signature, 'b');
			await repeats.store(signature, `answer to ${signature}`);
		}
		for (let index = 0; index < 12_000; index++) await repeats.claim(`a ${index}`, 'a');
		expect(await repeats.find('b1')?.answer(0)).toBe('answer to b1');
		expect(repeats.find('b3')).toBeDefined();
		// The oldest of who has the most, and as many in all as before.
		expect(repeats.find('a 2002')).toBeUndefined();
		expect(repeats.find('a 2003')).toBeDefined();
	});

	it('drops expired answers of all senders', async () => {
		const repeats = new InMemoryReplayCache(0.5);
		for (let index = 0; index < 1_000; index++) await repeats.claim(`a ${index}`, 'a');
		await sleep(600);
		await repeats.claim('b', 'b');
		expect(repeats.size).toBe(1);
	});

	it('accepts an answer for an expired claim', async () => {
		const repeats = new InMemoryReplayCache(60);
		await expect(repeats.store('unknown', 'answer')).resolves.toBeUndefined();
		expect(repeats.find('unknown')).toBeUndefined();
	});
});
