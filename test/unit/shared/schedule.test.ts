import fc from 'fast-check';
import { describeItems } from '../../../nodes/shared/items/output';
import { runJobs } from '../../../nodes/shared/items/schedule';

describe('jobs', () => {
	it('with the same key run in their order and never at once, never more than allowed', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.record({ key: fc.option(fc.nat(3)), ticks: fc.nat(4), fails: fc.boolean() })),
				fc.integer({ min: 1, max: 5 }),
				async (wanted, concurrency) => {
					const running = new Set<number>();
					const ended: number[] = [];
					let most = 0;
					const jobs = wanted.map(({ key, ticks, fails }, index) => ({
						key: key === null ? undefined : String(key),
						run: async () => {
							for (const other of running) {
								expect(key !== null && wanted[other]?.key === key).toBe(false);
							}
							running.add(index);
							most = Math.max(most, running.size);
							for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
							running.delete(index);
							ended.push(index);
							if (fails) throw new Error(String(index));
							return index;
						},
					}));
					const results = await runJobs(jobs, concurrency, () => true);
					expect(most).toBeLessThanOrEqual(concurrency);
					expect(results.map((result) => result?.done)).toEqual(wanted.map(({ fails }) => !fails));
					for (const key of [0, 1, 2, 3]) {
						const ofKey = ended.filter((index) => wanted[index]?.key === key);
						expect(ofKey).toEqual([...ofKey].sort((a, b) => a - b));
					}
				},
			),
		);
	});

	it('are not started once the answer is no', async () => {
		let started = 0;
		const run = async () => await Promise.resolve(++started);
		const results = await runJobs(Array(5).fill({ run }), 1, () => started < 2);
		expect(results.map((result) => result?.done)).toEqual([
			true,
			true,
			undefined,
			undefined,
			undefined,
		]);
	});
});

describe('items for a person', () => {
	it.each([
		[[3], 'item 3'],
		[[0, 1, 2], 'items 0–2'],
		[[0, 1, 2, 5, 7, 8], 'items 0–2, 5, 7–8 (6 in all)'],
	])('%j', (indexes, text) => {
		expect(describeItems(indexes)).toBe(text);
	});

	it('are cut where there are many ranges', () => {
		expect(describeItems(Array.from({ length: 40 }, (_, index) => index * 2))).toMatch(
			/18, … \(40 in all\)$/,
		);
	});
});
