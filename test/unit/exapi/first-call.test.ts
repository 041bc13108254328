import { setTimeout as sleep } from 'node:timers/promises';
import type { PartnerError } from '../../../nodes/shared/errors';
import { ClientBench, RESPONSES, type Response } from './client-bench';

let bench: ClientBench;
beforeEach(async () => (bench = await ClientBench.start()));
afterEach(async () => await bench.stop());

/** Responds to the first request only when the test says so, and at once to the others. */
function holdFirst(others: Response = RESPONSES.signed): { release(respond: Response): void } {
	let release: (respond: Response) => void = () => undefined;
	bench.respond = (response, sign) => {
		bench.respond = others;
		release = (respond) => respond(response, sign);
	};
	return { release: (respond) => release(respond) };
}

async function untilArrived(count: number): Promise<void> {
	while (bench.arrived.length < count) await sleep(5);
}

async function timed<T>(work: Promise<T>): Promise<{ value: T; milliseconds: number }> {
	const startedAt = performance.now();
	const value = await work;
	return { value, milliseconds: performance.now() - startedAt };
}

describe('while the first request of a sender is out', () => {
	it('others wait for it, and follow as soon as it is answered', async () => {
		const first = holdFirst();
		const slow = bench.call();
		await untilArrived(1);
		const others = Array.from({ length: 5 }, async () => await bench.call({ changes: true }));
		await sleep(300);
		expect(bench.arrived).toHaveLength(1);
		first.release(RESPONSES.signed);
		expect(await Promise.all([slow, ...others])).toEqual(Array(6).fill('done'));
	});

	it('others wait at most 2 s', async () => {
		holdFirst();
		const stop = new AbortController();
		const slow = bench.call({ signal: stop.signal });
		await untilArrived(1);
		const { value, milliseconds } = await timed(bench.call({ changes: true, timeout: 30_000 }));
		expect(value).toBe('done');
		expect(milliseconds).toBeGreaterThan(1_900);
		// The 8.8 s of a slow getOrders are not waited for.
		expect(milliseconds).toBeLessThan(5_000);
		stop.abort();
		await slow;
	});

	it('others have their response, or fail, within their own timeout', async () => {
		holdFirst(() => undefined);
		const stop = new AbortController();
		const slow = bench.call({ signal: stop.signal });
		await untilArrived(1);
		const { value, milliseconds } = await timed(bench.call({ changes: true, timeout: 1_000 }));
		expect(value).toMatchObject({
			kind: 'timeout',
			outcome: 'unknown',
			// What the user has set, not what the wait for the first request has left of it.
			message: expect.stringMatching(/ did not respond within 1 s$/),
		});
		expect(milliseconds).toBeGreaterThan(950);
		expect(milliseconds).toBeLessThan(2_500);
		expect(bench.arrived).toHaveLength(2);
		stop.abort();
		await slow;
	});

	it('others that a user stops are not sent', async () => {
		holdFirst();
		const stopFirst = new AbortController();
		const slow = bench.call({ signal: stopFirst.signal });
		await untilArrived(1);
		const stop = new AbortController();
		const waiting = bench.call({ changes: true, signal: stop.signal });
		setTimeout(() => stop.abort(), 100);
		const { value, milliseconds } = await timed(waiting);
		expect(value).toMatchObject({ message: 'The execution was stopped', outcome: 'notSent' });
		expect(milliseconds).toBeLessThan(1_900);
		stopFirst.abort();
		await slow;
		expect(bench.arrived).toHaveLength(1);
	});

	it('others are not sent if it is refused', async () => {
		const first = holdFirst();
		const slow = bench.call();
		await untilArrived(1);
		const others = Array.from({ length: 5 }, async () => await bench.call({ changes: true }));
		await sleep(100);
		first.release(RESPONSES.closed);
		const errors = (await Promise.all([slow, ...others])) as PartnerError[];
		expect(errors.map(({ outcome }) => outcome)).toEqual([
			'refused',
			...Array<string>(5).fill('notSent'),
		]);
		expect(bench.arrived).toHaveLength(1);
	});

	it('a refusal of a request that went ahead keeps the later ones back', async () => {
		const first = holdFirst(RESPONSES.closed);
		const slow = bench.call();
		await untilArrived(1);
		expect(await bench.call({ changes: true, timeout: 200 })).toMatchObject({ outcome: 'unknown' });
		expect(await bench.call({ changes: true, timeout: 200 })).toMatchObject({ outcome: 'notSent' });
		expect(bench.arrived).toHaveLength(2);
		first.release(RESPONSES.signed);
		expect(await slow).toBe('done');
		bench.respond = RESPONSES.signed;
		expect(await bench.call()).toBe('done');
	});
});
