import { setTimeout as sleep } from 'node:timers/promises';
import {
	FAULT_KINDS,
	type ClientRightCrm,
	type Fault,
	type FaultKind,
} from '../../../sandbox/clientright';
import { createSandbox, type Sandbox } from '../../../sandbox/server';
import { contactOf, VtigerClient } from './clientright-client';

let sandbox: Sandbox;
let crm: ClientRightCrm;
let client: VtigerClient;
let session: string;

beforeEach(async () => {
	sandbox = createSandbox();
	crm = sandbox.clientright.crm;
	client = new VtigerClient((await sandbox.start()).clientright.url);
	session = await client.logIn();
});

afterEach(() => sandbox.stop());

const faultOf: Record<FaultKind, Fault> = {
	drop: { kind: 'drop' },
	reset: { kind: 'reset' },
	empty: { kind: 'empty' },
	html: { kind: 'html' },
	truncated: { kind: 'truncated' },
	warning: { kind: 'warning' },
	byteOrderMark: { kind: 'byteOrderMark' },
	invalidUtf8: { kind: 'invalidUtf8' },
	fatal: { kind: 'fatal' },
	delay: { kind: 'delay', ms: 20 },
	status: { kind: 'status', status: 503, retryAfter: 7 },
	error: { kind: 'error', code: 0, message: 'Duplicate(s) detected!' },
	failed: { kind: 'failed', message: ' Нет' },
	result: { kind: 'result', result: null },
	sessionLost: { kind: 'sessionLost', code: 'SESSION_LEFT_IDLE' },
};

/** Status, content type and body of a call that a fault strikes. */
async function struck(fault: Fault): Promise<[status: number, type: string | null, body: string]> {
	crm.injectFault(fault);
	const response = await client.send(contactOf(session, '1'));
	const body = Buffer.from(await response.arrayBuffer()).toString('latin1');
	return [response.status, response.headers.get('content-type'), body];
}

const HTML = 'text/html; charset=UTF-8';
const JSON_TYPE = 'application/json';
const RIGHT = '{"success":true,"result":"84001"}';

describe('what a client sees', () => {
	it.each<[FaultKind, number, string, string | RegExp]>([
		['empty', 200, JSON_TYPE, ''],
		['html', 200, HTML, /^<!DOCTYPE html>/],
		['truncated', 200, JSON_TYPE, RIGHT.slice(0, 17)],
		['warning', 200, HTML, /^<br \/>\n<b>Warning<\/b>: {2}.*<br \/>\n\{"success":true,/],
		['byteOrderMark', 200, HTML, `\xEF\xBB\xBF${RIGHT}`],
		['invalidUtf8', 200, JSON_TYPE, '{"success":true,"result":"84001","note":"\xCF\xF0\xE8"}'],
		['fatal', 500, HTML, ''],
		['delay', 200, JSON_TYPE, RIGHT],
		['status', 503, 'text/html', /503 Service Unavailable/],
		['error', 200, JSON_TYPE, /^\{"success":false,.*"Duplicate\(s\) detected!","code":0\}\}$/],
		['failed', 200, JSON_TYPE, /"status":" failed","message":" \\u041d\\u0435\\u0442"/],
		['result', 200, JSON_TYPE, '{"success":true,"result":null}'],
		['sessionLost', 200, JSON_TYPE, /"code":"SESSION_LEFT_IDLE"/],
	])('of %s', async (kind, status, contentType, body) => {
		await expect(struck(faultOf[kind])).resolves.toEqual([
			status,
			contentType,
			typeof body === 'string' ? body : expect.stringMatching(body),
		]);
	});

	it.each<FaultKind>(['drop', 'reset'])('of %s: a broken connection', async (kind) => {
		await expect(struck(faultOf[kind])).rejects.toThrow();
	});

	it('of a lost session: it is over', async () => {
		await struck(faultOf.sessionLost);

		await expect(client.contact(session, '1')).resolves.toMatchObject({
			error: { code: 'INVALID_SESSIONID' },
		});
	});
});

