import type { IDataObject } from 'n8n-workflow';
import { KEY, resultIn, serveTrigger, signed, WRONG, type TriggerServer } from './trigger-server';

let server: TriggerServer | undefined;
afterEach(async () => await server?.close());

describe('getOrders', () => {
	const order = { orderId: 'A-1', createdAt: '2026-03-01T12:42:00+03:00' };

	it.each<[string, IDataObject, string]>([
		['Moscow by default, whatever the workflow’s zone', {}, '2026-03-01 12:42:00'],
		['the zone that is chosen', { timeZone: 'Asia/Yekaterinburg' }, '2026-03-01 14:42:00'],
		['UTC', { timeZone: 'UTC' }, '2026-03-01 09:42:00'],
	])('returns dates in %s', async (_, parameters, date) => {
		server = await serveTrigger('time zones', parameters, [order]);
		const answer = await server.post(signed('getOrders', ['2026-01-01 00:00:00']));
		expect(resultIn(answer)).toMatchObject([{ number: 'A-1', date }]);
	});
});

describe('the test URL', () => {
	const order = [{ order_id: 'A-1' }];

	it('does not share bans with the production URL', async () => {
		server = await serveTrigger('bans of two URLs', { ban: { maxFailures: 2 } });
		const wrong = signed('addOrder', order, WRONG);
		for (let failure = 1; failure <= 2; failure++) await server.post(wrong, 'test');
		expect(await server.post(signed('addOrder', order), 'test')).toBe('closed');
		expect(resultIn(await server.post(signed('addOrder', order)))).toBe(5001);

		for (let failure = 1; failure <= 2; failure++) await server.post(wrong);
		expect(await server.post(signed('addOrder', order))).toBe('closed');
	});

	it('shows in the editor why a request is rejected, but not to its sender', async () => {
		server = await serveTrigger('reasons of refusals', { methods: ['addOrder'] });
		expect(await server.post(signed('addOrder', order, WRONG), 'test')).toBe('closed');
		expect(await server.post('{', 'test')).toBe('closed');
		const unknown = await server.post(signed('getOrders', ['2026-01-01 00:00:00']), 'test');
		expect(unknown).toContain('There is no method');
		expect(server.shown).toEqual([
			expect.stringContaining('The request was rejected: '),
			expect.stringContaining('The request was rejected: '),
			'There is no method "getOrders"',
		]);
		await server.post(signed('addOrder', order, WRONG));
		expect(server.shown).toHaveLength(3);
	});

	it('returns what the workflow did not provide, unlike the production URL', async () => {
		server = await serveTrigger('reasons of answers', {}, [{ crmId: 'A-7' }]);
		const body = signed('addOrder', order);
		expect(await server.post(body, 'test')).toContain('crmId');
		expect(await server.post(body)).not.toContain('crmId');
	});

	it('recognizes no order, so that whoever tries the trigger sees the workflow run', async () => {
		server = await serveTrigger('orders of two URLs', {});
		const body = signed('addOrder', order);
		for (const url of ['test', 'test', 'production', 'production'] as const) {
			expect(resultIn(await server.post(body, url))).toBe(5001);
		}
		expect(server.started).toHaveLength(3);
	});
});

it('the Exapi Trigger logs a warning at the first honest request if N8N_PROXY_HOPS accepts forged addresses', async () => {
	const options = { allowedIps: '203.0.113.0/24', rejectWith: '401' };
	// One proxy more than there are.
	server = await serveTrigger('hops', { options }, undefined, 2);
	const from = async (forwarded: string) =>
		await server!.post(signed('addOrder', [{}]), 'production', { 'x-forwarded-for': forwarded });
	expect(await from('8.8.8.8')).toBe('');
	expect(server.logged).toEqual([expect.stringContaining('than the 2 of N8N_PROXY_HOPS')]);
	expect(resultIn(await from('203.0.113.7, 8.8.8.8'))).toBe(5001);
});

describe('an identical request of another method', () => {
	const METHODS: Array<[method: string, params: unknown[]]> = [
		['getOrders', ['2026-01-01 00:00:00']],
		['getOrderStatus', [['A-1']]],
		['getOrderStatusR', [7]],
		['getBalance', []],
	];
	const items = [{ orderId: 'A-1', status: 'paid', result: 7 }];

	it.each(METHODS)('starts the workflow again: %s', async (method, params) => {
		const parameters = { customMethods: 'getBalance' };
		server = await serveTrigger(`replayed ${method}`, parameters, items);
		for (let time = 0; time < 2; time++) await server.post(signed(method, params));
		expect(server.started).toHaveLength(2);
	});

	it.each(METHODS)(
		'gets its first answer where reads are remembered as well: %s',
		async (method, params) => {
			const parameters = { customMethods: 'getBalance', repeats: { reads: true } };
			server = await serveTrigger(`remembered ${method}`, parameters, items);
			const first = await server.post(signed(method, params));
			expect(first).toContain('"sign"');
			expect(await server.post(signed(method, params))).toBe(first);
			expect(server.started).toHaveLength(1);
			await server.post(signed(method, params, KEY, '2'));
			expect(server.started).toHaveLength(2);
		},
	);
});
