import { Expression, type IDataObject } from 'n8n-workflow';
import { serve } from '../unit/shared/loopback';
import { startExapiBench, type ExapiBench } from './exapi-bench';

let bench: ExapiBench;
beforeEach(async () => {
	bench = await startExapiBench();
});
afterEach(async () => await bench.stop());

const orders = (count: number) =>
	Array.from({ length: count }, (_, index) => ({ orderId: `A-${index}`, goodName: 'kettle' }));
const mapped = { dataMode: 'autoMapInputData' };
const retried = { retryOnFail: true, maxTries: 5, waitBetweenTries: 1 };

it.each([
	[301, 1],
	[302, 1],
	[307, 5],
	[308, 5],
])(
	'an order that a server redirected to another host by %i is sent %i times, as n8n retries',
	async (status, times) => {
		let received = 0;
		const server = await serve((_, response) => {
			received += 1;
			response.writeHead(status, { location: bench.url }).end();
		});
		const { error } = await bench.run(
			'order.create',
			{ ...orders(1)[0] },
			{
				settings: retried,
				credential: { url: server.url },
			},
		);
		await server.close();
		expect(received).toBe(times);
		expect(bench.crm.orders()).toEqual([]);
		expect(error?.message).toMatch(/ redirects to http:/);
		expect(/Check there before/.test(String(error?.description))).toBe(times === 1);
	},
);

describe('a request that the CRM refuses', () => {
	it.each([
		['one order', 'order.create', { ...orders(1)[0] }, 1],
		['many orders', 'order.create', mapped, 20],
		['a status', 'order.getStatus', { orderIds: 'A-1' }, 1],
		['many batches', 'order.getStatus', { ...mapped, options: { batchSize: 1 } }, 20],
		['changes', 'order.getStatusChanges', { revision: 0 }, 8],
		['many calls', 'request.call', { method: 'x', params: '[]' }, 8],
	])('is sent once, whatever n8n retries: %s', async (_, operation, parameters, count) => {
		for (const kind of ['drop', 'empty'] as const) {
			bench.crm.reset();
			bench.crm.injectFault({ kind, times: 'always' });
			const { error } = await bench.run(operation, parameters, {
				input: orders(count),
				settings: retried,
				// A fresh sender for the process, as after a restart of n8n.
				credential: { url: `${bench.url}?${kind}` },
			});
			expect(bench.crm.statistics().requests).toBe(1);
			expect(error?.message).toMatch(/^The CRM refused the request: it (closed|returned)/);
			expect(error?.description).toContain('Check the sender, the secret and the URL');
			expect(error?.description).toContain('bans senders');
		}
	});

	it('is not followed by others when the node continues on fail', async () => {
		bench.crm.injectFault({ kind: 'drop', times: 'always' });
		const { items } = await bench.run('order.create', mapped, {
			input: orders(10),
			settings: { ...retried, onError: 'continueRegularOutput' },
		});
		expect(bench.crm.statistics().requests).toBe(1);
		expect(items).toHaveLength(10);
		expect(items[0]?.json.error).toMatch(/^The CRM refused the request/);
		expect(items[9]?.json.error).toMatch(/^Not sent, because the CRM refused an earlier request/);
	});

	it('counts once against a ban when the secret is wrong', async () => {
		const { error } = await bench.run('order.create', mapped, {
			input: orders(10),
			settings: retried,
			credential: { secret: 'another' },
		});
		expect(error?.message).toMatch(/^The CRM refused the request/);
		expect(bench.crm.statistics()).toMatchObject({ requests: 1, refused: 1 });
	});

	it.each([401, 403, 502])(
		'is sent once as HTTP %d as well, by reads and writes',
		async (status) => {
			for (const operation of ['order.create', 'order.getStatus'] as const) {
				for (const onError of [
					'stopWorkflow',
					'continueRegularOutput',
					'continueErrorOutput',
				] as const) {
					bench.crm.reset();
					bench.crm.injectFault({ kind: 'status', status, times: 'always' });
					const parameters =
						operation === 'order.create' ? mapped : { orderIds: '={{ $json.orderId }}' };
					const credential = { url: `${bench.url}?${operation}-${onError}` };
					const settings = { ...retried, onError };
					await bench.run(operation, parameters, { input: orders(5), settings, credential });
					expect(bench.crm.statistics().requests).toBe(1);
				}
			}
		},
	);

	it('is remembered for the next executions, which send nothing', async () => {
		bench.crm.injectFault({ kind: 'drop', times: 'always' });
		await bench.run('order.create', mapped, { input: orders(3) });
		for (let executions = 0; executions < 10; executions++) {
			const { error } = await bench.run(
				'order.getStatus',
				{ orderIds: 'A-1' },
				{ settings: retried },
			);
			expect(error?.message).toMatch(
				/^Not sent, because the CRM refused this credential less than 1 minute ago: next attempt at /,
			);
			expect(error?.description).toMatch(/^Nothing was sent/);
		}
		expect(bench.crm.statistics().requests).toBe(1);
	});

	it.each(['drop', 'empty'] as const)(
		'is one lost order when a status request shows that it was added (%s)',
		async (kind) => {
			bench.crm.injectFault({ kind, carryOut: true, orderId: 'A-0' });
			const { items, error } = await bench.run(
				'order.create',
				{ ...mapped, options: { onLostAnswer: 'askStatus' } },
				{ input: orders(5), settings: { ...retried, onError: 'continueRegularOutput' } },
			);
			expect(error).toBeUndefined();
			expect(items[0]?.json).toEqual({ orderId: 'A-0', crmId: null });
			expect(bench.crm.receipts()['A-0']).toBe(1);
		},
	);

	it('costs two requests when the status is asked for with a wrong secret', async () => {
		const { error } = await bench.run(
			'order.create',
			{ ...orders(1)[0], options: { onLostAnswer: 'askStatus' } },
			{ settings: retried, credential: { secret: 'another' } },
		);
		expect(error?.message).toContain('could not be asked for order "A-0"');
		expect(error?.cause).toMatchObject({ code: 'ECONNRESET' });
		expect(bench.crm.statistics()).toMatchObject({ requests: 2, refused: 2 });
	});

	it('is one lost order when the CRM accepted others just before', async () => {
		bench.crm.injectFault({ kind: 'drop', carryOut: true, orderId: 'A-3' });
		const { items } = await bench.run(
			'order.create',
			{ ...mapped, options: { onLostAnswer: 'askStatus' } },
			{ input: orders(10), settings: retried },
		);
		expect(items).toHaveLength(10);
		expect(items[3]?.json).toEqual({ orderId: 'A-3', crmId: null });
		expect(Object.values(bench.crm.receipts())).toEqual(Array(10).fill(1));
	});
});

