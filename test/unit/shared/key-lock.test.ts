import { setTimeout as sleep } from 'node:timers/promises';
import { exclusive } from '../../../nodes/shared/items';

describe('tasks of one key', () => {
	it('run one after the other in their order, others beside them', async () => {
		const log: string[] = [];
		const task = async (key: string, name: string, ms: number) =>
			await exclusive(key, async () => {
				log.push(`${name} begins`);
				await sleep(ms);
				log.push(`${name} ends`);
			});
		const failing = exclusive('a', async () => await Promise.reject(new Error('no')));
		await Promise.allSettled([
			failing,
			task('a', 'one', 15),
			task('a', 'two', 1),
			task('b', 'other', 1),
		]);
		expect(log).toEqual([
			'other begins',
			'one begins',
			'other ends',
			'one ends',
			'two begins',
			'two ends',
		]);
	});

	it('let those who wait go when their execution is stopped, and disturb no other', async () => {
		const log: string[] = [];
		const stop = new AbortController();
		let end = (): void => undefined;
		const first = exclusive(
			'c',
			async () =>
				await new Promise<void>((resolve) => {
					end = resolve;
				}),
		);
		const waiting = ['stopped', 'second', 'stopped too', 'third'].map(
			async (name) =>
				await exclusive(
					'c',
					async () => {
						await Promise.resolve();
						log.push(name);
					},
					name.startsWith('stopped') ? stop.signal : undefined,
				),
		);
		stop.abort();
		for (const at of [0, 2]) {
			await expect(waiting[at]).rejects.toMatchObject({
				message: 'The execution was stopped',
				outcome: 'notSent',
			});
		}
		expect(log).toEqual([]);
		end();
		await Promise.all([first, waiting[1], waiting[3]]);
		expect(log).toEqual(['second', 'third']);
		await expect(
			exclusive('c', async () => await Promise.resolve(log.push('late')), stop.signal),
		).rejects.toMatchObject({ outcome: 'notSent' });
		expect(log).toEqual(['second', 'third']);
	});

	it('finish when their execution is stopped after they have begun', async () => {
		const stop = new AbortController();
		const running = exclusive('d', async () => await sleep(5, 'done'), stop.signal);
		stop.abort();
		expect(await running).toBe('done');
		expect(await exclusive('d', async () => await Promise.resolve('next'))).toBe('next');
	});
});
