import { SANDBOX_PARTNER } from '../../../sandbox/exapi';
import { createSandbox, type Sandbox } from '../../../sandbox/server';
import { Partner } from './partner';

const { sender, secret } = SANDBOX_PARTNER;

let sandbox: Sandbox;
let partner: Partner;

beforeEach(async () => {
	sandbox = createSandbox({ exapi: { partners: { [sender]: secret, other: 'other-secret' } } });
	const { exapi } = await sandbox.start();
	partner = new Partner(exapi.url, SANDBOX_PARTNER);
});

afterEach(() => sandbox.stop());

describe('addOrder', () => {
	it('answers the CRM number and keeps the order', async () => {
		await expect(partner.addOrder('a-1')).resolves.toBe(1001);
		await expect(partner.addOrder('заказ 2')).resolves.toBe(1002);

		expect(sandbox.exapi.crm.order('заказ 2')).toMatchObject({
			crmId: 1002,
			sender: SANDBOX_PARTNER.sender,
			status: 'pending',
			addRevision: 2,
			updateRevision: 2,
			timesReceived: 1,
			fields: { good_id: 'Lamp', kolvo: 2 },
		});
	});

	it('answers false for a number that is there, and counts how often it came', async () => {
		await partner.addOrder('a-1');
		await expect(partner.addOrder('a-1')).resolves.toBe(false);

		expect(sandbox.exapi.crm.order('a-1')?.timesReceived).toBe(2);
		expect(sandbox.exapi.crm.orders()).toHaveLength(1);
	});

	it('takes numbers for text and refuses an order without a number or product', async () => {
		await expect(partner.call('addOrder', { order_id: 123, good_id: 7 })).resolves.toBe(1001);
		await expect(partner.call('addOrder', { good_id: 'Lamp' })).resolves.toBe(false);
		await expect(partner.call('addOrder', { order_id: 'x' })).resolves.toBe(false);
		await expect(partner.call('addOrder', 'x')).rejects.toMatchObject({
			fault: 'remoteError',
			detail: 'addOrder takes an object',
		});
	});
});

describe('getOrderStatus', () => {
	const confirmed = () =>
		sandbox.exapi.crm.changeOrder('a-1', {
			status: 'confirmed',
			comment: 'to the office',
			call: { date: '2026-01-31T15:30:00', recall: '2026-02-01 10:00:00', comment: 'said yes' },
		});
	const callLog = [
		{
			date: '2026-01-31T15:30:00',
			state: 1,
			recall: '2026-02-01T10:00:00',
			comment: 'said yes',
		},
	];

	it('gives rows at the places of the numbers asked for', async () => {
		await partner.addOrder('a-1');
		confirmed();

		await expect(partner.call('getOrderStatus', ['none', 'a-1'])).resolves.toEqual([
			null,
			['a-1', 'confirmed', 1, 'to the office', 'said yes', 1, 2, callLog],
		]);
	});

	it('gives objects under rev and orders when the flag is 1', async () => {
		await partner.addOrder('a-1');
		confirmed();

		await expect(partner.call('getOrderStatus', ['a-1'], 1)).resolves.toEqual({
			rev: 2,
			orders: [
				{
					nmb: 'a-1',
					status: 'confirmed',
					call_cnt: 1,
					comment: 'to the office',
					call_comment: 'said yes',
					add_rev: 1,
					upd_rev: 2,
					call_log: callLog,
				},
			],
		});
	});

	it('knows nothing of the orders of another partner', async () => {
		await partner.addOrder('a-1');
		const other = new Partner(partner.url, { sender: 'other', secret: 'other-secret' });

		await expect(other.call('getOrderStatus', ['a-1'])).resolves.toEqual([null]);
		await expect(other.addOrder('a-1')).resolves.toBe(1002);
	});
});

describe('getOrderStatusR', () => {
	it('gives the orders changed after a revision, objects unless the flag is 0', async () => {
		await partner.addOrder('a-1');
		await partner.addOrder('a-2');
		sandbox.exapi.crm.changeOrder('a-1', { status: 'paid' });

		await expect(partner.call('getOrderStatusR', 2)).resolves.toMatchObject({
			rev: 3,
			orders: [{ nmb: 'a-1', status: 'paid', add_rev: 1, upd_rev: 3 }],
		});
		await expect(partner.call('getOrderStatusR', 0, 0)).resolves.toEqual([
			['a-2', 'pending', 0, '', '', 2, 2, []],
			['a-1', 'paid', 0, '', '', 1, 3, []],
		]);
		await expect(partner.call('getOrderStatusR', 3)).resolves.toEqual({ rev: 3, orders: [] });
	});
});

describe('getOrders', () => {
	beforeEach(() => {
		sandbox.exapi.crm.seed(
			{ orderId: 'pending' },
			{ orderId: 'rejected', status: 'rejected' },
			{
				orderId: 'early',
				status: 'paid',
				createdAt: '2026-01-30T10:00:00',
				approvedAt: '2026-01-31 11:59:59',
			},
			{
				orderId: 'late',
				status: 'confirmed',
				createdAt: '2026-01-30T10:00:00',
				approvedAt: '2026-01-31T09:00:00Z',
				fields: { good_id: 'Lamp', kolvo: 3, fio: 'Test Person', phone: '+70000000001' },
				details: { zipCode: '000001', deliveryCost: 390 },
			},
		);
	});

	it('gives the orders approved since then, in the documented shape', async () => {
		await expect(partner.call('getOrders', '2026-01-31 12:00:00')).resolves.toEqual([
			{
				number: 'late',
				date: '2026-01-30 10:00:00',
				fio: 'Test Person',
				phone1: '+70000000001',
				phone2: '',
				zipCode: '000001',
				city: '',
				street: '',
				house: '',
				flat: '',
				deliveryCost: 390,
				deliveryDate: '',
				deliveryStime: '',
				deliveryEtime: '',
				approveDate: '2026-01-31 12:00:00',
				goodItems: [{ goodName: 'Lamp', goodArticle: 'Lamp', price: 0, quantity: 3 }],
			},
		]);
	});

	it('tells of an order once it is approved', async () => {
		const before = new Date(Date.now() - 1000).toISOString();
		sandbox.exapi.crm.changeOrder('pending', { status: 'confirmed' });

		await expect(partner.call('getOrders', before)).resolves.toMatchObject([{ number: 'pending' }]);
	});

	it('answers an error for what is no date', async () => {
		await expect(partner.call('getOrders', 'soon')).rejects.toMatchObject({
			detail: 'getOrders takes a date and time',
		});
	});
});

it('answers an error for a method that it does not have', async () => {
	await expect(partner.call('toString')).rejects.toMatchObject({
		fault: 'remoteError',
		detail: 'Unknown method toString',
	});
});
