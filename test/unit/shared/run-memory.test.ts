import type { IExecuteFunctions } from 'n8n-workflow';
import { nothingSentNote, runMemoryFor, useRunMemory } from '../../../nodes/shared/items/memory';

/** What the memory asks a node run for. */
function runOf(executionId: string): IExecuteFunctions {
	return {
		getNode: () => ({ id: 'node', retryOnFail: true }),
		getExecutionId: () => executionId,
		getWorkflowDataProxy: () => ({ $runIndex: 0 }),
		getInputData: () => [],
		getExecutionCancelSignal: () => undefined,
		onExecutionFinish: () => undefined,
	} as unknown as IExecuteFunctions;
}

const MINUTE = 60 * 1000;
const HOUR = 60 * MINUTE;
const others = (count: number, name = 'other') => {
	for (let index = 0; index < count; index++) runMemoryFor(runOf(`${name}-${index}`));
};

describe('the memory of a run', () => {
	// Goes on from test to test, as time does: the memory is the process's.
	let now = Date.now();
	beforeEach(() => {
		jest.spyOn(Date, 'now').mockImplementation(() => now);
	});
	afterEach(() => jest.restoreAllMocks());

	it('is kept while an attempt runs, however long it takes', async () => {
		const run = runOf('long');
		await useRunMemory(run, async (memory) => {
			memory.values.set(0, 'done');
			now += 3 * HOUR;
			others(1, 'later');
			await Promise.resolve();
		});
		// As long again as n8n may pause, with other runs meanwhile.
		now += HOUR / 2;
		others(2, 'between');
		expect(runMemoryFor(run).values.get(0)).toBe('done');
	});

	it('is kept while an attempt runs, however many others there are', async () => {
		const run = runOf('crowded');
		await useRunMemory(run, async (memory) => {
			memory.values.set(0, 'done');
			others(3_000);
			await Promise.resolve();
		});
		others(999, 'after');
		expect(runMemoryFor(run).values.get(0)).toBe('done');
	});

	it('is kept until the last of several attempts ends', async () => {
		const run = runOf('twice');
		await useRunMemory(run, async (memory) => {
			memory.values.set(0, 'done');
			await useRunMemory(run, async () => await Promise.resolve());
			now += 2 * HOUR;
			others(2_000, 'many');
			expect(runMemoryFor(run)).toBe(memory);
		});
	});

	it.each([999, 1_000, 1_001, 5_000])(
		'keeps what each of %i attempts running at once did',
		async (count) => {
			const runs = Array.from({ length: count }, (_, index) => runOf(`at once ${count}-${index}`));
			let end: () => void = () => undefined;
			const gate = new Promise<void>((resolve) => (end = resolve));
			const attempts = runs.map(async (run, index) => {
				await useRunMemory(run, async (memory) => {
					memory.values.set(0, index);
					await gate;
				});
			});
			const between = runMemoryFor(runOf(`between ${count}`));
			between.values.set(0, 'done');
			expect(runMemoryFor(runOf(`between ${count}`))).toBe(between);
			end();
			await Promise.all(attempts);
			const lost = runs.filter((run, index) => runMemoryFor(run).values.get(0) !== index);
			expect(lost).toHaveLength(0);
		},
	);

	it('is kept for a minute after an attempt, however many others there are', async () => {
		const run = runOf('about to be retried');
		await useRunMemory(run, async (memory) => {
			memory.values.set(0, 'done');
			await Promise.resolve();
		});
		now += 25_000;
		others(15_000, 'busy');
		expect(runMemoryFor(run).values.get(0)).toBe('done');
	});

	it('keeps at most 20,000 runs that are not running', async () => {
		const run = runOf('beyond the bound');
		await useRunMemory(run, async (memory) => {
			memory.values.set(0, 'done');
			await Promise.resolve();
		});
		others(20_000, 'flood');
		expect(runMemoryFor(run).values.size).toBe(0);
	});

	it('is dropped once it has not been used for an hour, or a thousand others have', async () => {
		const [old, crowdedOut] = [runOf('old'), runOf('crowded out')];
		await useRunMemory(old, async (memory) => {
			memory.values.set(0, 'done');
			await Promise.resolve();
		});
		now += HOUR + 1;
		await useRunMemory(crowdedOut, async (memory) => {
			memory.values.set(0, 'done');
			await Promise.resolve();
		});
		expect(runMemoryFor(old).values.size).toBe(0);
		now += MINUTE + 1;
		others(1_000, 'newer');
		expect(runMemoryFor(crowdedOut).values.size).toBe(0);
	});

	it('keeps an error from saying that nothing was sent when something was', () => {
		const run = runOf('told');
		expect(nothingSentNote(run)).toBe('Nothing was sent.');
		runMemoryFor(run).values.set(0, 'done');
		expect(nothingSentNote(run)).toBe('Nothing more was sent.');
	});
});
