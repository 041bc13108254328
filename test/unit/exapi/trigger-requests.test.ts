import type { IDataObject } from 'n8n-workflow';
import { resultIn, serveTrigger, signed, WRONG, type TriggerServer } from './trigger-server';

let server: TriggerServer | undefined;
afterEach(async () => await server?.close());

describe('getOrders', () => {
	const order = { orderId: 'A-1', createdAt: '2026-03-01T12:42:00+03:00' };

	it.each<[string, IDataObject, string]>([
		['Moscow by default, whatever the workflow’s zone', {}, '2026-03-01 12:42:00'],
		['the zone that is chosen', { timeZone: 'Asia/Yekaterinburg' }, '2026-03-01 14:42:00'],
		['UTC', { timeZone: 'UTC' }, '2026-03-01 09:42:00'],
	])('returns its moments in %s', async (_, parameters, date) => {
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

	it('does not share repeated requests with the production URL', async () => {
		server = await serveTrigger('repeats of two URLs', { options: { repeatWindow: 10 } });
		const body = signed('addOrder', order);
		for (const url of ['test', 'test', 'production', 'production'] as const) {
			expect(resultIn(await server.post(body, url))).toBe(5001);
		}
		expect(server.started).toHaveLength(2);
	});
});
