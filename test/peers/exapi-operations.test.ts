/** @needs php */

import { runNode, type NodeRun } from '../workflows/engine';
import { startPhpCrm, type PhpCrm } from './exapi-crm';

const SENDER = 'партнёр_7';
const SECRET = 'пароль / invented "7"';

let crm: PhpCrm;
beforeAll(async () => {
	crm = await startPhpCrm({ sender: SENDER, secret: SECRET });
});
afterAll(async () => await crm.stop());

async function run(operation: string, parameters: NodeRun['parameters'], more?: Partial<NodeRun>) {
	const [resource, name] = operation.split('.');
	return await runNode({
		node: 'exapi',
		parameters: { resource, operation: name, ...parameters },
		credentials: {
			exapiApi: { url: crm.url, sender: SENDER, secret: SECRET, timeZone: 'Europe/Moscow' },
		},
		...more,
	});
}

describe('a CRM in plain PHP', () => {
	it('takes orders and gives their numbers', async () => {
		const { items, error } = await run(
			'order.create',
			{ dataMode: 'autoMapInputData', options: { concurrency: 2 } },
			{
				input: [
					{ orderId: 'Б/1', goodName: 'Чайник «Заря» / 2 л 🫖', quantity: 2, fullName: 'Тестов' },
					{ orderId: 'B-2', goodName: 'lamp' },
				],
			},
		);
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json)).toEqual([
			{ orderId: 'Б/1', crmId: expect.any(Number) },
			{ orderId: 'B-2', crmId: expect.any(Number) },
		]);
	});

	it('answers false for an order that it has', async () => {
		const { error } = await run('order.create', { orderId: 'B-2', goodName: 'lamp' });
		expect(error?.message).toBe('The CRM did not add order "B-2"');
	});

	it.each(['list', 'object'])('tells statuses (%s)', async (answerFormat) => {
		await crm.changeOrder('Б/1', {
			status: 'confirmed',
			call: { date: '2026-03-01 10:00:00', state: '1', comment: 'да / нет' },
		});
		const { items } = await run('order.getStatus', {
			orderIds: 'nobody, Б/1',
			options: { answerFormat },
		});
		expect(items.map(({ json }) => json)).toEqual([
			{ orderId: 'nobody', found: false },
			expect.objectContaining({
				orderId: 'Б/1',
				status: 'confirmed',
				callCount: expect.any(Number),
				updateRevision: expect.any(Number),
				callLog: expect.arrayContaining([
					expect.objectContaining({
						date: '2026-03-01T10:00:00+03:00',
						state: 1,
						comment: 'да / нет',
					}),
				]),
			}),
		]);
	});

	it.each(['list', 'object'])('tells changes since a revision (%s)', async (answerFormat) => {
		const options = { answerFormat };
		const all = await run('order.getStatusChanges', { revision: 0, options });
		expect(all.items.map(({ json }) => json.orderId).sort()).toEqual(['B-2', 'Б/1']);
		const revision = Number(all.items[0]?.json.revision);
		expect(revision).toBeGreaterThan(0);
		await crm.changeOrder('B-2', { status: 'rejected' });
		const since = await run('order.getStatusChanges', { revision, options });
		expect(since.items.map(({ json }) => [json.orderId, json.status])).toContainEqual([
			'B-2',
			'rejected',
		]);
		await crm.changeOrder('B-2', { status: 'pending' });
	});

	it('gives approved orders', async () => {
		const { items } = await run('order.getAll', { since: '2026-01-01', returnAll: true });
		expect(items.map(({ json }) => json)).toEqual([
			expect.objectContaining({
				orderId: 'Б/1',
				fullName: 'Тестов',
				approvedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*\+03:00$/),
				goods: [expect.objectContaining({ name: 'Чайник «Заря» / 2 л 🫖', quantity: 2 })],
			}),
		]);
	});

	it('takes any call', async () => {
		const { items, error } = await run('request.call', {
			method: 'getOrderStatus',
			params: '[["Б/1"], 0]',
		});
		expect(error).toBeUndefined();
		expect(items[0]?.json.result).toEqual([expect.arrayContaining(['Б/1', 'confirmed'])]);
	});

	it('refuses a wrong secret by an empty answer', async () => {
		const { error } = await run(
			'order.getStatus',
			{ orderIds: 'B-2' },
			{ credentials: { exapiApi: { url: crm.url, sender: SENDER, secret: 'x', timeZone: '' } } },
		);
		expect(error?.message).toMatch(/^The CRM refused the request/);
	});
});
