import { createHash } from 'node:crypto';
import { SANDBOX_DISTRIBUTOR } from '../../../sandbox/elektrik';
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

async function update(fields: object = {}) {
	const message = { action: 'user.update.points', phone: phoneHash, points: 99, uid, ...fields };
	return await post(address.elektrik.url, JSON.stringify(message));
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

it('keeps a log of requests without the uid', async () => {
	await update();
	await update({ uid: 'wrong' });
	await update({ phone: 'x' });

	expect(sandbox.elektrik.portal.requests()).toMatchObject([
		{
			number: 1,
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
});