describe('whether the contact is stored', () => {
	const storedByDefault: readonly FaultKind[] = [
		'delay',
		'reset',
		'empty',
		'truncated',
		'warning',
		'byteOrderMark',
		'invalidUtf8',
	];

	it.each(FAULT_KINDS)('with %s', async (kind) => {
		const send = async (mobile: string, carryOut?: boolean) => {
			crm.injectFault({ ...faultOf[kind], operation: 'CreateContact', carryOut });
			// A fault may have ended the session before.
			await client.contact(await client.logIn(), mobile).catch(() => undefined);
		};
		await send('default');
		await send('carried out', true);
		await send('not carried out', false);

		const stored = [
			...(storedByDefault.includes(kind) ? ['default'] : []),
			'carried out',
			// A late answer was waited for here, so the work was done after the delay.
			...(kind === 'delay' ? ['not carried out'] : []),
		];
		expect(crm.contacts().map(({ fields }) => fields.mobile)).toEqual(stored);
		const calls = crm.requests({ operation: 'CreateContact' });
		expect(calls.map(({ fault }) => fault)).toEqual([kind, kind, kind]);
		expect(calls.filter((call) => call.carriedOut).map(({ key }) => key)).toEqual(stored);
	});

	it.each([true, false])('when the client leaves during a delay (%s)', async (carryOut) => {
		crm.injectFault({ kind: 'delay', ms: 800, carryOut });
		const leaving = client.contact(session, '1', {}, AbortSignal.timeout(400));
		await expect(leaving).rejects.toThrow();
		// Its session is free again when the call is over.
		await client.contact(session, '2');

		expect(crm.contacts().map(({ fields }) => fields.mobile)).toEqual(
			carryOut ? ['1', '2'] : ['2'],
		);
	});
});

describe('which calls are struck', () => {
	const outcome = async (mobile: string) =>
		await client.contact(session, mobile).then(
			({ success }) => success,
			() => false,
		);

	it('as many as times says, after as many as skip says', async () => {
		crm.injectFault({ kind: 'drop', times: 2, skip: 1 });
		const outcomes = [];
		for (const mobile of ['1', '2', '3', '4']) outcomes.push(await outcome(mobile));

		expect(outcomes).toEqual([true, false, false, true]);
	});

	it('those of a mobile', async () => {
		crm.injectFault({ kind: 'fatal', key: '2', times: 'always' });

		expect([await outcome('1'), await outcome('2'), await outcome('2')]).toEqual([
			true,
			false,
			false,
		]);
	});

	it('those of an operation, login included', async () => {
		crm.injectFault({ kind: 'fatal', operation: 'login' });

		expect(await outcome('1')).toBe(true);
		await expect(client.logIn()).rejects.toThrow();
		await expect(client.logIn()).resolves.toEqual(expect.any(String));
	});

	it('downloads, where it says so', async () => {
		const { id } = crm.seed('contact', { mobile: '1' });
		const [file] = crm.addFiles(id, { title: 'a' });
		crm.injectFault({ kind: 'fatal' });
		crm.injectFault({ kind: 'status', status: 502, operation: 'download' });
		const download = () => fetch(new URL(file!.path, client.url));

		expect((await download()).status).toBe(502);
		expect((await download()).status).toBe(200);
		expect(crm.requests({ operation: 'download' })).toMatchObject([
			{ fault: 'status', status: 502, carriedOut: false },
			{ fault: null, status: 200, parameters: { path: file!.path } },
		]);
	});
});

it('holds the session while it waits', async () => {
	crm.injectFault({ kind: 'delay', ms: 200, key: '1' });
	const late = client.contact(session, '1').then(() => 'late');
	while (crm.faults()[0]?.struck === 0) await sleep(5);
	const next = client.contact(session, '2').then(() => 'next');

	await expect(Promise.race([late, next])).resolves.toBe('late');
	await next;
});
