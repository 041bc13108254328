import fc from 'fast-check';
import { DateTime } from 'luxon';
import {
	pollOrders,
	type ApprovedOrder,
	type OrdersState,
} from '../../../nodes/Exapi/polling/approved-orders';
import type { StatusChange } from '../../../nodes/Exapi/polling/revisions';
import {
	pollChanges,
	sampleChanges,
	type ChangesPoll,
	type ChangesState,
} from '../../../nodes/Exapi/polling/status-changes';
import type { MethodCall } from '../../../nodes/Exapi/protocol';
import { PollRunner, readMark, startAt } from '../../../nodes/shared/polling';
import { FATES, PollHost, SCHEDULERS, type Scheduler } from '../shared/poll-host';

const timeZone = 'Europe/Moscow';
const timeout = 1_000;
const MINUTE = 60_000;

/** Which revision an answer names: the CRM's, none, or the greatest of what it found, 0 for nothing. */
const NAMINGS = ['current', 'none', 'found'] as const;

/** By which date a CRM chooses orders. */
const BY = ['date', 'approveDate'] as const;

/** A CRM of which only revisions matter. */
class Crm {
	revision = 0;
	readonly orders = new Map<string, number>();
	readonly changes: string[] = [];

	constructor(
		private readonly isInclusive: boolean,
		private readonly naming: (typeof NAMINGS)[number],
	) {}

	change(number: string): void {
		this.revision += 1;
		this.orders.set(number, this.revision);
		this.changes.push(`${number}:${this.revision}`);
	}

	async call({ params: [from] }: MethodCall): Promise<{ result: unknown }> {
		const orders = [...this.orders]
			.filter(([, at]) => (this.isInclusive ? at >= Number(from) : at > Number(from)))
			.map(([nmb, at]) => ({ nmb, status: 'paid', upd_rev: String(at) }));
		const found = orders.reduce((greatest, { upd_rev }) => Math.max(greatest, Number(upd_rev)), 0);
		const rev = this.naming === 'found' ? found : this.revision;
		const result = this.naming === 'none' ? orders : { rev, orders };
		return await Promise.resolve({ result });
	}
}

const step = fc.oneof(
	{ weight: 4, arbitrary: fc.record({ change: fc.nat(5).map(String) }) },
	{ weight: 4, arbitrary: fc.record({ minutes: fc.integer({ min: 1, max: 3 }) }) },
	{
		weight: 1,
		arbitrary: fc.record({
			minutes: fc.integer({ min: 1, max: 3 }),
			fate: fc.constantFrom(...FATES),
		}),
	},
);

