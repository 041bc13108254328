import fc from 'fast-check';
import { DateTime } from 'luxon';
import {
	OrdersMemory,
	pollOrders,
	type OrdersState,
} from '../../../nodes/Exapi/polling/approved-orders';
import {
	ChangesMemory,
	pollChanges,
	sampleChanges,
	type ChangesState,
} from '../../../nodes/Exapi/polling/status-changes';
import type { MethodCall } from '../../../nodes/Exapi/protocol';

const timeZone = 'Europe/Moscow';
const timeout = 1_000;
const MINUTE = 60_000;

/** Which revision an answer names: the CRM's, none, or the greatest of what it found, 0 for nothing. */
const NAMINGS = ['current', 'none', 'found'] as const;

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

/** n8n around the trigger: it saves what a poll changed when something was emitted, and may die. */
class Host<State extends object, Memory, Event extends { eventId: string }> {
	saved = '{}';
	state = {} as State;
	memory: Memory;
	readonly emitted: string[] = [];
	now = 0;

	constructor(
		private readonly poll: (state: State, memory: Memory, now: number) => Promise<Event[]>,
		private readonly newMemory: () => Memory,
	) {
		this.memory = newMemory();
	}

	async tick(dies: 'not' | 'before emitting' | 'after saving' = 'not'): Promise<void> {
		const events = await this.poll(this.state, this.memory, this.now);
		if (dies === 'before emitting') {
			this.restart();
			return;
		}
		if (events.length > 0 || this.saved === '{}') this.saved = JSON.stringify(this.state);
		if (dies === 'after saving') {
			this.restart();
			return;
		}
		this.emitted.push(...events.map(({ eventId }) => eventId));
	}

	/** What was not saved is forgotten. n8n saves what the first poll after a start changed. */
	private restart(): void {
		this.state = JSON.parse(this.saved) as State;
		this.memory = this.newMemory();
	}
}

const step = fc.oneof(
	{ weight: 4, arbitrary: fc.record({ change: fc.nat(5).map(String) }) },
	{ weight: 4, arbitrary: fc.record({ minutes: fc.integer({ min: 1, max: 3 }) }) },
	{
		weight: 1,
		arbitrary: fc.record({
			dies: fc.constantFrom('before emitting' as const, 'after saving' as const),
		}),
	},
);