describe('a tool of an agent', () => {
	const order = { orderId: 'A-0', goodName: 'kettle' };
	const call = async (toolCalls: number) =>
		(await bench.run('order.create', order, { toolCalls, settings: retried })).items.map(
			({ json }) => json,
		);

	it('is answered, whatever an attempt before it met', async () => {
		bench.crm.injectFault({ kind: 'status', status: 429, times: 4 });
		expect(await call(1)).toEqual([{ orderId: 'A-0', crmId: expect.any(Number) }]);
	});

	it('does not send an order again whose answer was lost', async () => {
		bench.crm.injectFault({ kind: 'truncated', carryOut: true, times: 'always' });
		const [{ error } = {}] = await call(1);
		expect(error).toContain('is not JSON');
		expect(bench.crm.receipts()).toEqual({ 'A-0': 1 });
	});

	it('is refused once, whatever n8n retries, and not sent when it is called again', async () => {
		bench.crm.injectFault({ kind: 'drop' });
		const [first, second] = await call(2);
		expect(first?.error).toMatch(/^The CRM refused the request/);
		expect(second?.error).toMatch(/^Not sent, because the CRM refused this credential/);
		expect(bench.crm.statistics().requests).toBe(1);
	});

	it('executes each call, also one that equals the previous one', async () => {
		bench.crm.setQuirks({ noError: 'empty' });
		const question = { method: 'getOrderStatus', params: '[["A-0"], 0]', output: 'raw' };
		const { items } = await bench.run('request.call', question, {
			toolCalls: 2,
			settings: retried,
		});
		expect(items).toHaveLength(2);
		expect(bench.crm.statistics().requests).toBe(2);
	});
});

describe('raw answers with an empty error', () => {
	it('which n8n takes for a failure, are not asked for again', async () => {
		bench.crm.setQuirks({ noError: 'empty' });
		const { items } = await bench.run(
			'order.create',
			{ ...mapped, output: 'raw' },
			{ input: orders(3), settings: retried },
		);
		expect(items.map(({ json }) => json.error)).toEqual(['', '', '']);
		expect(bench.crm.receipts()).toEqual({ 'A-0': 1, 'A-1': 1, 'A-2': 1 });
	});
});

