import { setTimeout as sleep } from 'node:timers/promises';
import { PartnerError } from '../../../nodes/shared/errors';
import { OutageGuard, type OutageTimes } from '../../../nodes/shared/items/outage';

/** A hundredth of the real ones. */
const TIMES: OutageTimes = { items: 3, suspect: 150, pause: 10, probe: 50, wait: 600 };
const SLACK = 250;
/** What a busy machine may add: items that all dial take longer. */
const BUSY = 3_000;

const noConnection = () =>
	new PartnerError('crm.example.com cannot be reached', {
		outcome: 'notSent',
		attemptNote: 'Nothing was sent.',
		noConnection: true,
	});

let guard: OutageGuard;
let calls: number;
let isAway: boolean;
beforeEach(() => {
	guard = new OutageGuard(TIMES);
	calls = 0;
	isAway = true;
});

/** A partner whose connection fails after so many milliseconds while it is away. */
const partner = (connecting: number) => async () => {
	calls += 1;
	await sleep(isAway ? connecting : 1);
	if (isAway) throw noConnection();
	return 'done';
};

/** Sends items as a run does, so many at once; gives for each its value or its error's message. */
async function runItems(
	count: number,
	concurrency: number,
	send: () => Promise<unknown>,
	signal?: AbortSignal,
): Promise<string[]> {
	const results: string[] = [];
	let next = 0;
	const work = async () => {
		while (next < count) {
			const position = next++;
			results[position] = await guard.run(position, send, signal).then(String, (error: unknown) => {
				return (error as Error).message;
			});
		}
	};
	await Promise.all(Array.from({ length: concurrency }, work));
	return results;
}

describe.each([1, 3, 8])('with %i items at once', (concurrency) => {
	it('no item is lost in an outage shorter than the suspicion', async () => {
		setTimeout(() => (isAway = false), TIMES.suspect / 3);
		expect(new Set(await runItems(50, concurrency, partner(5)))).toEqual(new Set(['done']));
	});

	it.each([5, 100])(
		'a lasting outage ends the run, connecting taking %i ms',
		async (connecting) => {
			const startedAt = performance.now();
			const results = await runItems(1_000, concurrency, partner(connecting));
			const taken = performance.now() - startedAt;
			expect(taken).toBeLessThan(TIMES.suspect + TIMES.wait + connecting + BUSY);
			expect(taken).toBeGreaterThan(TIMES.suspect + TIMES.wait - SLACK);
			expect(results.at(-1)).toBe('Not sent: crm.example.com cannot be reached');
			// Few are lost by a try of their own: the first ones, and one a probe.
			const own = results.filter((text) => text === 'crm.example.com cannot be reached');
			expect(own.length).toBeLessThan(3 + TIMES.wait / TIMES.probe + 1);
			expect(calls).toBeLessThan(300);
		},
	);

	it('no item that waited is lost when the partner returns within the time', async () => {
		setTimeout(() => (isAway = false), 400);
		const results = await runItems(50, concurrency, partner(5));
		const lost = results.filter((text) => text !== 'done');
		// Items that fail one after the other before an outage is declared cannot wait.
		expect(lost.length).toBeLessThanOrEqual(concurrency >= TIMES.items ? 0 : TIMES.items - 1);
	});

	it('all go on when a probe connects', async () => {
		setTimeout(() => (isAway = false), TIMES.suspect + TIMES.wait / 2);
		const results = await runItems(200, concurrency, partner(5));
		const lost = results.filter((text) => text !== 'done');
		expect(lost.length).toBeLessThan(3 + TIMES.wait / 2 / TIMES.probe + 2);
		expect(lost.every((text) => text === 'crm.example.com cannot be reached')).toBe(true);
	});

	it('a stop is heeded while items wait', async () => {
		const stop = new AbortController();
		setTimeout(() => stop.abort(), TIMES.suspect + 100);
		const startedAt = performance.now();
		await runItems(concurrency, concurrency, partner(5), stop.signal);
		expect(performance.now() - startedAt).toBeLessThan(TIMES.suspect + 100 + SLACK);
	});
});

it('no probe begins that would end long after the time, as long as the tries before took', async () => {
	const results = await runItems(20, 3, partner(420));
	expect(results.at(-1)).toBe('Not sent: crm.example.com cannot be reached');
	// The first three, and two that begin before the third has failed.
	expect(calls).toBeLessThanOrEqual(5);
});

it('one probe at a time is sent while the others wait', async () => {
	const running = runItems(8, 8, partner(5));
	await sleep(TIMES.suspect + 60);
	calls = 0;
	await sleep(TIMES.probe * 4);
	expect(calls).toBeGreaterThanOrEqual(2);
	expect(calls).toBeLessThanOrEqual(5);
	isAway = false;
	await running;
});

it('an item that fails by itself does not wait and ends no run', async () => {
	let count = 0;
	const results = await runItems(60, 2, async () => {
		const isDead = count++ % 3 === 0;
		await sleep(2);
		if (isDead) throw noConnection();
		return 'done';
	});
	expect(results.filter((text) => text.startsWith('Not sent'))).toEqual([]);
});

it('a request that may have left is not sent again, and shows that there is a connection', async () => {
	const lost = new PartnerError('closed', { outcome: 'unknown' });
	const send = jest.fn(async () => await Promise.reject(lost));
	expect(await runItems(5, 1, send)).toEqual(Array(5).fill('closed'));
	expect(send).toHaveBeenCalledTimes(5);
});

it('a failure that an earlier unknown one stands behind is not tried again', async () => {
	const error = new PartnerError('lost', { outcome: 'unknown', noConnection: true });
	const send = jest.fn(async () => await Promise.reject(error));
	expect(await runItems(1, 1, send)).toEqual(['lost']);
	expect(send).toHaveBeenCalledTimes(1);
});

it('another attempt of the run probes once, and then decides', async () => {
	await runItems(20, 4, partner(5));
	calls = 0;
	guard.beginAttempt();
	const startedAt = performance.now();
	const results = await runItems(20, 4, partner(5));
	expect(performance.now() - startedAt).toBeLessThan(SLACK);
	expect(calls).toBe(1);
	expect(results.filter((text) => text.startsWith('Not sent'))).toHaveLength(19);
	guard.beginAttempt();
	isAway = false;
	expect(new Set(await runItems(20, 4, partner(5)))).toEqual(new Set(['done']));
});
