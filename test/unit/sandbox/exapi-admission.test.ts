import { request } from 'node:http';
import { sign, writeRequest } from '../../../nodes/Exapi/protocol';
import { SANDBOX_PARTNER } from '../../../sandbox/exapi';
import { createSandbox, type Sandbox } from '../../../sandbox/server';
import { Partner, post } from './partner';

const CLOSED_WITHOUT_A_BYTE = { code: 'ECONNRESET', message: 'socket hang up' };

let sandbox: Sandbox;
let partner: Partner;
let stranger: Partner;
let controlUrl: string;

beforeEach(async () => {
	sandbox = createSandbox();
	const { exapi } = await sandbox.start();
	({ controlUrl } = exapi);
	partner = new Partner(exapi.url, SANDBOX_PARTNER);
	stranger = new Partner(exapi.url, { sender: SANDBOX_PARTNER.sender, secret: 'wrong' });
});

afterEach(() => sandbox.stop());

it('closes the connection on a wrong signature and says why in the control API only', async () => {
	await expect(stranger.addOrder('a-1')).rejects.toMatchObject(CLOSED_WITHOUT_A_BYTE);

	expect(sandbox.exapi.crm.orders()).toEqual([]);
	expect(sandbox.exapi.crm.requests()).toMatchObject([
		{ number: 1, admitted: false, refusal: 'The signature is wrong', method: null, params: null },
	]);
});

it.each(['', '{', 'null', '[]', '{"sender":"sandbox-partner"}', '\u0000'])(
	'closes the connection on the body %j',
	async (body) => {
		await expect(post(partner.url, body)).rejects.toMatchObject(CLOSED_WITHOUT_A_BYTE);
	},
);

it('closes the connection on a body larger than 16 MB', async () => {
	await expect(post(partner.url, Buffer.alloc(17 * 1024 * 1024, 0x20))).rejects.toThrow();

	expect(sandbox.exapi.crm.statistics()).toMatchObject({ requests: 1, refused: 1 });
});

it('bans address and sender after five failures, until the ban is lifted', async () => {
	for (let failure = 1; failure <= 5; failure++) {
		await expect(stranger.addOrder('a-1')).rejects.toThrow();
	}

	await expect(partner.addOrder('a-1')).rejects.toMatchObject(CLOSED_WITHOUT_A_BYTE);
	expect(sandbox.exapi.crm.failures()).toEqual([
		{ address: '127.0.0.1', sender: SANDBOX_PARTNER.sender, failures: 5, banned: true },
	]);
	expect(sandbox.exapi.crm.requests().at(-1)?.refusal).toBe('Banned');

	await fetch(`${controlUrl}/bans`, { method: 'DELETE' });
	await expect(partner.addOrder('a-1')).resolves.toBe(1001);
});

it('bans no partner for the failures of unknown senders', async () => {
	for (let failure = 1; failure <= 6; failure++)
		await expect(post(partner.url, '')).rejects.toThrow();
	await expect(partner.addOrder('a-1')).resolves.toBe(1001);
});

it('signs an error for a rightly signed request that makes no sense', async () => {
	for (const message of ['[]', '{"params":[]}', '{"method":"addOrder","params":{}}', 'not JSON']) {
		const { sender } = SANDBOX_PARTNER;
		const body = { sender, sign: sign(message, SANDBOX_PARTNER), request: message };
		const answer = await post(partner.url, JSON.stringify(body));

		const { sign: signature, answer: text } = JSON.parse(answer.body) as Record<string, string>;
		expect(signature).toBe(sign(text ?? '', SANDBOX_PARTNER));
		expect(JSON.parse(text ?? '')).toMatchObject({ result: null, error: expect.any(String) });
	}
	expect(sandbox.exapi.crm.statistics()).toMatchObject({ admitted: 4, refused: 0 });
});

it('answers as application/json, whatever the content type of the request', async () => {
	const body = writeRequest({ method: 'getOrderStatus', params: [[]], id: '1' }, SANDBOX_PARTNER);
	for (const contentType of ['text/plain', 'application/x-www-form-urlencoded; charset=x', '']) {
		const headers = await new Promise((resolve, reject) => {
			const options = { method: 'POST', headers: { 'Content-Type': contentType } };
			const outgoing = request(partner.url, options, (incoming) => {
				incoming.resume();
				resolve(incoming.headers);
			});
			outgoing.on('error', reject).end(body);
		});
		expect(headers).toMatchObject({ 'content-type': 'application/json' });
	}
});

it('takes POST only, and has no other address', async () => {
	const root = partner.url.replace('/exapi', '');

	expect((await fetch(partner.url)).status).toBe(405);
	expect((await fetch(`${root}/excapi`, { method: 'POST', body: '{}' })).status).toBe(404);
	expect(sandbox.exapi.crm.statistics().requests).toBe(0);
});
