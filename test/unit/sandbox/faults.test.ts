import { createHash } from 'node:crypto';
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import * as clientright from '../../../sandbox/clientright';
import * as elektrik from '../../../sandbox/elektrik';
import * as exapi from '../../../sandbox/exapi';
import { createSandbox, type Sandbox, type SandboxAddress } from '../../../sandbox/server';
import { contactOf, VtigerClient } from './clientright-client';
import { Partner, post } from './partner';

const PHONE = '70000000001';
const HTML = 'text/html; charset=UTF-8';
const JSON_TYPE = 'application/json';

let sandbox: Sandbox;
let address: SandboxAddress;
let agent: Agent;

beforeEach(async () => {
	sandbox = createSandbox({ elektrik: { electricians: [{ phone: PHONE }] } });
	address = await sandbox.start();
	agent = new Agent({ keepAlive: true });
});

afterEach(async () => {
	agent.destroy();
	await sandbox.stop();
});

interface Seen {
	status: number;
	contentType: string | null;
	body: string;
}

/** One system: a request to it, and whether the request was executed. */
interface System {
	kinds: readonly string[];
	/** Kinds of which a request is executed first by default. */
	executedFirst: readonly string[];
	inject(fault: object): unknown;
	/** @returns the response as it arrived, in latin1 */
	send(): Promise<Seen>;
	executed(): boolean;
	fault(): string | null | undefined;
}

const FIRST = ['delay', 'reset', 'truncated', 'warning', 'byteOrderMark'];

/** Fields that a kind needs. */
const NEEDED: Readonly<Record<string, object>> = {
	delay: { ms: 20 },
	status: { status: 503, retryAfter: 7 },
	result: { result: null },
};

async function seen(response: Response): Promise<Seen> {
	const body = Buffer.from(await response.arrayBuffer()).toString('latin1');
	return { status: response.status, contentType: response.headers.get('content-type'), body };
}

const SYSTEMS: Readonly<Record<string, () => System>> = {
	exapi: () => ({
		kinds: exapi.FAULT_KINDS,
		executedFirst: [...FIRST, 'wrongSignature', 'otherId'],
		inject: (fault) => sandbox.exapi.crm.injectFault(fault as exapi.Fault),
		async send() {
			const partner = new Partner(address.exapi.url, exapi.SANDBOX_PARTNER);
			const order = { order_id: 'a-1', good_id: 'Lamp' };
			const { status, headers, body } = await partner.send('addOrder', [order]);
			const bytes = Buffer.from(body).toString('latin1');
			return { status, contentType: headers['content-type'] ?? null, body: bytes };
		},
		executed: () => sandbox.exapi.crm.order('a-1') !== undefined,
		fault: () => sandbox.exapi.crm.requests()[0]?.fault,
	}),
	clientright: () => ({
		kinds: clientright.FAULT_KINDS,
		executedFirst: [...FIRST, 'empty', 'invalidUtf8'],
		inject: (fault) =>
			sandbox.clientright.crm.injectFault({
				operation: 'CreateContact',
				...fault,
			} as clientright.Fault),
		async send() {
			const client = new VtigerClient(address.clientright.url);
			return await seen(await client.send(contactOf(await client.logIn(), '1')));
		},
		executed: () => sandbox.clientright.crm.contacts().length > 0,
		fault: () => sandbox.clientright.crm.requests({ operation: 'CreateContact' })[0]?.fault,
	}),
	elektrik: () => ({
		kinds: elektrik.FAULT_KINDS,
		executedFirst: FIRST,
		inject: (fault) => sandbox.elektrik.portal.injectFault(fault as elektrik.Fault),
		async send() {
			const { uid } = elektrik.SANDBOX_DISTRIBUTOR;
			const phone = createHash('md5').update(PHONE).update(uid).digest('hex');
			const message = { action: 'user.update.points', phone, points: 99, uid };
			return await seen(
				await fetch(address.elektrik.url, { method: 'POST', body: JSON.stringify(message) }),
			);
		},
		executed: () => sandbox.elektrik.portal.electrician(PHONE)?.points === 99,
		fault: () => sandbox.elektrik.portal.requests()[0]?.fault,
	}),
};