describe('status changes', () => {
	const poll = (crm: Crm, startFrom: 'now' | number) =>
		new Host<ChangesState, ChangesMemory, { eventId: string }>(
			async (state, memory, now) =>
				await pollChanges({ client: crm, timeZone, timeout, startFrom }, state, memory, now),
			() => new ChangesMemory(),
		);

	it('are all emitted, whenever n8n dies, and once while it lives', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(step),
				fc.boolean(),
				fc.constantFrom(...NAMINGS),
				async (steps, inclusive, naming) => {
					const crm = new Crm(inclusive, naming);
					crm.change('before');
					const host = poll(crm, 'now');
					await host.tick();
					const latest = new Map<string, string>();
					let died = false;
					for (const next of steps) {
						if ('change' in next) {
							crm.change(next.change);
							latest.set(next.change, crm.changes.at(-1)!);
							continue;
						}
						died ||= 'dies' in next;
						host.now += 'minutes' in next ? next.minutes * MINUTE : MINUTE;
						await host.tick('dies' in next ? next.dies : 'not');
					}
					for (let more = 0; more < 3; more++) {
						host.now += MINUTE;
						await host.tick();
					}
					// A CRM tells only the latest state of an order, so that is what must arrive.
					expect(host.emitted).toEqual(expect.arrayContaining([...latest.values()]));
					expect(host.emitted).not.toContain('before:1');
					if (!died) expect(new Set(host.emitted).size).toBe(host.emitted.length);
				},
			),
		);
	});

	it('begin at the revision asked for', async () => {
		const crm = new Crm(true, 'current');
		for (const number of ['a', 'b', 'c']) crm.change(number);
		const host = poll(crm, 2);
		await host.tick();
		expect(host.emitted).toEqual(['b:2', 'c:3']);
	});

	it('are counted anew from a CRM that was set back', async () => {
		const crm = new Crm(false, 'current');
		for (const number of ['a', 'b', 'c']) crm.change(number);
		const host = poll(crm, 0);
		await host.tick();
		host.now += 2 * MINUTE;
		await host.tick();
		host.now += 2 * MINUTE;
		await host.tick();
		crm.revision = 1;
		crm.orders.clear();
		host.now += MINUTE;
		await host.tick();
		crm.change('d');
		host.now += MINUTE;
		await host.tick();
		expect(host.emitted.at(-1)).toBe('d:2');
	});

	it('change nothing when the CRM fails', async () => {
		const state: ChangesState = {};
		const client = { call: async () => await Promise.reject(new Error('away')) };
		const failing = pollChanges(
			{ client, timeZone, timeout, startFrom: 0 },
			state,
			new ChangesMemory(),
			0,
		);
		await expect(failing).rejects.toThrow('away');
		expect(state).toEqual({});
	});

	it('are shown to a person who tries the trigger', async () => {
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

	const host = (client: Orders, startFrom: 'now' | DateTime) => {
		const created = new Host<OrdersState, OrdersMemory, { eventId: string }>(
			async (state, memory, now) =>
				await pollOrders(
					{ client, timeZone, timeout, startFrom, lookBackDays: 7 },
					state,
					memory,
					now,
				),
			() => new OrdersMemory(),
		);
		created.now = start.toMillis();
		return created;
	};

	it.each(['date', 'approveDate'] as const)(
		'are all emitted, whichever date counts (%s)',
		async (by) => {
			await fc.assert(
				fc.asyncProperty(
					fc.array(
						fc.oneof(
							fc.record({ daysBefore: fc.nat(6) }),
							fc.record({ minutes: fc.integer({ min: 1, max: 600 }) }),
							fc.record({
								dies: fc.constantFrom('before emitting' as const, 'after saving' as const),
							}),
						),
					),
					async (steps) => {
						const crm = new Orders(by);
						crm.add('before', 1, start.minus({ hours: 1 }));
						const trigger = host(crm, 'now');
						await trigger.tick();
						let died = false;
						for (const next of steps) {
							if ('daysBefore' in next) {
								const approved = DateTime.fromMillis(trigger.now, { zone: timeZone });
								crm.add(`order ${crm.orders.length}`, next.daysBefore, approved);
								continue;
							}
							died ||= 'dies' in next;
							trigger.now += ('minutes' in next ? next.minutes : 1) * MINUTE;
							await trigger.tick('dies' in next ? next.dies : 'not');
						}
						trigger.now += MINUTE;
						await trigger.tick();
						const numbers = trigger.emitted.map((eventId) => eventId.split(':')[0]);
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

	it('begin at the moment asked for, and forget what is out of sight', async () => {
		const crm = new Orders('approveDate');
		crm.add('old', 0, start.minus({ days: 2 }));
		crm.add('new', 0, start.minus({ hours: 1 }));
		const trigger = host(crm, start.minus({ days: 1 }));
		await trigger.tick();
		expect(trigger.emitted).toEqual([expect.stringMatching(/^new:/)]);
		for (let day = 0; day < 30; day++) {
			trigger.now += 24 * 60 * MINUTE;
			crm.add(`day ${day}`, 0, DateTime.fromMillis(trigger.now, { zone: timeZone }));
			await trigger.tick();
		}
		expect(trigger.emitted).toHaveLength(31);
		expect(Object.keys(trigger.state.seen ?? {}).length).toBeLessThan(12);
		expect(crm.asked.at(-1)).toBe('2026-04-01 12:00:00');
	});

	it('go on after an order that the CRM dates into another century', async () => {
		const crm = new Orders('approveDate');
		const trigger = host(crm, 'now');
		await trigger.tick();
		crm.add('2099', 0, DateTime.fromISO('2099-01-01T00:00:00', { zone: timeZone }));
		for (let day = 0; day < 10; day++) {
			trigger.now += 24 * 60 * MINUTE;
			await trigger.tick();
			crm.add(`day ${day}`, 0, DateTime.fromMillis(trigger.now, { zone: timeZone }));
		}
		expect(trigger.emitted).toHaveLength(10);
		crm.orders.splice(0);
		for (let day = 0; day < 10; day++) {
			trigger.now += 24 * 60 * MINUTE;
			crm.add(`later ${day}`, 0, DateTime.fromMillis(trigger.now, { zone: timeZone }));
			await trigger.tick();
		}
		expect(Object.keys(trigger.state.seen ?? {}).join()).not.toContain('2099');
	});

	it('go on where such a date is remembered', async () => {
		const crm = new Orders('approveDate');
		const trigger = host(crm, 'now');
		trigger.state = { latest: '2099-01-01T00:00:00.000Z', seen: {} };
		crm.add('new', 0, start);
		await trigger.tick();
		expect(trigger.emitted).toEqual([expect.stringMatching(/^new:/)]);
	});

	it('wait for a moment to begin with that is to come', async () => {
		const crm = new Orders('approveDate');
		const trigger = host(crm, start.plus({ days: 30 }));
		await trigger.tick();
		trigger.now += MINUTE;
		await trigger.tick();
		expect(crm.asked).toEqual(['2026-04-02 12:00:00', '2026-04-02 12:00:00']);
	});

	it('of many thousands are not looked for in each other', async () => {
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
		const trigger = host(crm, 'now');
		await trigger.tick();
		Array.prototype.includes = includes;
		expect(Object.keys(trigger.state.seen ?? {})).toHaveLength(count);
		expect(longest).toBeLessThan(1_000);
	});
});
