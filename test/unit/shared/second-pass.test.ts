import { setTimeout as sleep } from 'node:timers/promises';
import type { IExecuteFunctions } from 'n8n-workflow';
import { PartnerError } from '../../../nodes/shared/errors';
import { runUnits } from '../../../nodes/shared/items/attempt';
import { OUTAGE_TIMES } from '../../../nodes/shared/items/outage';

/** A run that goes on after errors, at a partner that is unavailable for a part of it. */

interface Unit {
	position: number;
	record: string;
}

const real = { ...OUTAGE_TIMES };
let isAway: boolean;
/** Positions of the units, in the order in which the partner got them. */
let received: number[];
/** Positions of the tries, also those without a connection. */
let tried: number[];
let stop: AbortController;
beforeEach(() => {
	// A hundredth of the real ones.
	Object.assign(OUTAGE_TIMES, { suspect: 150, pause: 10, probe: 50, wait: 600 });
	isAway = true;
	received = [];
	tried = [];
	stop = new AbortController();
});
afterEach(() => Object.assign(OUTAGE_TIMES, real));

const noConnection = () =>
	new PartnerError('crm.example.com cannot be reached', {
		outcome: 'notSent',
		attemptNote: 'Nothing was sent.',
		noConnection: true,
	});

const goesOn = {
	getNode: () => ({ name: 'exapi', retryOnFail: false }),
	getExecutionId: () => undefined,
	continueOnFail: () => true,
	getExecutionCancelSignal: () => stop.signal,
} as unknown as IExecuteFunctions;

/** @param records of the units, one each; a record of its own for each by default */
async function run(
	records: number | string[],
	concurrency: number,
	send = async ({ position }: Unit): Promise<string> => {
		await sleep(2);
		if (isAway) throw noConnection();
		received.push(position);
		return 'done';
	},
): Promise<string[]> {
	const list = Array.isArray(records)
		? records
		: Array.from({ length: records }, (_, index) => `record ${index}`);
	const results = await runUnits(
		goesOn,
		{
			carryOut: async (unit: Unit) => {
				tried.push(unit.position);
				return await send(unit);
			},
			key: ({ record }) => record,
			isWrite: true,
		},
		list.map((record, position) => ({ done: true, value: { position, record } })),
		concurrency,
	);
	return results.map((result) => {
		if (result === undefined) return 'not begun';
		return result.done ? result.value : (result.error as Error).message;
	});
}

const comesBackAfter = (milliseconds: number) => setTimeout(() => (isAway = false), milliseconds);
const repeated = <T>(count: number, value: T) => Array<T>(count).fill(value);

describe.each([1, 2, 3, 8])('with %i items at once', (concurrency) => {
	it.each([1, 2, 3, 4, 40])('a short outage costs none of %i items', async (count) => {
		comesBackAfter(60);
		expect(await run(count, concurrency)).toEqual(repeated(count, 'done'));
	});

	it.each([
		[160, 3],
		[160, 40],
		[250, 3],
		[250, 40],
		[450, 4],
		[450, 200],
	])('an outage of %i ms costs none of %i items, and sends none twice', async (away, count) => {
		comesBackAfter(away);
		expect(await run(count, concurrency)).toEqual(repeated(count, 'done'));
		expect([...received].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
	});

	it('items about the same record keep their order', async () => {
		comesBackAfter(250);
		const records = Array.from({ length: 40 }, (_, index) => `record ${index % 4}`);
		expect(await run(records, concurrency)).toEqual(repeated(40, 'done'));
		for (let record = 0; record < 4; record++) {
			const order = received.filter((position) => position % 4 === record);
			expect(order).toEqual([...order].sort((a, b) => a - b));
		}
	});

	it('items that waited for an earlier one about the same record end with it', async () => {
		const startedAt = performance.now();
		const results = await run(repeated(60, 'the same'), concurrency);
		expect(performance.now() - startedAt).toBeLessThan(1_500);
		expect(results.every((text) => text.endsWith('crm.example.com cannot be reached'))).toBe(true);
		expect(received).toEqual([]);
	});
});

it('what may have left is not sent again, nor what was refused', async () => {
	comesBackAfter(250);
	const fates = [
		new PartnerError('lost', { outcome: 'unknown' }),
		new PartnerError('no', { outcome: 'rejected' }),
		new PartnerError('not you', { outcome: 'refused' }),
	];
	const results = await run(9, 1, async ({ position }) => {
		await sleep(2);
		if (isAway) throw noConnection();
		received.push(position);
		if (fates[position - 3]) throw fates[position - 3] as Error;
		return 'done';
	});
	expect(results.slice(3, 6)).toEqual(['lost', 'no', 'not you']);
	expect(results.filter((text) => text === 'done')).toHaveLength(6);
	expect([...received].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

it('an item that has no connection by itself costs one try more', async () => {
	isAway = false;
	const results = await run(30, 4, async ({ position }) => {
		await sleep(2);
		if (position === 7) throw noConnection();
		return 'done';
	});
	expect(results.filter((text) => text !== 'done')).toEqual(['crm.example.com cannot be reached']);
	const lastOfOthers = tried.findLastIndex((position) => position !== 7);
	expect(tried.slice(lastOfOthers + 1).length).toBeLessThanOrEqual(3);
	expect(tried.at(-1)).toBe(7);
});

it('no second pass begins after the execution was stopped', async () => {
	const results = await run(5, 1, async ({ position }) => {
		await sleep(2);
		if (position < 2) throw noConnection();
		if (position === 4) stop.abort();
		return 'done';
	});
	expect(results.slice(0, 2)).toEqual(repeated(2, 'crm.example.com cannot be reached'));
	expect(tried.at(-1)).toBe(4);
});
