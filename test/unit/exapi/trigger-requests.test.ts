import type { IDataObject } from 'n8n-workflow';
import { resultIn, serveTrigger, signed, type TriggerServer } from './trigger-server';

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
