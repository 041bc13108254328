import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { openAnswer, writeRequest } from '../../../nodes/Exapi/protocol';
import { FAULT_KINDS, SANDBOX_PARTNER, type Fault, type FaultKind } from '../../../sandbox/exapi';
import { createSandbox, type Sandbox } from '../../../sandbox/server';
import { Partner } from './partner';

let sandbox: Sandbox;
let partner: Partner;
let agent: Agent;

beforeEach(async () => {
	sandbox = createSandbox();
	const { exapi } = await sandbox.start();
	agent = new Agent({ keepAlive: true });
	partner = new Partner(exapi.url, SANDBOX_PARTNER, agent);
});

afterEach(async () => {
	agent.destroy();
	await sandbox.stop();
});

const faultOf: Record<FaultKind, Fault> = {
	drop: { kind: 'drop' },
	reset: { kind: 'reset' },
	empty: { kind: 'empty' },
	html: { kind: 'html' },
	truncated: { kind: 'truncated' },
	wrongSignature: { kind: 'wrongSignature' },
	otherId: { kind: 'otherId' },
	false: { kind: 'false' },
	delay: { kind: 'delay', ms: 20 },
	status: { kind: 'status', status: 502 },
	error: { kind: 'error', message: 'No such product' },
};

describe('what a client sees', () => {
	it.each<[Fault, object]>([
		[faultOf.drop, { code: 'ECONNRESET', message: 'socket hang up' }],
		[faultOf.reset, { code: 'ECONNRESET' }],
		[faultOf.empty, { fault: 'empty' }],
		[faultOf.html, { fault: 'notJson', detail: expect.stringContaining('<!DOCTYPE html>') }],
		[faultOf.truncated, { fault: 'notJson', detail: expect.stringMatching(/^\{"sign":/) }],
		[faultOf.wrongSignature, { fault: 'wrongSignature' }],
		[faultOf.otherId, { fault: 'wrongId' }],
		[faultOf.error, { fault: 'remoteError', detail: 'No such product' }],
		[faultOf.status, { fault: 'notJson', detail: expect.stringContaining('502 Bad Gateway') }],
	])('of %j', async (fault, error) => {
		sandbox.exapi.crm.injectFault(fault);

		await expect(partner.addOrder('a-1')).rejects.toMatchObject(error);
		await expect(partner.addOrder('a-2')).resolves.toEqual(expect.any(Number));
	});

	it('of a false that is none of its own', async () => {
		sandbox.exapi.crm.injectFault({ kind: 'false' });
		await expect(partner.addOrder('a-1')).resolves.toBe(false);
		await expect(partner.addOrder('a-1')).resolves.toBe(1001);
	});

	it('of another HTTP status', async () => {
		sandbox.exapi.crm.injectFault({ kind: 'status', status: 429, retryAfter: 7 });

		await expect(partner.send('getOrderStatus', [[]])).resolves.toMatchObject({
			status: 429,
			headers: { 'retry-after': '7', 'content-type': 'text/html' },
			body: expect.stringContaining('429 Too Many Requests'),
		});
	});

	it('of a delay: the right answer, late', async () => {
		sandbox.exapi.crm.injectFault({ kind: 'delay', ms: 150 });
		const start = performance.now();

		await expect(partner.addOrder('a-1')).resolves.toBe(1001);
		expect(performance.now() - start).toBeGreaterThan(140);
	});
});

describe('whether the order is stored', () => {
	const isStoredByDefault: Record<FaultKind, boolean> = {
		drop: false,
		reset: true,
		empty: false,
		html: false,
		truncated: true,
		wrongSignature: true,
		otherId: true,
		false: false,
		delay: true,
		status: false,
		error: false,
	};

	it.each(FAULT_KINDS)('with %s', async (kind) => {
		const { crm } = sandbox.exapi;
		const send = (orderId: string) => partner.addOrder(orderId).catch(() => undefined);

		crm.injectFault(faultOf[kind]);
		await send('default');
		crm.injectFault({ ...faultOf[kind], carryOut: true });
		await send('carried out');
		crm.injectFault({ ...faultOf[kind], carryOut: false });
		await send('not carried out');

		const isStored = (orderId: string) => crm.order(orderId) !== undefined;
		expect(isStored('default')).toBe(isStoredByDefault[kind]);
		expect(isStored('carried out')).toBe(true);
		// A late answer was waited for here, so the order was carried out after the delay.
		expect(isStored('not carried out')).toBe(kind === 'delay');
		expect(crm.receipts()).toEqual({ default: 1, 'carried out': 1, 'not carried out': 1 });
		expect(crm.requests().map(({ fault }) => fault)).toEqual([kind, kind, kind]);
		expect(crm.requests().map(({ carriedOut }) => carriedOut)).toEqual(
			['default', 'carried out', 'not carried out'].map(isStored),
		);
	});

	it.each([true, false])(
		'when the client leaves during a delay (carryOut: %s)',
		async (carryOut) => {
			sandbox.exapi.crm.injectFault({ kind: 'delay', ms: 100, carryOut });
			const leaving = partner.addOrder('a-1').catch(() => undefined);
			await sleep(30);
			agent.destroy();
			await leaving;
			await sleep(150);

			expect(sandbox.exapi.crm.order('a-1') !== undefined).toBe(carryOut);
		},
	);
});

describe('which requests are struck', () => {
	const outcomes = async (...orderIds: string[]) => {
		const results: boolean[] = [];
		for (const orderId of orderIds) {
			results.push(await partner.addOrder(orderId).then(Boolean, () => false));
		}
		return results;
	};

	it('as many as times says, after as many as skip says', async () => {
		sandbox.exapi.crm.injectFault({ kind: 'drop', times: 2, skip: 1 });

		expect(await outcomes('a', 'b', 'c', 'd')).toEqual([true, false, false, true]);
		expect(sandbox.exapi.crm.faults()).toMatchObject([{ id: 1, struck: 2, skipLeft: 0 }]);
	});

	it('all, until the faults are cleared', async () => {
		sandbox.exapi.crm.injectFault({ kind: 'error', times: 'always' });
		expect(await outcomes('a', 'b', 'c')).toEqual([false, false, false]);

		sandbox.exapi.crm.clearFaults();
		expect(await outcomes('a')).toEqual([true]);
	});

	it('those of a method, or of an order', async () => {
		sandbox.exapi.crm.injectFault({ kind: 'empty', method: 'getOrders' });
		sandbox.exapi.crm.injectFault({ kind: 'empty', orderId: 'b', times: 2 });

		expect(await outcomes('a', 'b', 'b', 'b')).toEqual([true, false, false, true]);
		await expect(partner.call('getOrders', '2026-01-01')).rejects.toMatchObject({ fault: 'empty' });
		await expect(partner.call('getOrders', '2026-01-01')).resolves.toEqual([]);
	});

	it('one fault after the other', async () => {
		sandbox.exapi.crm.injectFault({ kind: 'html' });
		sandbox.exapi.crm.injectFault({ kind: 'empty' });

		await expect(partner.addOrder('a')).rejects.toMatchObject({ fault: 'notJson' });
		await expect(partner.addOrder('a')).rejects.toMatchObject({ fault: 'empty' });
	});
});

it('gives the status of an order whose answer was lost', async () => {
	sandbox.exapi.crm.injectFault({ kind: 'drop', method: 'addOrder', carryOut: true });
	await expect(partner.addOrder('a-1')).rejects.toThrow();

	await expect(partner.call('getOrderStatus', ['a-1'])).resolves.toEqual([
		expect.arrayContaining(['a-1', 'pending']),
	]);
});

it('breaks an answer off after it began', async () => {
	sandbox.exapi.crm.injectFault({ kind: 'reset' });
	const body = writeRequest({ method: 'getOrderStatus', params: [[]], id: '1' }, SANDBOX_PARTNER);
	const response = await fetch(partner.url, { method: 'POST', body });

	expect(response.status).toBe(200);
	await expect(response.text()).rejects.toThrow();
});

it('does not sign the wrong signature with anything known', async () => {
	sandbox.exapi.crm.injectFault({ kind: 'wrongSignature' });
	const { body } = await partner.send('getOrderStatus', [[]], '1');

	expect(() => openAnswer(body, SANDBOX_PARTNER, '1')).toThrow('signature');
});