describe('status changes', () => {
	const hostOf = (
		crm: Crm,
		startFrom: 'now' | number,
		scheduler: Scheduler = 'ordinary',
		more: Partial<ChangesPoll> = {},
	) =>
		new PollHost<ChangesState, StatusChange>(
			scheduler,
			async (state, turn) =>
				await pollChanges({ client: crm, timeZone, timeout, startFrom, ...more }, state, turn),
		);

	it.each(SCHEDULERS)(
		'are all emitted, whenever n8n dies or gives a poll up, and once while it lives (%s)',
		async (scheduler) => {
			await fc.assert(
				fc.asyncProperty(
					fc.array(step),
					fc.boolean(),
					fc.constantFrom(...NAMINGS),
					async (steps, inclusive, naming) => {
						const crm = new Crm(inclusive, naming);
						crm.change('before');
						const host = hostOf(crm, 'now', scheduler);
						await host.publish();
						const latest = new Map<string, string>();
						let died = false;
						for (const next of steps) {
							if ('change' in next) {
								crm.change(next.change);
								latest.set(next.change, crm.changes.at(-1)!);
								continue;
							}
							const fate = 'fate' in next ? next.fate : 'executed';
							died ||= fate.startsWith('died');
							await host.after(next.minutes, fate);
						}
						for (let more = 0; more < 3; more++) await host.after(1);
						// A CRM tells only the latest state of an order, so that is what must arrive.
						expect(host.executed).toEqual(expect.arrayContaining([...latest.values()]));
						expect(host.executed).not.toContain('before:1');
						if (!died) expect(new Set(host.executed).size).toBe(host.executed.length);
					},
				),
				{ numRuns: 200 },
			);
		},
	);

	it('begin at the revision asked for', async () => {
		const crm = new Crm(true, 'current');
		for (const number of ['a', 'b', 'c']) crm.change(number);
		const host = hostOf(crm, 2);
		await host.tick();
		expect(host.executed).toEqual(['b:2', 'c:3']);
	});

	it('are emitted once under the durable scheduler, and the revision moves on', async () => {
		const crm = new Crm(true, 'current');
		const host = hostOf(crm, 'now', 'durable');
		await host.publish();
		crm.change('a');
		for (let polls = 0; polls < 5; polls++) await host.after(1);
		crm.change('b');
		await host.after(1);
		expect(host.executed).toEqual(['a:1', 'b:2']);
		expect(host.state?.position).toBe('1');
	});

	it.each(SCHEDULERS)(
		'after three polls that saved nothing are not missed (%s)',
		async (scheduler) => {
			const crm = new Crm(false, 'current');
			crm.change('before');
			const host = hostOf(crm, 'now', scheduler);
			for (let polls = 0; polls < 3; polls++) await host.after(1);
			expect(host.saved).toBe('{}');
			crm.change('a');
			await host.after(1, 'discarded');
			await host.after(1);
			await host.after(1);
			expect(host.executed).toEqual(['a:2']);
		},
	);

	it('of a poll that n8n abandoned are emitted by the next one', async () => {
		const crm = new Crm(false, 'current');
		const host = hostOf(crm, 'now', 'durable');
		await host.publish();
		crm.change('a');
		await host.after(1, 'discarded');
		expect(host.executed).toEqual([]);
		await host.after(1);
		await host.after(1);
		expect(host.executed).toEqual(['a:1']);
	});

	it.each(SCHEDULERS)('of polls that overlap are emitted once (%s)', async (scheduler) => {
		const crm = new Crm(false, 'current');
		const host = hostOf(crm, 0, scheduler);
		for (const number of ['a', 'b', 'c', 'd', 'e']) crm.change(number);
		const [first, second] = await Promise.all([host.poll(), host.poll()]);
		expect(first).toHaveLength(5);
		expect(second).toEqual([]);
	});

	it('are emitted by a later poll when one never ends, and not a second time when it does', async () => {
		const crm = new Crm(false, 'current');
		const call = crm.call.bind(crm);
		let release = () => {};
		const stuck = new Promise<void>((resolve) => (release = resolve));
		let calls = 0;
		crm.call = async (asked) => {
			calls += 1;
			if (calls === 1) await stuck;
			return await call(asked);
		};
		crm.change('a');
		const host = hostOf(crm, 0, 'durable');
		const first = host.poll();
		await host.after(1);
		expect(host.executed).toEqual([]);
		await host.after(2);
		expect(host.executed).toEqual(['a:1']);
		release();
		await expect(first).rejects.toThrow('The poll took longer than the 60 seconds that n8n allows');
		await host.after(1);
		expect(host.executed).toEqual(['a:1']);
	});

	it('that another process emitted are emitted again, however long ago', async () => {
		const crm = new Crm(false, 'current');
		const host = hostOf(crm, 'now', 'durable');
		await host.publish();
		crm.change('a');
		await host.after(1, 'died after saving');
		await host.after(180);
		await host.after(1);
		expect(host.executed).toEqual(['a:1']);
	});

	it('are not emitted again if their process ran for another minute', async () => {
		const crm = new Crm(false, 'current');
		const host = hostOf(crm, 'now', 'durable');
		await host.publish();
		crm.change('a');
		await host.after(1);
		crm.change('b');
		await host.after(2);
		await host.restart();
		await host.after(1);
		expect(host.executed).toEqual(['a:1', 'b:2', 'b:2']);
	});

	it.each([1, 5])(
		'come at most once from each of two main processes (every %i min)',
		async (minutes) => {
			const crm = new Crm(true, 'current');
			const host = hostOf(crm, 'now', 'durable');
			await host.publish();
			let other = new PollRunner('the other main', () => host.now);
			for (let change = 0; change < 10; change++) {
				crm.change(String(change));
				for (let polls = 0; polls <= change % 3; polls++) {
					await host.after(minutes);
					other = host.switchTo(other);
				}
			}
			for (let polls = 0; polls < 6; polls++) {
				await host.after(minutes);
				other = host.switchTo(other);
			}
			expect(new Set(host.executed)).toEqual(new Set(crm.changes));
			const times = crm.changes.map((id) => host.executed.filter((one) => one === id).length);
			expect(Math.max(...times)).toBeLessThanOrEqual(2);
		},
	);

	it('without a revision are distinguished by their content', async () => {
		let order = { nmb: 'a', status: 'pending', call_cnt: 2n ** 60n };
		const client = { call: async () => await Promise.resolve({ result: [order] }) };
		const host = hostOf(client as unknown as Crm, 'now', 'durable');
		await host.publish();
		await host.after(1);
		order = { ...order, status: 'paid' };
		for (let polls = 0; polls < 3; polls++) await host.after(1);
		expect(host.executed).toEqual([expect.stringMatching(/^a:#/)]);
	});

	it.each([
		['text', '7'],
		['beyond 2^53', '90071992547409931'],
		['beyond 2^53, as a bigint', 90071992547409931n],
	])('keep every digit of a revision (%s)', async (_, revision) => {
		const asked: unknown[] = [];
		const orders = [{ nmb: 'a', status: 'paid', upd_rev: revision }];
		const client = {
			call: async ({ params: [from] }: MethodCall) => {
				asked.push(from);
				return await Promise.resolve({ result: { rev: revision, orders } });
			},
		};
		const host = hostOf(client as unknown as Crm, 0, 'durable');
		for (let polls = 0; polls < 3; polls++) await host.after(1);
		expect(host.executed).toEqual([`a:${revision}`]);
		expect(String(asked.at(-1))).toBe(String(revision));
	});

	it.each<[string, (from: number, revision: number) => unknown]>([
		['that repeats the revision of the question', (from) => from],
		['that repeats it as text', (from) => String(from)],
		['that always names 0', () => 0],
		['that always names 1', () => 1],
		['that is always one behind', (_, revision) => revision - 1],
	])('of a CRM %s start after its history, and the revision moves on', async (_, name) => {
		for (const inclusive of [false, true]) {
			const crm = new Crm(inclusive, 'current');
			const call = crm.call.bind(crm);
			const asked: unknown[] = [];
			crm.call = async (question) => {
				const [from] = question.params;
				asked.push(from);
				const { result } = (await call(question)) as { result: object };
				return { result: { ...result, rev: name(Number(from), crm.revision) } };
			};
			for (let change = 0; change < 40; change++) crm.change(`old ${change}`);
			const host = hostOf(crm, 'now', 'durable');
			for (let polls = 0; polls < 3; polls++) await host.after(1);
			for (const number of ['a', 'b', 'c']) {
				crm.change(number);
				for (let polls = 0; polls < 3; polls++) await host.after(1);
			}
			expect(host.executed).toEqual(['a:41', 'b:42', 'c:43']);
			expect(asked).toContain(43);
		}
	});

	it('that the CRM counts already, but does not show yet, are not missed', async () => {
		const crm = new Crm(false, 'current');
		const call = crm.call.bind(crm);
		let hidden = '';
		crm.call = async (asked) => {
			const { result } = (await call(asked)) as { result: { orders: Array<{ nmb: string }> } };
			return { result: { ...result, orders: result.orders.filter(({ nmb }) => nmb !== hidden) } };
		};
		const host = hostOf(crm, 'now', 'durable');
		await host.publish();
		for (const number of ['a', 'b', 'c']) {
			crm.change(number);
			hidden = number;
			await host.after(1);
			hidden = '';
			await host.after(1);
			await host.after(1);
		}
		expect(host.executed).toEqual(['a:1', 'b:2', 'c:3']);
	});

	it('that the filter leaves out do not hold the revision back', async () => {
		const asked: unknown[] = [];
		const crm = new Crm(false, 'current');
		const client = {
			call: async (call: MethodCall) => {
				asked.push(call.params[0]);
				return await crm.call(call);
			},
		};
		const host = hostOf(client as unknown as Crm, 0, 'durable', { isWanted: () => false });
		for (let change = 0; change < 9; change++) crm.change(String(change));
		for (let polls = 0; polls < 4; polls++) await host.after(1);
		expect(host.saved).toBe('{}');
		expect(asked).toEqual([0, 0, 9, 9]);
	});

	describe('of a CRM whose revisions start over', () => {
		const restored = async (scheduler: Scheduler) => {
			const crm = new Crm(false, 'current');
			const restarts: string[][] = [];
			const onRestart = (...revisions: string[]) => restarts.push(revisions);
			const host = hostOf(crm, 'now', scheduler, { onRestart });
			for (let change = 0; change < 100; change++) crm.change(`old ${change}`);
			await host.publish();
			await host.after(1);
			crm.revision = 0;
			crm.orders.clear();
			return { crm, host, restarts };
		};

		it.each(SCHEDULERS)(
			'are read from the new beginning, and it is said once (%s)',
			async (scheduler) => {
				const { crm, host, restarts } = await restored(scheduler);
				for (const number of ['a', 'b', 'c']) crm.change(number);
				await host.after(1);
				expect(host.executed).toEqual(['a:1', 'b:2', 'c:3']);
				crm.change('d');
				for (let polls = 0; polls < 3; polls++) await host.after(1);
				expect(host.executed).toEqual(['a:1', 'b:2', 'c:3', 'd:4']);
				expect(restarts).toEqual([['100', '3']]);
			},
		);

		it.each(SCHEDULERS)('also when it has no order yet (%s)', async (scheduler) => {
			const { crm, host, restarts } = await restored(scheduler);
			await host.after(1);
			crm.change('a');
			for (let polls = 0; polls < 3; polls++) await host.after(1);
			expect(host.executed).toEqual(['a:1']);
			expect(restarts).toHaveLength(1);
		});

		it('are not repeated for a server that is behind the others for a moment', async () => {
			const { crm, host, restarts } = await restored('durable');
			crm.revision = 100;
			const call = crm.call.bind(crm);
			let polls = 0;
			crm.call = async (asked) => {
				polls += 1;
				const answer = (await call(asked)) as { result: object };
				return polls === 1 ? { result: { ...answer.result, rev: 99 } } : answer;
			};
			await host.after(1);
			expect([host.executed, restarts]).toEqual([[], []]);
		});

		/** A CRM at 105, of which the trigger has just emitted 101 to 105, unless settled later. */
		const fiveMore = async (inclusive: boolean, minutes: number) => {
			const crm = new Crm(inclusive, 'current');
			const restarts: string[][] = [];
			const onRestart = (...revisions: string[]) => restarts.push(revisions);
			const host = hostOf(crm, 'now', 'durable', { onRestart });
			for (let change = 0; change < 100; change++) crm.change(`old ${change}`);
			await host.publish();
			for (const number of ['a', 'b', 'c', 'd', 'e']) crm.change(number);
			await host.after(1);
			const emitted = ['a:101', 'b:102', 'c:103', 'd:104', 'e:105'];
			expect(host.executed).toEqual(emitted);
			for (let passed = 0; passed < minutes; passed++) await host.after(1);
			return { crm, host, restarts, emitted };
		};

		/** Sets the CRM's data back to a revision, as a server has it that is behind, or as a backup. */
		const backAt = (crm: Crm, revision: number) => {
			const lagging = new Crm(true, 'current');
			lagging.revision = revision;
			for (const [number, at] of crm.orders) if (at <= revision) lagging.orders.set(number, at);
			return lagging;
		};

		it.each([
			[true, 0],
			[false, 0],
			[true, 2],
			[false, 2],
		])(
			'are not repeated for a server that is behind for a poll (inclusive: %s, %i min later)',
			async (inclusive, minutes) => {
				for (const at of [100, 101, 103, 104]) {
					const { crm, host, restarts, emitted } = await fiveMore(inclusive, minutes);
					const call = crm.call.bind(crm);
					crm.call = async (asked) => await backAt(crm, at).call(asked);
					await host.after(0.5);
					crm.call = call;
					for (let polls = 0; polls < 3; polls++) await host.after(0.5);
					crm.change('f');
					for (let polls = 0; polls < 3; polls++) await host.after(1);
					expect(host.executed).toEqual([...emitted, 'f:106']);
					expect(restarts).toEqual([]);
				}
			},
		);

		it.each([0, 2])(
			'are not repeated when the newest order is deleted and lowers the revision (%i min later)',
			async (minutes) => {
				const { crm, host, restarts, emitted } = await fiveMore(true, minutes);
				crm.orders.delete('e');
				crm.revision = 104;
				for (let polls = 0; polls < 5; polls++) await host.after(0.5);
				crm.change('f');
				for (let polls = 0; polls < 3; polls++) await host.after(1);
				expect(host.executed).toEqual([...emitted, 'f:105']);
				expect(restarts).toEqual([]);
			},
		);

		it.each([
			['another order', 0, 'x', 'paid'],
			['other content', 0, 'd', 'rejected'],
			['another order, settled', 2, 'x', 'paid'],
			['other content, settled', 2, 'd', 'rejected'],
		])('are emitted when a revision has %s', async (_, minutes, number, status) => {
			const { crm, host, restarts, emitted } = await fiveMore(true, minutes);
			const restoredCrm = backAt(crm, 103);
			crm.call = async (asked) => {
				const { result } = (await restoredCrm.call(asked)) as {
					result: { orders: Array<Record<string, unknown>> };
				};
				const orders = result.orders.map((one) =>
					Number(one.upd_rev) > 103 ? { ...one, status } : one,
				);
				return { result: { ...result, orders } };
			};
			await host.after(0.5);
			expect([host.executed, restarts]).toEqual([emitted, []]);
			restoredCrm.change(number);
			await host.after(0.5);
			expect(restarts).toEqual([['105', '104']]);
			expect(host.executed.slice(5)).toContain(`${number}:104`);
		});

		describe.each<[string, (typeof NAMINGS)[number], ((from: number) => number)?]>([
			['names no revision', 'none'],
			['names the greatest revision of what it found', 'found'],
			['repeats the revision of the question', 'current', (from) => from],
			['always names 0', 'current', () => 0],
		])('and that %s', (_, naming, name) => {
			const idleAt100 = async (inclusive: boolean) => {
				const crm = new Crm(inclusive, naming);
				const call = crm.call.bind(crm);
				const asked: number[] = [];
				crm.call = async (question) => {
					const from = Number(question.params[0]);
					asked.push(from);
					const { result } = (await call(question)) as { result: object };
					return { result: name ? { ...result, rev: name(from) } : result };
				};
				const restarts: string[][] = [];
				const onRestart = (...revisions: string[]) => restarts.push(revisions);
				const host = hostOf(crm, 'now', 'durable', { onRestart });
				for (let change = 0; change < 100; change++) crm.change(`old ${change}`);
				await host.publish();
				return { crm, host, restarts, asked };
			};
			const setBackTo = (crm: Crm, revision: number) => {
				crm.revision = revision;
				for (const [number, at] of crm.orders) if (at > revision) crm.orders.delete(number);
			};

			it.each([
				[true, 0],
				[false, 0],
				[true, 95],
				[false, 95],
			])('are emitted within an hour (inclusive: %s, set back to %i)', async (inclusive, at) => {
				const { crm, host, restarts } = await idleAt100(inclusive);
				setBackTo(crm, at);
				crm.change('a');
				crm.change('b');
				for (let polls = 0; polls < 62; polls++) await host.after(1);
				crm.change('c');
				for (let polls = 0; polls < 3; polls++) await host.after(1);
				const fresh = host.executed.filter((one) => !one.startsWith('old'));
				expect(fresh).toEqual([`a:${at + 1}`, `b:${at + 2}`, `c:${at + 3}`]);
				expect(new Set(host.executed).size).toBe(host.executed.length);
				expect(restarts).toEqual([['100', String(at + 2)]]);
			});

			it('are asked for in full once an hour at most', async () => {
				const { crm, host, restarts, asked } = await idleAt100(false);
				asked.length = 0;
				for (let polls = 0; polls < 5 * 60 + 1; polls++) await host.after(1);
				expect(asked.filter((from) => from === 0)).toHaveLength(5);
				setBackTo(crm, 99);
				for (let polls = 0; polls < 3 * 60; polls++) await host.after(1);
				expect([host.executed, restarts]).toEqual([[], []]);
			});
		});

		it('cost a CRM that names its revision one short question an hour', async () => {
			const { crm, host } = await restored('durable');
			for (let change = 0; change < 100; change++) crm.change(`new ${change}`);
			const call = crm.call.bind(crm);
			const asked: unknown[] = [];
			crm.call = async (question) => {
				asked.push(question.params[0]);
				return await call(question);
			};
			for (let polls = 0; polls < 120; polls++) await host.after(1);
			expect(asked.filter((from) => from !== 100)).toEqual([2 ** 31 - 1, 2 ** 31 - 1]);
		});

		it('from the minute before it was restored are distinguished', async () => {
			const crm = new Crm(false, 'current');
			const restarts: string[][] = [];
			const onRestart = (...revisions: string[]) => restarts.push(revisions);
			const host = hostOf(crm, 0, 'durable', { onRestart });
			for (const number of ['a', 'b', 'c', 'd']) crm.change(number);
			await host.after(1);
			crm.revision = 2;
			crm.orders.delete('c');
			crm.orders.delete('d');
			crm.change('d');
			await host.after(0.5);
			for (let polls = 0; polls < 3; polls++) await host.after(1);
			crm.change('d');
			for (let polls = 0; polls < 3; polls++) await host.after(1);
			expect(host.executed).toEqual(['a:1', 'b:2', 'c:3', 'd:4', 'd:3', 'd:4']);
			expect(restarts).toEqual([['4', '3']]);
		});
	});

	it('continue from static data of an earlier format', async () => {
		const crm = new Crm(true, 'current');
		for (const number of ['a', 'b', 'c']) crm.change(number);
		const former = { keys: ['revision', 'after'], read: () => ({ ...startAt('2'), after: '1' }) };
		const host = new PollHost<ChangesState, StatusChange>(
			'durable',
			async (state, turn) =>
				await pollChanges({ client: crm, timeZone, timeout, startFrom: 'now' }, state, turn),
			{ former },
		);
		host.saved = '{"revision":2,"after":1}';
		await host.after(1);
		expect(host.executed).toEqual(['b:2', 'c:3']);
		expect(Object.keys(JSON.parse(host.saved) as object)).toEqual(['slot']);
	});

	it('change nothing when the CRM fails', async () => {
		const client = { call: async () => await Promise.reject(new Error('away')) };
		const host = hostOf(client as unknown as Crm, 0);
		await expect(host.tick()).rejects.toThrow('away');
		expect(host.state).toBeUndefined();
	});

	it('take at most a megabyte of static data, 20,000 at once', async () => {
		const crm = new Crm(false, 'current');
		for (let number = 0; number < 20_000; number++) crm.change(`order of the year ${number}`);
		const host = hostOf(crm, 0, 'durable');
		await host.after(1);
		expect(host.executed).toHaveLength(20_000);
		expect(host.saved.length).toBeLessThan(1_000_000);
		crm.change('one more');
		await host.after(2);
		expect(host.saved.length).toBeLessThan(1_000);
	});

	it('do not accumulate in static data if n8n crashes repeatedly', async () => {
		const crm = new Crm(false, 'current');
		const host = hostOf(crm, 'now', 'durable');
		await host.publish();
		for (let number = 0; number < 1_000; number++) crm.change(`order ${number}`);
		for (let deaths = 0; deaths < 50; deaths++) await host.after(1, 'died after saving');
		expect(host.saved.length).toBeLessThan(200_000);
		await host.after(1);
		expect(host.executed).toHaveLength(1_000);
	});

	it('are shown in a test of the trigger', async () => {
		const crm = new Crm(false, 'current');
		for (let number = 0; number < 9; number++) crm.change(String(number));
		const sample = await sampleChanges({ client: crm, timeZone, timeout, startFrom: 'now' }, 3);
		expect(sample.map(({ eventId }) => eventId)).toEqual(['6:7', '7:8', '8:9']);
	});
});

describe('approved orders', () => {
	const start = DateTime.fromISO('2026-03-10T12:00:00', { zone: timeZone });

	class Orders {
		readonly orders: Array<{ number: string; date: string; approveDate: string }> = [];
		asked: string[] = [];
		constructor(private readonly by: 'date' | 'approveDate') {}

		add(number: string, daysBefore: number, approved: DateTime): void {
			const text = (moment: DateTime) => moment.toFormat('yyyy-MM-dd HH:mm:ss');
			this.orders.push({
				number,
				date: text(approved.minus({ days: daysBefore })),
				approveDate: text(approved),
			});
		}

		async call({ params: [since] }: MethodCall): Promise<{ result: unknown }> {
			this.asked.push(String(since));
			return await Promise.resolve({
				result: this.orders.filter((order) => order[this.by] >= String(since)),
			});
		}
	}

	const hostOf = (
		client: Orders,
		startFrom: 'now' | DateTime,
		scheduler: Scheduler = 'ordinary',
		zone: () => string = () => timeZone,
	) => {
		const created = new PollHost<OrdersState, ApprovedOrder>(
			scheduler,
			async (state, turn) =>
				await pollOrders(
					{ client, timeZone: zone(), timeout, startFrom, lookBackDays: 7 },
					state,
					turn,
				),
		);
		created.now = start.toMillis();
		return created;
	};

	it.each(SCHEDULERS.flatMap((scheduler) => BY.map((by) => [scheduler, by] as const)))(
		'are all emitted, whichever date counts (%s, %s)',
		async (scheduler, by) => {
			await fc.assert(
				fc.asyncProperty(
					fc.array(
						fc.oneof(
							fc.record({ daysBefore: fc.nat(6) }),
							fc.record({ minutes: fc.integer({ min: 1, max: 600 }) }),
							fc.record({
								minutes: fc.integer({ min: 1, max: 3 }),
								fate: fc.constantFrom(...FATES),
							}),
						),
					),
					async (steps) => {
						const crm = new Orders(by);
						crm.add('before', 1, start.minus({ hours: 1 }));
						const trigger = hostOf(crm, 'now', scheduler);
						await trigger.publish();
						let died = false;
						for (const next of steps) {
							if ('daysBefore' in next) {
								const approved = DateTime.fromMillis(trigger.now, { zone: timeZone });
								crm.add(`order ${crm.orders.length}`, next.daysBefore, approved);
								continue;
							}
							const fate = 'fate' in next ? next.fate : 'executed';
							died ||= fate.startsWith('died');
							await trigger.after(next.minutes, fate);
						}
						await trigger.after(1);
						const numbers = trigger.executed.map((eventId) => eventId.split(':')[0]);
						expect(numbers).toEqual(
							expect.arrayContaining(crm.orders.slice(1).map(({ number }) => number)),
						);
						expect(numbers).not.toContain('before');
						if (!died) expect(new Set(numbers).size).toBe(numbers.length);
					},
				),
			);
		},
	);

	it.each(SCHEDULERS)('stay the same when the time zone is corrected (%s)', async (scheduler) => {
		const crm = new Orders('approveDate');
		let zone = 'UTC';
		const trigger = hostOf(crm, start.minus({ days: 1 }), scheduler, () => zone);
		for (let number = 0; number < 40; number++) crm.add(`order ${number}`, 0, start);
		await trigger.after(1);
		expect(trigger.executed).toHaveLength(40);
		expect(trigger.executed[0]).toBe('order 0:2026-03-10 12:00:00');
		await trigger.after(2);
		for (zone of ['Europe/Moscow', 'Asia/Vladivostok', 'America/New_York']) await trigger.after(2);
		expect(trigger.executed).toHaveLength(40);
	});

	it.each([
		[
			'a DateTime object',
			{ date: '2026-03-10 12:00:00.000000', timezone_type: 3, timezone: 'UTC' },
		],
		['seconds', 1_773_133_200],
		['nothing', null],
	])('are known by whatever the CRM writes for a date: %s', async (_, approveDate) => {
		const client = {
			call: async () => await Promise.resolve({ result: [{ number: 'a', approveDate }] }),
		};
		const trigger = hostOf(client as unknown as Orders, start.minus({ days: 1 }), 'durable');
		for (let polls = 0; polls < 3; polls++) await trigger.after(2);
		expect(trigger.executed).toHaveLength(1);
	});

	it('after three polls that saved nothing are not missed', async () => {
		const crm = new Orders('approveDate');
		crm.add('before', 0, start.minus({ hours: 1 }));
		const trigger = hostOf(crm, 'now', 'durable');
		for (let polls = 0; polls < 3; polls++) await trigger.after(1);
		expect(trigger.saved).toBe('{}');
		crm.add('new', 0, start);
		await trigger.after(1, 'discarded');
		for (let polls = 0; polls < 3; polls++) await trigger.after(1);
		expect(trigger.executed).toEqual([expect.stringMatching(/^new:/)]);
	});

	it('that were emitted under identifiers of an earlier format are known', async () => {
		const crm = new Orders('approveDate');
		crm.add('old', 0, start.minus({ hours: 1 }));
		crm.add('new', 0, start);
		const formerIds = ['old:2026-03-10T11:00:00.000+03:00', 'old:2026-03-10T11:00:00+03:00'];
		const state = { ...startAt(String(start.toMillis())), formerIds };
		const trigger = hostOf(crm, 'now', 'durable');
		trigger.saved = JSON.stringify({ slot: state });
		for (let polls = 0; polls < 3; polls++) await trigger.after(2);
		expect(trigger.executed).toEqual([expect.stringMatching(/^new:/)]);
	});

	it('start at the requested time and drop orders that are out of range', async () => {
		const crm = new Orders('approveDate');
		crm.add('old', 0, start.minus({ days: 2 }));
		crm.add('new', 0, start.minus({ hours: 1 }));
		const trigger = hostOf(crm, start.minus({ days: 1 }));
		await trigger.tick();
		expect(trigger.executed).toEqual([expect.stringMatching(/^new:/)]);
		for (let day = 0; day < 30; day++) {
			trigger.now += 24 * 60 * MINUTE;
			crm.add(`day ${day}`, 0, DateTime.fromMillis(trigger.now, { zone: timeZone }));
			await trigger.tick();
		}
		expect(trigger.executed).toHaveLength(31);
		expect((trigger.state?.settled ?? []).length).toBeLessThan(12);
		expect(crm.asked.at(-1)).toBe('2026-04-01 12:00:00');
	});

	it('continue after an order that the CRM dates in another century', async () => {
		const crm = new Orders('approveDate');
		const trigger = hostOf(crm, 'now');
		await trigger.tick();
		crm.add('2099', 0, DateTime.fromISO('2099-01-01T00:00:00', { zone: timeZone }));
		for (let day = 0; day < 10; day++) {
			trigger.now += 24 * 60 * MINUTE;
			await trigger.tick();
			crm.add(`day ${day}`, 0, DateTime.fromMillis(trigger.now, { zone: timeZone }));
		}
		expect(trigger.executed).toHaveLength(10);
		crm.orders.splice(0);
		for (let day = 0; day < 10; day++) {
			trigger.now += 24 * 60 * MINUTE;
			crm.add(`later ${day}`, 0, DateTime.fromMillis(trigger.now, { zone: timeZone }));
			await trigger.tick();
		}
		const days = (trigger.state?.settled ?? []).map((mark) => Number(readMark(mark).place));
		expect(Math.max(...days)).toBeLessThan(
			DateTime.fromISO('2027-01-01').toMillis() / (24 * 60 * MINUTE),
		);
	});

	it('continue after such a date was saved', async () => {
		const crm = new Orders('approveDate');
		const trigger = hostOf(crm, 'now');
		trigger.saved = JSON.stringify({ slot: startAt(String(Date.parse('2099-01-01T00:00:00Z'))) });
		crm.add('new', 0, start);
		await trigger.tick();
		expect(trigger.executed).toEqual([expect.stringMatching(/^new:/)]);
	});

	it('wait for a start time in the future', async () => {
		const crm = new Orders('approveDate');
		const trigger = hostOf(crm, start.plus({ days: 30 }));
		await trigger.tick();
		trigger.now += MINUTE;
		await trigger.tick();
		expect(crm.asked).toEqual(['2026-04-02 12:00:00', '2026-04-02 12:00:00']);
	});

	it('are read in linear time if there are many thousands', async () => {
		const crm = new Orders('approveDate');
		const count = 5_000;
		for (let number = 0; number < count; number++) crm.add(`order ${number}`, 0, start);
		let longest = 0;
		const { includes } = Array.prototype;
		// A spy that remembers its calls takes longer than what is looked for.
		Array.prototype.includes = function (this: unknown[], ...sought) {
			longest = Math.max(longest, this.length);
			return includes.apply(this, sought);
		};
		const trigger = hostOf(crm, 'now');
		await trigger.tick();
		Array.prototype.includes = includes;
		expect(trigger.state?.settled).toHaveLength(count);
		expect(longest).toBeLessThan(1_000);
	});
});
