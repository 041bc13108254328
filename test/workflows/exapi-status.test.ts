import { DEFAULT_QUIRKS, type Quirks } from '../../sandbox/exapi/quirks';
import { startExapiBench, type ExapiBench } from './exapi-bench';

let bench: ExapiBench;
beforeEach(async () => {
	bench = await startExapiBench();
});
afterEach(async () => await bench.stop());

function seed(count: number) {
	bench.crm.seed(...Array.from({ length: count }, (_, index) => ({ orderId: `A-${index}` })));
}

describe('order.getStatus', () => {
	it('asks for the orders of 250 input items in 3 requests', async () => {
		seed(250);
		const input = Array.from({ length: 250 }, (_, index) => ({ orderId: `A-${index}` }));
		const { items } = await bench.run(
			'order.getStatus',
			{ dataMode: 'autoMapInputData' },
			{ input },
		);
		expect(bench.crm.statistics().byMethod).toEqual({ getOrderStatus: 3 });
		expect(items.map(({ json, pairedItem }) => [json.orderId, pairedItem])).toEqual(
			input.map(({ orderId }, item) => [orderId, { item }]),
		);
	});

	it('accepts a list from an expression, requests duplicates once and pairs each item', async () => {
		seed(4);
		const { items } = await bench.run(
			'order.getStatus',
			{ orderIds: '={{ $json.numbers }}' },
			{ input: [{ numbers: ['A-3', 'A-1'] }, { numbers: 'A-1, A-0,,A-1' }, { numbers: ['?'] }] },
		);
		expect(items.map(({ json, pairedItem }) => [json.orderId, pairedItem])).toEqual([
			['A-3', { item: 0 }],
			['A-1', { item: 0 }],
			['A-1', { item: 1 }],
			['A-0', { item: 1 }],
			['?', { item: 2 }],
		]);
		expect(items[4]?.json).toEqual({ orderId: '?', found: false });
		expect(bench.crm.requests()[0]?.params).toEqual([['A-3', 'A-1', 'A-0', '?'], 0]);
	});

	const call = {
		date: '2026-03-01 10:00:00',
		state: 0,
		recall: '2026-03-02 12:30:00',
		comment: 'не берёт трубку',
	};

	const likePhp: Partial<Quirks> = {
		integersAsText: true,
		unknownOrders: 'gap',
		answerId: 'null',
		phpEscapes: true,
		callLogDates: 'sql',
	};
	const moreOfPhp: Partial<Quirks> = {
		unknownOrders: 'omit',
		callLogDates: 'isoWithOffset',
		byteOrderMark: true,
		phpWarning: true,
	};

	it.each(['list', 'object'])('gives our names and types (%s)', async (answerFormat) => {
		for (const quirks of [{}, likePhp, moreOfPhp]) {
			bench.crm.reset();
			bench.crm.setQuirks({ ...DEFAULT_QUIRKS, ...quirks });
			bench.crm.seed({ orderId: 'A-0' }, { orderId: 'A-1', comment: 'а/б' });
			bench.crm.changeOrder('A-1', { status: 'confirmed', call });
			const { items, error } = await bench.run('order.getStatus', {
				orderIds: 'nobody,A-1',
				options: { answerFormat },
			});
			expect(error).toBeUndefined();
			expect(items.map(({ json }) => json)).toEqual([
				{ orderId: 'nobody', found: false },
				{
					orderId: 'A-1',
					status: 'confirmed',
					callCount: 1,
					comment: 'а/б',
					callComment: 'не берёт трубку',
					addRevision: expect.any(Number),
					updateRevision: expect.any(Number),
					callLog: [
						{
							date: '2026-03-01T10:00:00+03:00',
							state: 0,
							recall: '2026-03-02T12:30:00+03:00',
							comment: 'не берёт трубку',
						},
					],
				},
			]);
		}
	});

	it('leaves names, values and dates as they came in raw output', async () => {
		bench.crm.seed({ orderId: 'A-1' });
		bench.crm.changeOrder('A-1', { call });
		const { items } = await bench.run('order.getStatus', { orderIds: 'A-1, ?', output: 'raw' });
		expect(items[0]?.json).toMatchObject({
			nmb: 'A-1',
			status: 'pending',
			call_log: [{ date: '2026-03-01T10:00:00', state: 0 }],
		});
		expect(items[1]?.json).toEqual({ nmb: '?', found: false });
	});

	it('lets statuses pass that the document does not know', async () => {
		bench.crm.seed({ orderId: 'A-1', status: 'на складе' });
		const { items } = await bench.run('order.getStatus', { orderIds: 'A-1' });
		expect(items[0]?.json.status).toBe('на складе');
	});

	it('fails the items of a failed batch only, when the node continues on fail', async () => {
		seed(4);
		bench.crm.injectFault({ kind: 'error', message: 'no', skip: 1 });
		const { items } = await bench.run(
			'order.getStatus',
			{ orderIds: '={{ $json.n }}', options: { batchSize: 2, concurrency: 1 } },
			{
				input: [{ n: 'A-0' }, { n: 'A-1' }, { n: 'A-2' }, { n: 'A-3' }, { n: '' }],
				settings: { onError: 'continueRegularOutput' },
			},
		);
		expect(items.map(({ json }) => json.error ?? json.orderId)).toEqual([
			'A-0',
			'A-1',
			'The CRM returned an error: no',
			'The CRM returned an error: no',
			"The field 'Order IDs' (orderIds) names no order",
		]);
	});

	it('asks again after answers that got lost on the way', async () => {
		seed(1);
		// HTTP 502 is a refusal for a sender that the CRM has not accepted yet.
		await bench.run('order.getStatus', { orderIds: 'A-0' });
		bench.crm.injectFault({ kind: 'reset' });
		bench.crm.injectFault({ kind: 'status', status: 502 });
		const { items } = await bench.run('order.getStatus', { orderIds: 'A-0' });
		expect(items[0]?.json.status).toBe('pending');
		expect(bench.crm.statistics().requests).toBe(4);
	});
});

