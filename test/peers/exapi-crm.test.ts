/** @needs php */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
	openAnswer,
	readAddOrderResult,
	readPartnerOrders,
	readStatusAnswer,
	toOrderState,
	toPartnerOrder,
} from '../../nodes/Exapi/protocol';
import { Partner } from '../unit/sandbox/partner';
import { startPhpCrm, type PhpCrm } from './exapi-crm';
import { startPhpServer } from './php-server';

const KEY = { sender: 'партнёр/1', secret: 'выдуманный "секрет" \\ 🔑' };
const ZONE = 'Europe/Moscow';

describe('a CRM in PHP', () => {
	let crm: PhpCrm;
	let partner: Partner;

	beforeEach(async () => {
		crm = await startPhpCrm(KEY);
		partner = new Partner(crm.url, KEY);
	});

	afterEach(() => crm.stop());

	it('adds an order once', async () => {
		const order = { order_id: 'заказ/1', good_id: 'Лампа 💡', kolvo: 2, fio: 'Пробная Анна' };

		expect(readAddOrderResult(await partner.call('addOrder', order))).toBe(5000);
		expect(readAddOrderResult(await partner.call('addOrder', order))).toBe(false);
		await expect(crm.state()).resolves.toMatchObject({
			rev: 1,
			orders: [{ nmb: 'заказ/1', fields: order }],
			received: ['addOrder', 'addOrder'],
		});
	});

	it('answers statuses with text for integers and an object for a list with gaps', async () => {
		await partner.addOrder('a');
		await partner.addOrder('b');
		await crm.changeOrder('b', {
			status: 'confirmed',
			comment: 'да/нет',
			call: { date: '2026-01-31 15:30:00', comment: 'said yes' },
		});

		const rows = await partner.call('getOrderStatus', ['a', 'none', 'b']);
		expect(rows).toEqual({
			0: ['a', 'pending', '0', '', '', '1', '1', []],
			2: ['b', 'confirmed', '1', 'да/нет', 'said yes', '2', '3', [expect.any(Object)]],
		});
		const { orders } = readStatusAnswer(await partner.call('getOrderStatus', ['none', 'b'], 1));
		expect(orders.map(({ order }) => toOrderState(order, ZONE))).toEqual([
			{
				orderId: 'b',
				status: 'confirmed',
				callCount: 1,
				comment: 'да/нет',
				callComment: 'said yes',
				addRevision: 2,
				updateRevision: 3,
				callLog: [
					{ date: '2026-01-31T15:30:00+03:00', state: 1, recall: null, comment: 'said yes' },
				],
			},
		]);
	});

	it('answers changes since a revision', async () => {
		await partner.addOrder('a');
		await partner.addOrder('b');
		await crm.changeOrder('a', { status: 'rejected' });

		const changes = readStatusAnswer(await partner.call('getOrderStatusR', 2));
		expect(changes).toMatchObject({
			revision: 3,
			orders: [{ order: { nmb: 'a', status: 'rejected' } }],
		});
		await expect(partner.call('getOrderStatusR', 3, 0)).resolves.toEqual([]);
	});

	it('answers approved orders', async () => {
		await partner.addOrder('a');
		await partner.addOrder('b');
		await crm.changeOrder('b', { status: 'paid', details: { deliveryDate: '2026-02-01' } });

		const [order, ...others] = readPartnerOrders(await partner.call('getOrders', '2026-01-01'));
		expect(others).toEqual([]);
		expect(toPartnerOrder(order ?? {}, ZONE)).toMatchObject({
			orderId: 'b',
			phone: '+70000000000',
			approvedAt: expect.stringMatching(/T.*\+03:00$/),
			deliveryCost: 390,
			deliveryDate: '2026-02-01',
			goods: [{ name: 'Lamp', article: 'Lamp', price: 1590, quantity: 2 }],
		});
		await expect(partner.call('getOrders', '2100-01-01 00:00:00')).resolves.toEqual([]);
	});

	it('answers errors signed, and id null as the example of the document does', async () => {
		await expect(partner.call('getOrders', 'soon?')).rejects.toMatchObject({
			fault: 'remoteError',
			detail: 'A date is expected',
		});
		await expect(partner.call('dropOrders')).rejects.toMatchObject({ detail: 'Method not found' });
		const { body, headers } = await partner.send('getOrderStatus', [[]], '7');
		expect(JSON.parse((JSON.parse(body) as { answer: string }).answer)).toEqual({
			result: [],
			error: null,
			id: null,
		});
		expect(headers['content-type']).toBe('application/json');
		expect(openAnswer(body, KEY, '7').result).toEqual([]);
	});

	it('refuses a wrong secret and a wrong sender without a byte', async () => {
		for (const key of [
			{ ...KEY, secret: 'wrong' },
			{ ...KEY, sender: 'somebody' },
		]) {
			const answer = await new Partner(crm.url, key).send('addOrder', [{ order_id: 'a' }]);
			expect(answer).toMatchObject({ status: 200, body: '' });
		}
		await expect(crm.state()).resolves.toMatchObject({ orders: [], received: [] });
	});

	it('keeps its orders while requests come at once', async () => {
		const numbers = Array.from({ length: 30 }, (_, index) => `a-${index}`);
		const crmIds = await Promise.all(numbers.map((number) => partner.addOrder(number)));

		expect(new Set(crmIds).size).toBe(30);
		expect((await crm.state()).rev).toBe(30);
		expect(crm.log()).not.toMatch(/Warning|Fatal|Deprecated/);
	});
});

describe('php -S', () => {
	it('is gone after stop', async () => {
		const server = await startPhpServer(join(__dirname, 'exapi-crm.php'));
		expect(() => process.kill(server.pid, 0)).not.toThrow();

		await server.stop();

		expect(() => process.kill(server.pid, 0)).toThrow('ESRCH');
		await expect(fetch(server.url)).rejects.toThrow();
	});

	it('made the golden vectors that are kept', () => {
		const { stdout } = spawnSync('php', [join(__dirname, 'make-vectors.php')], {
			encoding: 'utf8',
		});
		const kept = readFileSync(join(__dirname, '../vectors/exapi-signing.json'), 'utf8');

		expect(JSON.parse(stdout)).toEqual(JSON.parse(kept));
	});
});
