import { openAnswer } from '../../../nodes/Exapi/protocol';
import { SANDBOX_PARTNER, type Quirks } from '../../../sandbox/exapi';
import { createSandbox, type Sandbox } from '../../../sandbox/server';
import { Partner } from './partner';

let sandbox: Sandbox;
let partner: Partner;

async function startWith(quirks: Partial<Quirks>): Promise<void> {
	sandbox = createSandbox();
	sandbox.exapi.crm.setQuirks(quirks);
	const { exapi } = await sandbox.start();
	partner = new Partner(exapi.url, SANDBOX_PARTNER);
	sandbox.exapi.crm.seed(
		{ orderId: 'a', calls: [{ date: '2026-01-31T15:30:00', comment: 'да/нет' }] },
		{ orderId: 'b' },
	);
}

function rowOf(orderId: string): unknown {
	return expect.arrayContaining([orderId, 'pending']);
}

afterEach(() => sandbox.stop());

it('writes integers as text', async () => {
	await startWith({ integersAsText: true });

	await expect(partner.addOrder('c')).resolves.toBe('1003');
	await expect(partner.addOrder('c')).resolves.toBe(false);
	await expect(partner.call('getOrderStatus', ['b'], 1)).resolves.toMatchObject({
		rev: '3',
		orders: [{ call_cnt: '0', add_rev: '2', upd_rev: '2' }],
	});
});

it.each<[Quirks['answerId'], string, unknown]>([
	['echo', '17', '17'],
	['null', '17', null],
])('answers id as %s: %j becomes %j', async (answerId, id, answered) => {
	await startWith({ answerId });
	const { body } = await partner.send('getOrderStatus', [[]], id);
	const { answer } = JSON.parse(body) as { answer: string };

	expect(JSON.parse(answer)).toMatchObject({ id: answered });
	expect(openAnswer(body, SANDBOX_PARTNER, id).result).toEqual([]);
});

it.each<[Quirks['unknownOrders'], unknown]>([
	['null', [rowOf('a'), null, rowOf('b'), null]],
	['gap', { 0: rowOf('a'), 2: rowOf('b') }],
	['omit', [rowOf('a'), rowOf('b')]],
])('puts %s for unknown orders', async (unknownOrders, rows) => {
	await startWith({ unknownOrders });

	await expect(partner.call('getOrderStatus', ['a', 'x', 'b', 'y'])).resolves.toEqual(rows);
	await expect(partner.call('getOrderStatus', ['x'])).resolves.toEqual(
		unknownOrders === 'null' ? [null] : [],
	);
});

it('escapes as PHP does, and signs what it escaped', async () => {
	await startWith({ phpEscapes: true });
	const { body } = await partner.send('getOrderStatus', [['a']], '1');

	expect(body).toContain(String.raw`\\u0434\\u0430\\\/\\u043d\\u0435\\u0442`);
	expect(body).toMatch(/^[\x20-\x7e]+$/);
	expect(JSON.stringify(openAnswer(body, SANDBOX_PARTNER, '1'))).toContain('да/нет');
});

it('puts a byte order mark in front', async () => {
	await startWith({ byteOrderMark: true });
	const { body } = await partner.send('getOrderStatus', [[]], '1');

	expect(body.charCodeAt(0)).toBe(0xfeff);
});

it('prints a warning in front of the signed answer', async () => {
	await startWith({ phpWarning: true });
	const { body } = await partner.send('getOrderStatus', [[]], '1');

	expect(body).toMatch(/^<br \/>\n<b>Warning<\/b>/);
	expect(openAnswer(body, SANDBOX_PARTNER, '1').result).toEqual([]);
});

it.each<[Quirks['callLogDates'], string]>([
	['iso', '2026-01-31T15:30:00'],
	['isoWithOffset', '2026-01-31T15:30:00+03:00'],
	['sql', '2026-01-31 15:30:00'],
])('writes the dates of the call log as %s', async (callLogDates, date) => {
	await startWith({ callLogDates });

	await expect(partner.call('getOrderStatus', ['a'], 1)).resolves.toMatchObject({
		orders: [{ call_log: [{ date, recall: '' }] }],
	});
});

it('writes dates in the time zone of the CRM', async () => {
	sandbox = createSandbox({ exapi: { timeZone: 'Asia/Yekaterinburg' } });
	const { exapi } = await sandbox.start();
	sandbox.exapi.crm.seed({ orderId: 'a', status: 'paid', createdAt: '2026-01-31T12:00:00Z' });

	await expect(
		new Partner(exapi.url, SANDBOX_PARTNER).call('getOrders', '2026-01-31 17:00:00'),
	).resolves.toMatchObject([{ date: '2026-01-31 17:00:00', approveDate: '2026-01-31 17:00:00' }]);
});

it('refuses a quirk that it does not have', async () => {
	await startWith({});

	expect(() => sandbox.exapi.crm.setQuirks({ answerId: 'x' as 'echo' })).toThrow('"answerId"');
	expect(() => sandbox.exapi.crm.setQuirks({ slow: true } as Partial<Quirks>)).toThrow('"slow"');
	expect(() => createSandbox({ exapi: { timeZone: 'Moon/Sea' } })).toThrow('Moon/Sea');
});
