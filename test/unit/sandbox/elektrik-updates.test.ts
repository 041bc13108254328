import { createHash } from 'node:crypto';
import { Agent } from 'node:http';
import { SANDBOX_DISTRIBUTOR, type Fault } from '../../../sandbox/elektrik';
import { createSandbox, type Sandbox, type SandboxAddress } from '../../../sandbox/server';
import { post } from './partner';

const PHONE = '70000000001';
const { uid } = SANDBOX_DISTRIBUTOR;
const phoneHash = createHash('md5')
	.update(PHONE + uid)
	.digest('hex');

let sandbox: Sandbox;
let address: SandboxAddress;

beforeEach(async () => {
	sandbox = createSandbox({ elektrik: { electricians: [{ phone: PHONE, name: 'Пробная' }] } });
	address = await sandbox.start();
});

afterEach(() => sandbox.stop());

async function update(fields: object = {}, agent?: Agent) {
	const message = { action: 'user.update.points', phone: phoneHash, points: 99, uid, ...fields };
	return await post(address.elektrik.url, JSON.stringify(message), agent);
}

const answerTo = async (fields?: object): Promise<unknown> =>
	JSON.parse((await update(fields)).body) as unknown;

it('takes points', async () => {
	const { status, headers, body } = await update();

	expect(status).toBe(200);
	expect(headers['content-type']).toBe('application/json');
	expect(JSON.parse(body)).toEqual({ success: true, result: true });
	expect(sandbox.elektrik.portal.electricians()).toEqual([
		{ phone: PHONE, name: 'Пробная', points: 99, phoneHash, timesUpdated: 1 },
	]);
	await expect(answerTo({ points: '12.5' })).resolves.toEqual({ success: true, result: true });
	expect(sandbox.elektrik.portal.electrician(PHONE)).toMatchObject({ points: 12.5 });
});

it.each<[object, object]>([
	[{ uid: 'f'.repeat(32) }, { success: true, result: false, error: 'UID incorrect' }],
	[{ uid: undefined }, { success: true, result: false, error: 'UID incorrect' }],
	[{ phone: 'a'.repeat(32) }, { success: true, result: false, error: 'Phone hash incorrect' }],
	[
		{ phone: phoneHash.toUpperCase() },
		{ success: true, result: false, error: 'Phone hash incorrect' },
	],
	[{ phone: PHONE }, { success: true, result: false, error: 'Phone hash incorrect' }],
	[{ phone: undefined }, { success: true, result: false, error: 'Phone hash incorrect' }],
	[{ action: 'user.check' }, { success: false, error: 'Action unknown' }],
	[{ points: -1 }, { success: false, error: 'Points incorrect' }],
	[{ points: 'many' }, { success: false, error: 'Points incorrect' }],
])('answers %j with %j', async (fields, answer) => {
	await expect(answerTo(fields)).resolves.toEqual(answer);
	expect(sandbox.elektrik.portal.electrician(PHONE)).toMatchObject({ points: 0, timesUpdated: 0 });
});

it('answers what is no JSON, is no POST, is too large', async () => {
	const { url } = address.elektrik;
	await expect(post(url, '{')).resolves.toMatchObject({
		status: 200,
		body: '{"success":false,"error":"Action unknown"}',
	});
	await expect(fetch(url)).resolves.toMatchObject({ status: 405 });
	await expect(post(url, 'x'.repeat(2 ** 20 + 1))).resolves.toMatchObject({ status: 413 });
});

it('keeps a log of requests without the uid, and figures', async () => {
	await update();
	await update({ uid: 'wrong' });
	await update({ phone: 'x' });

	expect(sandbox.elektrik.portal.requests()).toMatchObject([
		{
			number: 1,
			contentType: 'application/json',
			action: 'user.update.points',
			phoneHash,
			points: 99,
			phone: PHONE,
			outcome: 'updated',
			fault: null,
			carriedOut: true,
			remoteAddress: '127.0.0.1',
		},
		{ number: 2, outcome: 'uidIncorrect', phone: PHONE, carriedOut: false },
		{ number: 3, outcome: 'phoneHashIncorrect', phone: null },
	]);
	expect(sandbox.elektrik.portal.requests({ outcome: 'uidIncorrect' })).toHaveLength(1);
	expect(sandbox.elektrik.portal.requests({ phone: PHONE })).toHaveLength(2);
	expect(JSON.stringify(sandbox.elektrik.portal.requests())).not.toContain(uid);
	expect(sandbox.elektrik.portal.statistics()).toMatchObject({
		requests: 3,
		updated: 1,
		byOutcome: { updated: 1, uidIncorrect: 1, phoneHashIncorrect: 1 },
		electricians: 1,
	});
});

