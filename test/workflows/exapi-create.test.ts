import { writeAnswer } from '../../nodes/Exapi/protocol';
import { SECRET, SENDER, startExapiBench, type ExapiBench } from './exapi-bench';
import { serveRequests } from './faults/plain-server';

let bench: ExapiBench;
beforeEach(async () => {
	bench = await startExapiBench();
});
afterEach(async () => await bench.stop());

const order = (number: number) => ({ orderId: `A-${number}`, goodName: 'Чайник / kettle' });

describe('order.create', () => {
	it('sends every documented field under its name on the wire', async () => {
		const { items, error } = await bench.run('order.create', {
			orderId: 'A-1',
			goodName: 'Чайник "Заря" / 2 л 🫖',
			additionalFields: {
				address: 'Калуга, ул. Новая, 1',
				affiliateId: 'aff-7',
				comment: 'позвонить после 18:00',
				countryCode: 'RU',
				customFields: { field: [{ name: 'utm_source', value: 'mail' }] },
				fullName: 'Тестов Тест Тестович',
				ip: '203.0.113.7',
				phone: '+7 900 000-00-01',
				quantity: 2,
			},
		});

		expect(error).toBeUndefined();
		const stored = bench.crm.order('A-1');
		expect(items).toEqual([
			{ json: { orderId: 'A-1', crmId: stored?.crmId }, pairedItem: { item: 0 } },
		]);
		expect(stored?.fields).toEqual({
			order_id: 'A-1',
			good_id: 'Чайник "Заря" / 2 л 🫖',
			address: 'Калуга, ул. Новая, 1',
			affiliate_id: 'aff-7',
			comment: 'позвонить после 18:00',
			country_kod: 'RU',
			utm_source: 'mail',
			fio: 'Тестов Тест Тестович',
			ip: '203.0.113.7',
			phone: '+7 900 000-00-01',
			kolvo: 2,
		});
	});

	it('takes the fields of many items by name and keeps their order', async () => {
		const input = Array.from({ length: 40 }, (_, index) => order(index));
		const { items } = await bench.run('order.create', { dataMode: 'autoMapInputData' }, { input });
		expect(items.map(({ json }) => json.orderId)).toEqual(input.map(({ orderId }) => orderId));
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual(input.map((_, item) => ({ item })));
		expect(bench.crm.orders()).toHaveLength(40);
	});

	it('takes fields from expressions', async () => {
		const { items } = await bench.run(
			'order.create',
			{ orderId: '={{ $json.number }}', goodName: '={{ $json.good }}' },
			{
				input: [
					{ number: 'B-1', good: 'one' },
					{ number: 'B-2', good: 'two' },
				],
			},
		);
		expect(items.map(({ json }) => json.orderId)).toEqual(['B-1', 'B-2']);
		expect(bench.crm.order('B-2')?.fields.good_id).toBe('two');
	});

	it('gives the whole answer as raw output', async () => {
		const { items } = await bench.run('order.create', { ...order(1), output: 'raw' });
		expect(items[0]?.json).toEqual({
			result: bench.crm.order('A-1')?.crmId,
			error: null,
			id: expect.stringMatching(/^\d+$/),
		});
	});

	it('refuses bad input before anything is sent, naming field and item', async () => {
		const { error } = await bench.run(
			'order.create',
			{ dataMode: 'autoMapInputData' },
			{ input: [order(1), { ...order(2), quantity: -1 }, order(3)] },
		);
		expect(error?.message).toBe(
			'The field \'Quantity\' (quantity) must be a whole number, 0 or more, not "-1"',
		);
		expect(error?.context).toMatchObject({ itemIndex: 1 });
		expect(error?.description).toContain('Nothing was sent.');
		expect(bench.crm.statistics().requests).toBe(0);
	});

	it.each([
		[{ goodName: 'x' }, "The field 'Order ID' (orderId) is missing"],
		[{ orderId: 'A-1', goodName: ' ' }, "The field 'Product Name' (goodName) is missing"],
		[
			{ ...order(1), ip: '300.1.1.1' },
			'The field \'IP Address\' (ip) must be an IPv4 or IPv6 address, not "300.1.1.1"',
		],
		[
			{ ...order(1), quantity: 'two' },
			'The field \'Quantity\' (quantity) must be a whole number, 0 or more, not "two"',
		],
		[
			{ ...order(1), orderId: 2 ** 60 },
			"The field 'Order ID' (orderId) is a number too long to keep all its digits. Enter it as text",
		],
		[
			{ ...order(1), customFields: { fio: 'x' } },
			'The field \'Custom Fields\' (customFields) must not contain "fio": exapi documents it, so it has its own field',
		],
	])('explains what is wrong with %j', async (input, message) => {
		const { error } = await bench.run(
			'order.create',
			{ dataMode: 'autoMapInputData' },
			{ input: [input] },
		);
		expect(error?.message).toBe(message);
	});

	it('makes an error of "false" that names the order', async () => {
		bench.crm.seed({ orderId: 'A-1' });
		const { error } = await bench.run('order.create', order(1));
		expect(error?.message).toBe('The CRM did not add order "A-1"');
		expect(error?.description).toContain('already has an order of this number');
	});

	it.each([0, '0', -1])(
		'makes an error of %j, which is no number of an order',
		async (answered) => {
			const crm = await serveRequests(() => ({
				status: 200,
				type: 'application/json',
				body: writeAnswer(
					{ result: answered, error: null, id: null },
					{ sender: SENDER, secret: SECRET },
				),
			}));
			const { error, items } = await bench.run('order.create', order(1), {
				credential: { url: crm.url },
			});
			await crm.close();
			expect(items).toEqual([]);
			expect(error?.message).toBe('The CRM did not add order "A-1"');
			expect(error?.description).toContain(`The CRM returned ${answered}`);
		},
	);

	it('shows the error that the CRM tells', async () => {
		bench.crm.injectFault({ kind: 'error', message: 'Склад закрыт' });
		const { error } = await bench.run('order.create', order(1));
		expect(error?.message).toBe('The CRM returned an error: Склад закрыт');
	});

	it('goes on with the other items when the node continues on fail', async () => {
		bench.crm.injectFault({ kind: 'error', message: 'no', orderId: 'A-1' });
		const { items } = await bench.run(
			'order.create',
			{ dataMode: 'autoMapInputData' },
			{ input: [order(0), order(1), order(2), {}], settings: { onError: 'continueRegularOutput' } },
		);
		expect(items.map(({ json }) => json.error ?? json.orderId)).toEqual([
			'A-0',
			'The CRM returned an error: no',
			'A-2',
			"The field 'Order ID' (orderId) is missing",
		]);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual(
			[0, 1, 2, 3].map((item) => ({ item })),
		);
	});

	it('sends failed items to the error output, with what they came with', async () => {
		bench.crm.injectFault({ kind: 'error', message: 'no', orderId: 'A-1' });
		const { items, errors } = await bench.run(
			'order.create',
			{ dataMode: 'autoMapInputData' },
			{ input: [order(0), order(1)], settings: { onError: 'continueErrorOutput' } },
		);
		expect(items.map(({ json }) => json.orderId)).toEqual(['A-0']);
		expect(errors.map(({ json }) => json)).toEqual([
			{
				orderId: 'A-1',
				goodName: 'Чайник / kettle',
				error: 'The CRM returned an error: no',
				message: expect.any(String),
			},
		]);
	});
});

