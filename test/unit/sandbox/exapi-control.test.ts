import { SANDBOX_PARTNER } from '../../../sandbox/exapi';
import { createSandbox, type Sandbox } from '../../../sandbox/server';
import { Partner } from './partner';

let sandbox: Sandbox;
let partner: Partner;
let controlUrl: string;

beforeEach(async () => {
	sandbox = createSandbox();
	const { exapi } = await sandbox.start();
	partner = new Partner(exapi.url, SANDBOX_PARTNER);
	controlUrl = exapi.controlUrl;
});

afterEach(() => sandbox.stop());

async function control(method: string, path: string, body?: unknown) {
	const response = await fetch(controlUrl + path, {
		method,
		headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
		body: body === undefined ? undefined : JSON.stringify(body),
	});
	const text = await response.text();
	return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
}

it('lists orders, gives one and changes it', async () => {
	await partner.addOrder('a/1');

	await expect(control('GET', '/orders')).resolves.toMatchObject({
		status: 200,
		body: [{ orderId: 'a/1', status: 'pending', timesReceived: 1 }],
	});
	await expect(
		control('PATCH', '/orders/a%2F1', {
			status: 'return',
			comment: 'too big',
			call: { date: '2026-01-31 15:30:00', state: 0, comment: 'busy' },
		}),
	).resolves.toMatchObject({
		status: 200,
		body: {
			status: 'return',
			comment: 'too big',
			callComment: 'busy',
			calls: [{ date: '2026-01-31T12:30:00.000Z', state: 0, recall: null, comment: 'busy' }],
			updateRevision: 2,
		},
	});
	await expect(control('GET', '/orders/a%2F1')).resolves.toMatchObject({
		body: { status: 'return', approvedAt: expect.any(String) },
	});
});

it('seeds one order or several', async () => {
	await expect(control('POST', '/orders', { orderId: 'a' })).resolves.toMatchObject({
		status: 201,
		body: [{ orderId: 'a', crmId: 1001, sender: SANDBOX_PARTNER.sender, timesReceived: 0 }],
	});
	await control('POST', '/orders', [{ orderId: 'b', status: 'paid' }, { orderId: 'c' }]);

	await expect(partner.call('getOrderStatusR', 1)).resolves.toMatchObject({
		orders: [{ nmb: 'b', status: 'paid' }, { nmb: 'c' }],
	});
	await expect(partner.addOrder('b')).resolves.toBe(false);
});

it('tells of requests, receipts and statistics', async () => {
	await partner.addOrder('a');
	await partner.call('getOrderStatus', ['a']);
	await new Partner(partner.url, { sender: 'x', secret: 'x' }).addOrder('a').catch(() => undefined);

	await expect(control('GET', '/requests?admitted=true&method=addOrder')).resolves.toMatchObject({
		body: [
			{
				number: 1,
				admitted: true,
				sender: SANDBOX_PARTNER.sender,
				method: 'addOrder',
				params: [{ order_id: 'a', kolvo: 2 }],
				id: '1',
				remoteAddress: '127.0.0.1',
				carriedOut: true,
				fault: null,
			},
		],
	});
	await expect(control('GET', '/requests?admitted=false')).resolves.toMatchObject({
		body: [{ number: 3, sender: null, refusal: 'The signature is wrong' }],
	});
	await expect(control('GET', '/receipts')).resolves.toMatchObject({ body: { a: 1 } });
	await expect(control('GET', '/statistics')).resolves.toMatchObject({
		body: { requests: 3, admitted: 2, refused: 1, orders: 1, revision: 1 },
	});
});

it('injects faults, lists and clears them', async () => {
	await expect(
		control('POST', '/faults', { kind: 'status', status: 500, times: 3, method: 'getOrders' }),
	).resolves.toMatchObject({ status: 201, body: { id: 1, kind: 'status', struck: 0 } });
	await expect(partner.send('getOrders', ['2026-01-01'])).resolves.toMatchObject({ status: 500 });
	await expect(control('GET', '/faults')).resolves.toMatchObject({ body: [{ id: 1, struck: 1 }] });
	await expect(control('DELETE', '/faults')).resolves.toMatchObject({ status: 204 });
	await expect(control('GET', '/faults')).resolves.toMatchObject({ body: [] });
});