const CELLS = Object.entries({
	exapi: exapi.FAULT_KINDS,
	clientright: clientright.FAULT_KINDS,
	elektrik: elektrik.FAULT_KINDS,
}).flatMap(([name, kinds]) => kinds.map((kind) => [name, kind] as const));

describe('whether a request is executed', () => {
	it.each(CELLS)('%s: %s', async (name, kind) => {
		for (const carryOut of [undefined, true, false]) {
			const system = SYSTEMS[name]!();
			sandbox.exapi.crm.reset();
			sandbox.clientright.crm.reset();
			sandbox.elektrik.portal.reset();
			system.inject({ kind, ...NEEDED[kind], ...(carryOut !== undefined && { carryOut }) });
			await system.send().catch(() => undefined);

			const early = carryOut ?? system.executedFirst.includes(kind);
			// A late response was waited for here, so the request was executed after the delay.
			expect(system.executed()).toBe(early || kind === 'delay');
			expect(system.fault()).toBe(kind);
		}
	});
});

describe('what a client sees, of every system', () => {
	it.each(Object.keys(SYSTEMS))('%s', async (name) => {
		const system = SYSTEMS[name]!();
		system.inject({ kind: 'delay', ms: 20 });
		const right = await system.send();
		const after = (fault: object) => {
			sandbox.exapi.crm.reset();
			sandbox.clientright.crm.reset();
			system.inject(fault);
			return system.send();
		};

		// Signed answers, session names and ids differ from one request to the next.
		const { length } = right.body;
		expect(right).toMatchObject({ status: 200, contentType: JSON_TYPE });
		const half = await after({ kind: 'truncated' });
		expect(half.contentType).toBe(JSON_TYPE);
		expect(Math.abs(half.body.length - length / 2)).toBeLessThan(3);
		await expect(after({ kind: 'truncated', at: 5 })).resolves.toMatchObject({
			body: right.body.slice(0, 5),
		});
		await expect(after({ kind: 'empty' })).resolves.toMatchObject({ status: 200, body: '' });
		await expect(after({ kind: 'html' })).resolves.toEqual({
			status: 200,
			contentType: HTML,
			body: expect.stringMatching(/^<!DOCTYPE html>/),
		});
		await expect(after({ kind: 'warning' })).resolves.toEqual({
			status: 200,
			contentType: HTML,
			body: expect.stringMatching(/^<br \/>\n<b>Warning<\/b>: {2}.*<br \/>\n\{"/),
		});
		await expect(after({ kind: 'byteOrderMark' })).resolves.toMatchObject({
			contentType: HTML,
			body: expect.stringMatching(/^\xEF\xBB\xBF\{"/),
		});
		await expect(after({ kind: 'status', status: 503, retryAfter: 7 })).resolves.toEqual({
			status: 503,
			contentType: 'text/html',
			body: expect.stringContaining('503 Service Unavailable'),
		});
		await expect(after({ kind: 'drop' })).rejects.toThrow();
		await expect(after({ kind: 'reset' })).rejects.toThrow();
	});

	it('when to come again, and half a response before the connection breaks', async () => {
		sandbox.exapi.crm.injectFault({ kind: 'status', status: 429, retryAfter: 7 });
		const partner = new Partner(address.exapi.url, exapi.SANDBOX_PARTNER);
		await expect(partner.send('getOrders', [])).resolves.toMatchObject({
			status: 429,
			headers: { 'retry-after': '7' },
		});
		sandbox.elektrik.portal.injectFault({ kind: 'reset' });
		const response = await fetch(address.elektrik.url, { method: 'POST', body: '{}' });
		expect(response.status).toBe(200);
		await expect(response.text()).rejects.toThrow();
	});
});

describe('what a client sees, of one system', () => {
	it.each<[exapi.Fault, object]>([
		[{ kind: 'wrongSignature' }, { fault: 'wrongSignature' }],
		[{ kind: 'otherId' }, { fault: 'wrongId' }],
		[{ kind: 'error', message: 'No such product' }, { detail: 'No such product' }],
	])('exapi: %j', async (fault, error) => {
		sandbox.exapi.crm.injectFault(fault);
		const partner = new Partner(address.exapi.url, exapi.SANDBOX_PARTNER);

		await expect(partner.addOrder('a-1')).rejects.toMatchObject(error);
		await expect(partner.addOrder('a-2')).resolves.toEqual(expect.any(Number));
	});

	it('exapi: a false that is not its own', async () => {
		sandbox.exapi.crm.injectFault({ kind: 'false' });
		const partner = new Partner(address.exapi.url, exapi.SANDBOX_PARTNER);

		await expect(partner.addOrder('a-1')).resolves.toBe(false);
		await expect(partner.addOrder('a-1')).resolves.toBe(1001);
	});

	it.each<[clientright.Fault, number, string, string | RegExp]>([
		[
			{ kind: 'invalidUtf8' },
			200,
			JSON_TYPE,
			'{"success":true,"result":"84001","note":"\xCF\xF0\xE8"}',
		],
		[{ kind: 'fatal' }, 500, HTML, ''],
		[
			{ kind: 'error', code: 0, message: 'Duplicate(s) detected!' },
			200,
			JSON_TYPE,
			/^\{"success":false,.*"Duplicate\(s\) detected!","code":0\}\}$/,
		],
		[
			{ kind: 'failed', message: ' Нет' },
			200,
			JSON_TYPE,
			new RegExp(Buffer.from('"status":" failed","message":" Нет"').toString('latin1')),
		],
		[{ kind: 'result', result: null }, 200, JSON_TYPE, '{"success":true}'],
		[
			{ kind: 'sessionLost', code: 'SESSION_LEFT_IDLE' },
			200,
			JSON_TYPE,
			/"code":"SESSION_LEFT_IDLE"/,
		],
	])('clientright: %j', async (fault, status, contentType, body) => {
		const system = SYSTEMS.clientright!();
		system.inject(fault);
		const expected = typeof body === 'string' ? body : expect.stringMatching(body);

		await expect(system.send()).resolves.toEqual({ status, contentType, body: expected });
	});

	it('clientright: a lost session stays lost', async () => {
		const client = new VtigerClient(address.clientright.url);
		const session = await client.logIn();
		sandbox.clientright.crm.injectFault({ kind: 'sessionLost' });
		await client.contact(session, '1');

		await expect(client.contact(session, '1')).resolves.toMatchObject({
			error: { code: 'INVALID_SESSIONID' },
		});
	});

	it.each<[elektrik.Fault, string]>([
		[{ kind: 'error', message: 'No' }, '{"success":true,"result":false,"error":"No"}'],
		[{ kind: 'unsuccessful' }, '{"success":false,"error":"Phone hash incorrect"}'],
	])('elektrik: %j', async (fault, body) => {
		sandbox.elektrik.portal.injectFault(fault);

		await expect(post(address.elektrik.url, '{}')).resolves.toMatchObject({ status: 200, body });
	});
});

describe('which requests a fault applies to', () => {
	const outcomes = async (...orderIds: string[]) => {
		const partner = new Partner(address.exapi.url, exapi.SANDBOX_PARTNER, agent);
		const results: boolean[] = [];
		for (const orderId of orderIds) {
			results.push(await partner.addOrder(orderId).then(Boolean, () => false));
		}
		return results;
	};

	it('to `times` requests after `skip` requests', async () => {
		sandbox.exapi.crm.injectFault({ kind: 'drop', times: 2, skip: 1 });

		expect(await outcomes('a', 'b', 'c', 'd')).toEqual([true, false, false, true]);
		expect(sandbox.exapi.crm.faults()).toMatchObject([{ id: 1, struck: 2, skipLeft: 0 }]);
	});

	it('to all, until the faults are cleared', async () => {
		sandbox.exapi.crm.injectFault({ kind: 'error', times: 'always' });
		expect(await outcomes('a', 'b', 'c')).toEqual([false, false, false]);

		sandbox.exapi.crm.clearFaults();
		expect(await outcomes('a')).toEqual([true]);
	});

	it('to a method or an order of exapi, one fault after the other', async () => {
		sandbox.exapi.crm.injectFault({ kind: 'empty', method: 'getOrders' });
		sandbox.exapi.crm.injectFault({ kind: 'empty', orderId: 'b' });
		sandbox.exapi.crm.injectFault({ kind: 'html', orderId: 'b' });

		expect(await outcomes('a', 'b', 'b', 'b')).toEqual([true, false, false, true]);
		const partner = new Partner(address.exapi.url, exapi.SANDBOX_PARTNER);
		await expect(partner.call('getOrders', '2026-01-01')).rejects.toMatchObject({ fault: 'empty' });
		await expect(partner.call('getOrders', '2026-01-01')).resolves.toEqual([]);
	});

	it('to a mobile or an operation of the vtiger, login included', async () => {
		const client = new VtigerClient(address.clientright.url);
		const session = await client.logIn();
		const { crm } = sandbox.clientright;
		const works = async (mobile: string) =>
			await client.contact(session, mobile).then(
				({ success }) => success,
				() => false,
			);
		crm.injectFault({ kind: 'fatal', key: '2', times: 'always' });
		crm.injectFault({ kind: 'fatal', operation: 'login' });

		expect([await works('1'), await works('2'), await works('2')]).toEqual([true, false, false]);
		await expect(client.logIn()).rejects.toThrow();
		await expect(client.logIn()).resolves.toEqual(expect.any(String));
	});

	it('to downloads of the vtiger only where it says so', async () => {
		const { crm } = sandbox.clientright;
		const { id } = crm.seed('contact', { mobile: '1' });
		const [file] = crm.addFiles(id, { title: 'a' });
		crm.injectFault({ kind: 'fatal' });
		crm.injectFault({ kind: 'status', status: 502, operation: 'download' });
		const download = () => fetch(new URL(file!.path, address.clientright.url));

		expect((await download()).status).toBe(502);
		expect((await download()).status).toBe(200);
		expect(crm.requests({ operation: 'download' })).toMatchObject([
			{ fault: 'status', status: 502, carriedOut: false },
			{ fault: null, status: 200, parameters: { path: file!.path } },
		]);
	});

	it('to one electrician', async () => {
		const { portal } = sandbox.elektrik;
		portal.seed({ phone: '70000000002' });
		portal.injectFault({ kind: 'drop', phone: '70000000002', times: 'always' });
		const system = SYSTEMS.elektrik!();

		await expect(system.send()).resolves.toMatchObject({ status: 200 });
		expect(system.executed()).toBe(true);
	});
});

it.each([true, false])(
	'a client that leaves during a delay: executed where carryOut is %s',
	async (carryOut) => {
		sandbox.exapi.crm.injectFault({ kind: 'delay', ms: 100, carryOut });
		const partner = new Partner(address.exapi.url, exapi.SANDBOX_PARTNER, agent);
		const leaving = partner.addOrder('a-1').catch(() => undefined);
		await sleep(30);
		agent.destroy();
		await leaving;
		await sleep(150);

		expect(sandbox.exapi.crm.order('a-1') !== undefined).toBe(carryOut);
	},
);

it('a fault of the vtiger holds the session while it waits', async () => {
	const client = new VtigerClient(address.clientright.url);
	const session = await client.logIn();
	const { crm } = sandbox.clientright;
	crm.injectFault({ kind: 'delay', ms: 200, key: '1' });
	const late = client.contact(session, '1').then(() => 'late');
	while (crm.faults()[0]?.struck === 0) await sleep(5);
	const next = client.contact(session, '2').then(() => 'next');

	await expect(Promise.race([late, next])).resolves.toBe('late');
	await next;
});