describe('order.create after a lost answer', () => {
	it('says once that the CRM does not have it, however often n8n tries again', async () => {
		bench.crm.injectFault({ kind: 'truncated', carryOut: false, method: 'addOrder' });
		const { error } = await bench.run(
			'order.create',
			{ orderId: 'A-1', goodName: 'kettle', options: { onLostAnswer: 'askStatus' } },
			{ settings: { retryOnFail: true, maxTries: 5, waitBetweenTries: 1 } },
		);
		expect(error?.message).toMatch(
			/^(?!.*does not have.*does not have).*does not have order "A-1"$/,
		);
		expect(bench.crm.statistics().requests).toBe(6);
	});

	it('keeps why the CRM could not be asked for the order', async () => {
		bench.crm.injectFault({ kind: 'truncated', method: 'addOrder' });
		bench.crm.injectFault({ kind: 'drop', method: 'getOrderStatus' });
		const { error } = await bench.run('order.create', {
			...order(1),
			options: { onLostAnswer: 'askStatus' },
		});
		expect(error?.message).toMatch(/ could not be asked for order "A-1" /);
		expect(error?.cause).toMatchObject({ code: 'ECONNRESET' });
	});

	const ask = { options: { onLostAnswer: 'askStatus', timeout: 1 } };

	it.each(['reset', 'truncated', 'wrongSignature', 'otherId'] as const)(
		'tells that the order may have been added (%s)',
		async (kind) => {
			bench.crm.injectFault({ kind });
			const { error } = await bench.run('order.create', order(1));
			expect(error?.description ?? '').toMatch(/check there before you send it again/i);
			expect(bench.crm.receipts()).toEqual({ 'A-1': 1 });
		},
	);

	it('is not sent a second time after a 303, which says that the work is done', async () => {
		bench.crm.injectFault({ kind: 'status', status: 303, carryOut: true });
		const { error } = await bench.run('order.create', order(1), {
			settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
		});
		expect(error?.message).toBe('The CRM returned HTTP 303 instead of a signed answer');
		expect(error?.description).toMatch(/check there before you send it again/i);
		expect(bench.crm.receipts()).toEqual({ 'A-1': 1 });
	});

	it.each(['drop', 'empty'] as const)(
		'tells so as well when it looks like a refusal (%s)',
		async (kind) => {
			bench.crm.injectFault({ kind, carryOut: true });
			const { error } = await bench.run('order.create', order(1));
			expect(error?.message).toMatch(/^The CRM refused the request/);
			expect(error?.description).toMatch(/check there before you send it again/i);
			expect(bench.crm.orders()).toHaveLength(1);
		},
	);

	it('finds the order by its status', async () => {
		bench.crm.injectFault({ kind: 'delay', ms: 3_000 });
		const { items, hints } = await bench.run('order.create', { ...order(1), ...ask });
		expect(items[0]?.json).toEqual({ orderId: 'A-1', crmId: null });
		expect(hints[0]).toContain('A-1');
		expect(bench.crm.receipts()).toEqual({ 'A-1': 1 });
	});

	it('fails when the CRM does not have it, and does not send it again', async () => {
		bench.crm.injectFault({ kind: 'status', status: 500 });
		const { error } = await bench.run('order.create', { ...order(1), ...ask });
		expect(error?.message).toBe(
			'The CRM returned HTTP 500 instead of a signed answer, and the CRM does not have order "A-1"',
		);
		expect(bench.crm.receipts()).toEqual({ 'A-1': 1 });
	});

	it('asks again when n8n retries, and never sends it again', async () => {
		bench.crm.injectFault({ kind: 'wrongSignature', method: 'addOrder' });
		bench.crm.injectFault({ kind: 'error', message: 'busy', method: 'getOrderStatus' });
		const { items } = await bench.run(
			'order.create',
			{ ...order(1), ...ask },
			{ settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 } },
		);
		expect(items[0]?.json).toEqual({ orderId: 'A-1', crmId: null });
		expect(bench.crm.receipts()).toEqual({ 'A-1': 1 });
	});
});