it('changes quirks, partners and bans, and never shows a secret', async () => {
	await expect(
		control('PATCH', '/quirks', { integersAsText: true, answerId: 'null' }),
	).resolves.toMatchObject({ body: { integersAsText: true, answerId: 'null', phpEscapes: false } });
	await expect(
		control('PUT', '/partners/new%20one', { secrets: ['invented-1', 'invented-2'] }),
	).resolves.toMatchObject({ body: [{}, { sender: 'new one', secrets: 2 }] });
	await expect(control('PATCH', '/bans', { maxFailures: 1 })).resolves.toMatchObject({
		body: { maxFailures: 1, failures: [] },
	});
	const wrong = new Partner(partner.url, { sender: 'new one', secret: 'x' });
	await wrong.addOrder('a').catch(() => undefined);

	await expect(control('GET', '/bans')).resolves.toMatchObject({
		body: { failures: [{ sender: 'new one', failures: 1, banned: true }] },
	});
	await control('DELETE', '/bans');
	const other = new Partner(partner.url, { sender: 'new one', secret: 'invented-2' });
	await expect(other.addOrder('a')).resolves.toBe('1001');
	await expect(control('DELETE', '/partners/new%20one')).resolves.toMatchObject({ status: 204 });
	expect(JSON.stringify(await control('GET', ''))).not.toMatch(/invented|sandbox-secret/);
});

it('goes back to how it was created', async () => {
	await partner.addOrder('a');
	sandbox.exapi.crm.setPartner(SANDBOX_PARTNER.sender, 'changed');
	sandbox.exapi.crm.setQuirks({ integersAsText: true });
	sandbox.exapi.crm.injectFault({ kind: 'drop' });
	sandbox.exapi.crm.maxFailures = null;

	await expect(control('POST', '/reset')).resolves.toMatchObject({
		body: {
			partners: [{ sender: SANDBOX_PARTNER.sender, secrets: 1 }],
			maxFailures: 5,
			quirks: { integersAsText: false },
			faults: [],
			statistics: { requests: 0, orders: 0, revision: 0, connectionsOpened: 0 },
		},
	});
	await expect(partner.addOrder('a')).resolves.toBe(1001);
});

it.each<[string, string, unknown, number, string]>([
	['GET', '/nowhere', undefined, 404, 'There is no GET /control/exapi/nowhere'],
	['GET', '/orders/none', undefined, 404, 'There is no order "none"'],
	['PATCH', '/orders/none', {}, 404, 'There is no order "none"'],
	['POST', '/orders', {}, 400, '"orderId" is missing'],
	['POST', '/orders', [1], 400, 'Send a JSON object'],
	['POST', '/orders', { orderId: 'a', price: 1 }, 400, 'There is no field "price"'],
	['POST', '/orders', { orderId: 'a', createdAt: 'soon' }, 400, '"soon" is not a date'],
	['POST', '/faults', { kind: 'fire' }, 400, '"kind" must be one of: drop'],
	['POST', '/faults', { kind: 'delay' }, 400, '"ms" must be a whole number'],
	['POST', '/faults', { kind: 'status', status: 100 }, 400, '"status" must be an HTTP status'],
	['POST', '/faults', { kind: 'drop', times: -1 }, 400, '"times" must be a whole number'],
	['POST', '/faults', { kind: 'drop', carryOut: 1 }, 400, '"carryOut" must be a yes or no'],
	['PATCH', '/quirks', { noise: true }, 400, 'There is no quirk "noise"'],
	['PATCH', '/bans', { maxFailures: 0 }, 400, '"maxFailures" must be'],
	['PUT', '/partners/x', { secret: '' }, 400, 'Send {"secret"'],
])('answers %s %s with %j: %i', async (method, path, body, status, error) => {
	await expect(control(method, path, body)).resolves.toEqual({
		status,
		body: { error: expect.stringContaining(error) },
	});
});

it('refuses to seed a number twice', async () => {
	await control('POST', '/orders', { orderId: 'a' });

	await expect(control('POST', '/orders', { orderId: 'a' })).resolves.toMatchObject({
		status: 409,
	});
});