describe('a run that stops at an item', () => {
	it('is taken up where it stopped: 100 orders, the CRM away at the 50th', async () => {
		bench.crm.injectFault({ kind: 'status', status: 429, orderId: 'A-50', times: 3 });
		const { items, error } = await bench.run('order.create', mapped, {
			input: orders(100),
			settings: retried,
		});
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json.orderId)).toEqual(orders(100).map((o) => o.orderId));
		const { 'A-50': asked, ...others } = bench.crm.receipts();
		// 429 comes from a server that did not take the request: it may be sent again.
		expect(asked).toBe(4);
		expect(Object.values(others)).toEqual(Array(99).fill(1));
		expect(bench.crm.orders()).toHaveLength(100);
	});

	it('sends each order once when the answer of the 50th is lost', async () => {
		bench.crm.injectFault({ kind: 'reset', orderId: 'A-49' });
		const { error } = await bench.run('order.create', mapped, {
			input: orders(100),
			settings: retried,
		});
		expect(error?.message).toContain('broke during the response');
		expect(error?.context).toMatchObject({ itemIndex: 49 });
		expect(error?.description).toContain('Already executed: items 0–48');
		expect(error?.description).toMatch(/Not sent: items \d+–99/);
		expect(Object.values(bench.crm.receipts()).every((times) => times === 1)).toBe(true);
	});

	it('sends all 100 once when the lost order is found by its status', async () => {
		bench.crm.injectFault({ kind: 'reset', orderId: 'A-49' });
		bench.crm.injectFault({ kind: 'error', method: 'getOrderStatus' });
		const { items } = await bench.run(
			'order.create',
			{ ...mapped, options: { onLostAnswer: 'askStatus' } },
			{ input: orders(100), settings: retried },
		);
		expect(items).toHaveLength(100);
		expect(Object.values(bench.crm.receipts())).toEqual(Array(100).fill(1));
	});

	it('remembers nothing from one execution to the next', async () => {
		const input = orders(3);
		await bench.run('order.create', mapped, { input, settings: retried });
		const { error } = await bench.run('order.create', mapped, { input, settings: retried });
		expect(error?.message).toBe('The CRM did not add order "A-0"');
	});

	it('lists what was executed when a user stops it', async () => {
		bench.crm.injectFault({ kind: 'delay', ms: 3_000, skip: 5, times: 'always' });
		const stop = new AbortController();
		setTimeout(() => stop.abort(), 400);
		await bench.run('order.create', mapped, { input: orders(30), stop: stop.signal });
		const sent = bench.crm.statistics().requests;
		expect(sent).toBeGreaterThanOrEqual(6);
		expect(sent).toBeLessThanOrEqual(10);
	});
});

describe('a run that a user stops between two attempts', () => {
	/** Stops it a while after the CRM got that order. */
	const stopAfter = (orderId: string) => {
		const stop = new AbortController();
		const timer = setInterval(() => {
			if (!(orderId in bench.crm.receipts())) return;
			clearInterval(timer);
			setTimeout(() => stop.abort(), 300);
		}, 10);
		return stop.signal;
	};

	it('lists what the first attempt executed', async () => {
		bench.crm.injectFault({ kind: 'error', orderId: 'A-2' });
		const { error } = await bench.run(
			'order.create',
			{ ...mapped, options: { concurrency: 1 } },
			{
				input: orders(4),
				settings: { ...retried, maxTries: 2, waitBetweenTries: 2_000 },
				stop: stopAfter('A-2'),
			},
		);
		expect(bench.crm.orders()).toHaveLength(2);
		expect(error?.message).toBe('The execution was stopped');
		expect(error?.description).toBe('Already executed: items 0–1. Not sent: item 3.');
	});

	it('says that the order may be there whose answer never came', async () => {
		bench.crm.injectFault({ kind: 'delay', ms: 20_000 });
		const { error } = await bench.run('order.create', orders(1)[0]!, {
			settings: retried,
			stop: stopAfter('A-0'),
		});
		expect(bench.crm.receipts()).toEqual({ 'A-0': 1 });
		expect(error?.message).toBe('The execution was stopped');
		expect(error?.description).toMatch(/check there before you send it again/i);
	});
});

describe('items with the same order number', () => {
	it('are sent one after the other, in their order', async () => {
		bench.crm.injectFault({ kind: 'delay', ms: 30, carryOut: false, times: 'always' });
		const input = Array.from({ length: 6 }, (_, index) => ({ orderId: 'A', goodName: `${index}` }));
		const { items } = await bench.run('order.create', mapped, {
			input,
			settings: { onError: 'continueRegularOutput' },
		});
		expect(bench.crm.statistics().mostRequestsAtOnce).toBe(1);
		expect(bench.crm.order('A')?.fields.good_id).toBe('0');
		expect(items.slice(1).every(({ json }) => 'error' in json)).toBe(true);
	});
});

describe('many orders', () => {
	it('open at most as many connections as run at once', async () => {
		// Long enough for all eight to meet at the CRM, on a busy machine too.
		bench.crm.injectFault({ kind: 'delay', ms: 25, times: 'always' });
		const options = { concurrency: 8 };
		const { items } = await bench.run(
			'order.create',
			{ ...mapped, options },
			{ input: orders(1_000) },
		);
		expect(items).toHaveLength(1_000);
		expect(bench.crm.statistics()).toMatchObject({ orders: 1_000, mostRequestsAtOnce: 8 });
		expect(bench.crm.statistics().connectionsOpened).toBeLessThanOrEqual(8);
	});

	it('evaluate no expression an item when they are mapped by name or by dragged fields', async () => {
		const evaluations = async (parameters: IDataObject) => {
			bench.crm.reset();
			const spy = jest.spyOn(Expression.prototype, 'resolveSimpleParameterValue');
			await bench.run('order.create', parameters, { input: orders(100) });
			const count = spy.mock.calls.filter(([value]) => String(value).startsWith('=')).length;
			spy.mockRestore();
			expect(bench.crm.statistics().orders).toBe(100);
			return count;
		};
		expect(await evaluations(mapped)).toBe(0);
		expect(await evaluations({ orderId: '={{ $json.orderId }}', goodName: 'x' })).toBe(1);
		expect(await evaluations({ orderId: '={{ $json.orderId + "" }}', goodName: 'x' })).toBe(100);
	});
});