describe('order.getStatusChanges', () => {
	it.each(['list', 'object'])('gives what changed since a revision (%s)', async (answerFormat) => {
		bench.crm.seed({ orderId: 'A-0' }, { orderId: 'A-1' });
		const { revision } = bench.crm.statistics();
		bench.crm.changeOrder('A-0', { status: 'paid' });
		const options = { answerFormat };
		const { items } = await bench.run('order.getStatusChanges', {
			revision,
			options,
		});
		expect(items).toHaveLength(1);
		expect(items[0]?.json).toMatchObject({
			orderId: 'A-0',
			status: 'paid',
			updateRevision: revision + 1,
			revision: revision + 1,
		});
	});

	it('tells the revision when nothing changed', async () => {
		bench.crm.seed({ orderId: 'A-0' });
		const { revision } = bench.crm.statistics();
		const { items } = await bench.run('order.getStatusChanges', { revision: revision + 5 });
		expect(items.map(({ json }) => json)).toEqual([{ revision, orders: 0 }]);
	});

	it('refuses what is no revision', async () => {
		const { error } = await bench.run('order.getStatusChanges', { revision: -1 });
		expect(error?.message).toContain("The field 'Revision' (revision) must be a whole number");
	});
});

describe('order.getAll', () => {
	const approved = {
		orderId: 'A-1',
		status: 'confirmed' as const,
		createdAt: '2026-03-01 10:00:00',
		approvedAt: '2026-03-01 11:00:00',
		fields: { good_id: 'kettle', fio: 'Тестов Т. Т.', phone: '+7 900 000-00-01' },
	};

	it.each([
		['ISO text with a zone', '2026-03-01T06:30:00Z', '2026-03-01 09:30:00'],
		['ISO text without one', '2026-03-01T09:30:00', '2026-03-01 07:30:00'],
		['a date', '2026-03-01', '2026-02-28 22:00:00'],
		['a Luxon moment', '={{ DateTime.fromISO("2026-03-01T06:30:00Z") }}', '2026-03-01 09:30:00'],
		['a Date', '={{ new Date("2026-03-01T06:30:00Z") }}', '2026-03-01 09:30:00'],
	])('sends %s in the time zone of the CRM', async (_, since, sent) => {
		const { error } = await bench.run(
			'order.getAll',
			{ since },
			{ timezone: 'Asia/Yekaterinburg' },
		);
		expect(error).toBeUndefined();
		expect(bench.crm.requests()[0]?.params).toEqual([sent]);
	});

	it('gives our names and types', async () => {
		bench.crm.seed(approved);
		const { items } = await bench.run('order.getAll', { since: '2026-01-01', returnAll: true });
		expect(items[0]?.json).toMatchObject({
			orderId: 'A-1',
			createdAt: '2026-03-01T10:00:00+03:00',
			approvedAt: '2026-03-01T11:00:00+03:00',
			fullName: 'Тестов Т. Т.',
			phone: '+7 900 000-00-01',
			goods: [
				{ name: 'kettle', article: expect.any(String), price: expect.any(Number), quantity: 1 },
			],
		});
		expect(Object.keys(items[0]?.json ?? {})).toHaveLength(16);
	});

	it('returns as many as the limit says', async () => {
		bench.crm.seed(approved, { ...approved, orderId: 'A-2' });
		const { items } = await bench.run('order.getAll', { since: '2026-01-01', limit: 1 });
		expect(items).toHaveLength(1);
	});

	it.each([0, -5, 1.5, '={{ $json.none }}', '={{ "many" }}'])(
		'explains what is no limit, and asks nothing: %j',
		async (limit) => {
			const { error } = await bench.run('order.getAll', { since: '2026-01-01', limit });
			expect(error?.message).toBe("The field 'Limit' (limit) must be a whole number, 1 or more");
			expect(bench.crm.statistics().requests).toBe(0);
		},
	);

	it('explains what is no moment', async () => {
		const { error } = await bench.run('order.getAll', { since: 'вчера' });
		expect(error?.message).toBe(
			'The field \'Since\' (since) must be a date and time such as 2026-01-31T15:30:00, not "вчера"',
		);
		expect(bench.crm.statistics().requests).toBe(0);
	});
});

describe('request.call', () => {
	it('calls any method with parameters as JSON or from an expression', async () => {
		seed(1);
		for (const params of ['[["A-0"], 0]', '={{ [["A-0"], 0] }}']) {
			const { items } = await bench.run('request.call', { method: 'getOrderStatus', params });
			expect(items[0]?.json.result).toEqual([expect.arrayContaining(['A-0', 'pending'])]);
		}
	});

	it.each([
		[{ method: '={{ "" }}', params: '[]' }, "The field 'Method' (method) is missing"],
		[{ method: 'x', params: '{}' }, "The field 'Parameters' (params) is not a JSON array"],
		[{ method: 'x', params: '[1' }, "The field 'Parameters' (params) is not a JSON array"],
	])('explains %j', async (parameters, message) => {
		const { error } = await bench.run('request.call', parameters);
		expect(error?.message).toBe(message);
	});
});
