import { setTimeout as sleep } from 'node:timers/promises';
import { byClients, byRate, Tally } from '../../../tools/load/load-generator';
import { faultsOf, pageOf, type LoadRun } from '../../../tools/load/report';

const MB = 1024 * 1024;

function runWith(changes: Partial<LoadRun> = {}): LoadRun {
	const tally = new Tally();
	for (let time = 1; time <= 100; time++) tally.times.push(time);
	return {
		minutes: 10,
		n8nVersion: '2.0.0',
		capacity: 25,
		rate: 20,
		tally,
		changes: 120,
		missed: 0,
		heap: [
			[2, 200 * MB],
			[10, 205 * MB],
		],
		descriptors: [40, 40],
		...changes,
	};
}

function tallyWithErrors(): Tally {
	const tally = new Tally();
	tally.fail('a wrong answer');
	tally.fail('a wrong answer');
	return tally;
}

describe('a run under load', () => {
	it('has no fault when nothing failed, grew or was left', () => {
		expect(faultsOf(runWith())).toEqual([]);
		expect(pageOf(runWith())).toContain('No check failed');
	});

	it.each<[string, Partial<LoadRun>, string]>([
		['an error', { tally: tallyWithErrors() }, '2 times: a wrong answer'],
		['a change that was missed', { missed: 1 }, 'The order trigger missed 1 changes.'],
		[
			'memory that grows',
			{
				heap: [
					[2, 200 * MB],
					[10, 211 * MB],
				],
			},
			'The heap grew from 200.0 to 211.0 MB.',
		],
		['descriptors that are left', { descriptors: [40, 42] }, '2 file descriptors were left.'],
	])('fails by %s', (_, changes, fault) => {
		expect(faultsOf(runWith(changes))).toEqual([fault]);
		expect(pageOf(runWith(changes))).toContain(`- ${fault}`);
	});
});

describe('the pace', () => {
	it('is kept whether answers have come or not, and waits for all in the end', async () => {
		const tally = new Tally();
		let open = 0;
		let most = 0;
		await byRate(
			100,
			1,
			async () => {
				most = Math.max(most, ++open);
				await sleep(300);
				open -= 1;
			},
			tally,
		);
		expect(open).toBe(0);
		expect(most).toBeGreaterThan(10);
		// The last tick may come a moment before the second is over.
		expect(tally.requests).toBeGreaterThan(80);
		expect(tally.requests).toBeLessThanOrEqual(101);
	});

	it('counts what failed by its words', async () => {
		const tally = new Tally();
		const failing = async () => {
			await sleep(5);
			throw new Error('refused');
		};
		await byClients(2, 0.1, failing, tally);
		expect(tally.times).toEqual([]);
		expect(tally.errors.get('refused')).toBe(tally.requests);
	});

	it('tells what half and 99 of 100 took at most', () => {
		const { tally } = runWith();
		expect([tally.quantile(0.5), tally.quantile(0.99)]).toEqual([51, 100]);
	});
});