it('counts connections and what is under way at once', async () => {
	sandbox.elektrik.portal.seed({ phone: '70000000002' });
	const other = sandbox.elektrik.portal.phoneHash('70000000002');
	const agent = new Agent({ keepAlive: true, maxSockets: 3 });
	sandbox.elektrik.portal.injectFault({ kind: 'delay', ms: 30, times: 'always' });

	await Promise.all([update({}, agent), update({}, agent), update({ phone: other }, agent)]);
	await update({}, agent);

	expect(sandbox.elektrik.portal.statistics()).toMatchObject({
		mostRequestsAtOnce: 3,
		mostAtOnceForAPhone: 2,
		connectionsOpened: 3,
	});
	agent.destroy();
});

it('knows nobody by the old hash under a new uid', async () => {
	sandbox.elektrik.portal.setUid('another');

	await expect(answerTo()).resolves.toMatchObject({ error: 'UID incorrect' });
	await expect(answerTo({ uid: 'another' })).resolves.toMatchObject({
		error: 'Phone hash incorrect',
	});
	const phone = sandbox.elektrik.portal.phoneHash(PHONE);
	await expect(answerTo({ uid: 'another', phone })).resolves.toMatchObject({ result: true });
});

describe('faults', () => {
	const inject = (fault: Fault) => sandbox.elektrik.portal.injectFault(fault);
	const points = () => sandbox.elektrik.portal.electrician(PHONE)?.points;

	it.each<[Fault, { status?: number; body: string | RegExp }, number]>([
		[{ kind: 'empty' }, { status: 200, body: '' }, 0],
		[{ kind: 'empty', carryOut: true }, { body: '' }, 99],
		[{ kind: 'html' }, { status: 200, body: /^<!DOCTYPE html>/ }, 0],
		[{ kind: 'truncated' }, { status: 200, body: '{"success":true' }, 99],
		[{ kind: 'warning' }, { status: 200, body: /^<br \/>.*"result":true\}$/s }, 99],
		[{ kind: 'byteOrderMark' }, { body: '\uFEFF{"success":true,"result":true}' }, 99],
		[{ kind: 'status', status: 503, retryAfter: 2 }, { status: 503, body: /^<!DOCTYPE/ }, 0],
		[{ kind: 'delay', ms: 5 }, { body: '{"success":true,"result":true}' }, 99],
		[
			{ kind: 'error', message: 'Нет' },
			{ body: '{"success":true,"result":false,"error":"Нет"}' },
			0,
		],
		[{ kind: 'unsuccessful' }, { body: '{"success":false,"error":"Phone hash incorrect"}' }, 0],
	])('%j', async (fault, { status = 200, body }, stored) => {
		inject(fault);

		const answer = await update();

		expect(answer.status).toBe(status);
		if (typeof body === 'string') expect(answer.body).toBe(body);
		else expect(answer.body).toMatch(body);
		expect(points()).toBe(stored);
		expect(sandbox.elektrik.portal.requests()).toMatchObject([{ fault: fault.kind }]);
		await expect(answerTo()).resolves.toMatchObject({ result: true });
	});

	it('closes and breaks connections', async () => {
		inject({ kind: 'drop' });
		await expect(update()).rejects.toMatchObject({ code: 'ECONNRESET' });
		expect(points()).toBe(0);
		inject({ kind: 'reset' });
		await expect(update()).rejects.toMatchObject({ code: 'ECONNRESET' });
		expect(points()).toBe(99);
	});

	it('strike one electrician only, where they say so', async () => {
		sandbox.elektrik.portal.seed({ phone: '70000000002' });
		inject({ kind: 'drop', phone: '70000000002', times: 'always' });

		await expect(answerTo()).resolves.toMatchObject({ result: true });
		const phone = sandbox.elektrik.portal.phoneHash('70000000002');
		await expect(update({ phone })).rejects.toThrow();
		sandbox.elektrik.portal.clearFaults();
		await expect(answerTo({ phone })).resolves.toMatchObject({ result: true });
	});
});
