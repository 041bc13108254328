import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { writeAnswer } from '../../../nodes/Exapi/protocol';
import { SANDBOX_PARTNER, type PartnerMessage } from '../../../sandbox/exapi';
import { createSandbox, type Sandbox, type SandboxAddress } from '../../../sandbox/server';

let sandbox: Sandbox;
let address: SandboxAddress;
let url: string;

beforeEach(async () => {
	sandbox = createSandbox({
		exapi: { partners: { [SANDBOX_PARTNER.sender]: SANDBOX_PARTNER.secret, партнёр: 'new' } },
	});
	address = await sandbox.start();
	// The CRM of the same sandbox stands for a webhook.
	url = address.exapi.url;
});

afterEach(() => sandbox.stop());

const order = { order_id: 'а/1', good_id: 'Лампа / 2' };
const addOrder = (message: Partial<PartnerMessage> = {}): PartnerMessage => ({
	url,
	method: 'addOrder',
	params: [order],
	...message,
});

it('sends signed requests and opens the signed answers', async () => {
	await expect(sandbox.exapi.partner.send(addOrder({ id: '17' }))).resolves.toEqual({
		status: 200,
		answer: { verified: true, result: 1001, error: null, id: '17' },
		body: expect.stringMatching(/^\{"sign":"[0-9a-f]{32}","answer":/),
		sent: expect.stringContaining('а/1'),
		id: '17',
	});
	await expect(
		sandbox.exapi.partner.send({ url, method: 'dropOrders', id: '' }),
	).resolves.toMatchObject({
		status: 200,
		answer: { verified: true, result: null, error: 'Unknown method dropOrders', id: '' },
	});
});

it('gives every request an id of its own', async () => {
	const first = await sandbox.exapi.partner.send(addOrder());
	const second = await sandbox.exapi.partner.send(addOrder());

	expect(first.id).not.toBe(second.id);
	expect(first.sent).not.toBe(second.sent);
});

it('repeats the last body to an address word for word', async () => {
	await expect(sandbox.exapi.partner.send({ url, kind: 'repeated' })).rejects.toMatchObject({
		name: 'SandboxControlError',
		status: 409,
	});
	const first = await sandbox.exapi.partner.send(addOrder());
	const again = await sandbox.exapi.partner.send({ url, kind: 'repeated' });

	expect(again).toMatchObject({
		sent: first.sent,
		id: first.id,
		answer: { verified: true, result: false, id: first.id },
	});
	expect(sandbox.exapi.crm.order('а/1')?.timesReceived).toBe(2);
});

it('sends what a CRM refuses', async () => {
	for (const kind of ['wrongSignature', 'malformed'] as const) {
		await expect(sandbox.exapi.partner.send(addOrder({ kind }))).resolves.toMatchObject({
			status: 'closed',
			answer: { verified: false, reason: 'The connection was closed without an answer' },
			body: '',
		});
	}
	expect(sandbox.exapi.crm.requests().map(({ refusal }) => refusal)).toEqual([
		'The signature is wrong',
		'The body is not a JSON object',
	]);
	await expect(sandbox.exapi.partner.send(addOrder({ kind: 'badInner' }))).resolves.toMatchObject({
		answer: { verified: true, error: 'The request is not a JSON object', id: null },
	});
});

it('takes the key it is given, or that which the CRM knows of the sender', async () => {
	const send = sandbox.exapi.partner.send.bind(sandbox.exapi.partner);

	await expect(send(addOrder({ sender: 'партнёр' }))).resolves.toMatchObject({
		answer: { verified: true, result: 1001 },
	});
	await expect(send(addOrder({ sender: 'nobody', secret: 'x' }))).resolves.toMatchObject({
		status: 'closed',
	});
	await expect(send(addOrder({ sender: 'nobody' }))).rejects.toThrow('knows no secret');
});

describe('with a server that answers otherwise', () => {
	let server: Server;
	let body: string;

	beforeEach(async () => {
		body = '';
		server = createServer((_req, res) => void res.writeHead(200).end(body)).listen(0, '127.0.0.1');
		await once(server, 'listening');
		url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook/x`;
	});

	afterEach(() => server.close());

	const answer = (id: string, secret: string = SANDBOX_PARTNER.secret) =>
		writeAnswer({ result: 7, error: null, id }, { ...SANDBOX_PARTNER, secret });

	it.each([
		['The response is empty', ''],
		['The response is not JSON: <h1>Oops</h1>', '<h1>Oops</h1>'],
		['The response is JSON, but not a signed exapi answer: {"result":7}', '{"result":7}'],
		['The signature of the answer is wrong', answer('1', 'another secret')],
		['The response belongs to another request', answer('2')],
		['There is other text in front of the signed answer', `<b>Warning</b>${answer('1')}`],
	])('does not believe it: %s', async (reason, text) => {
		body = text;
		await expect(sandbox.exapi.partner.send(addOrder({ id: '1' }))).resolves.toMatchObject({
			status: 200,
			answer: { verified: false, reason },
			body: text,
		});
	});
});

describe('the control API', () => {
	async function send(message: unknown) {
		const response = await fetch(`${address.exapi.controlUrl}/send`, {
			method: 'POST',
			headers: { 'Content-Type': 'application/json' },
			body: JSON.stringify(message),
		});
		return { status: response.status, body: await response.json() };
	}

	it('sends, and never shows a secret', async () => {
		const { status, body } = await send(addOrder());

		expect(status).toBe(200);
		expect(body).toMatchObject({ status: 200, answer: { verified: true, result: 1001 } });
		expect(JSON.stringify(body)).not.toContain(SANDBOX_PARTNER.secret);
		await fetch(`${address.exapi.controlUrl}/reset`, { method: 'POST' });
		await expect(send({ url, kind: 'repeated' })).resolves.toMatchObject({ status: 409 });
	});

	it.each<[object, number, string]>([
		[{}, 400, '"url" is missing'],
		[{ url: 'x' }, 400, '"url" must be an address such as'],
		[{ url: 'ftp://127.0.0.1/' }, 400, '"url" must be an address such as'],
		[{ url: 'http://example.com/' }, 400, 'to this machine only, not to "example.com"'],
		[{ url: 'http://192.168.1.1/' }, 400, 'to this machine only'],
		[{ url: 'http://127.0.0.1.example.com/' }, 400, 'to this machine only'],
		[{ url: 'http://127.0.0.1@example.com/' }, 400, 'to this machine only'],
		[{ url: 'http://[::ffff:10.0.0.1]/' }, 400, 'to this machine only'],
		[{ url: 'http://127.0.0.1:1/' }, 400, '"method" is missing'],
		[{ url: 'http://127.0.0.1:1/', method: 'x' }, 502, 'Nothing listens at http://127.0.0.1:1'],
		[{ url: 'http://127.0.0.1:1/', method: 'x', params: {} }, 400, '"params" must be a list'],
		[{ url: 'http://127.0.0.1:1/', method: 'x', kind: 'odd' }, 400, '"kind" must be one of: right'],
		[{ url: 'http://127.0.0.1:1/', method: 'x', sender: '' }, 400, 'knows no secret'],
		[{ url: 'http://127.0.0.1:1/', method: 'x', secret: '' }, 400, '"secret" is empty'],
		[{ url: 'http://127.0.0.1:1/', method: 'x', colour: 1 }, 400, 'no field "colour"'],
	])('refuses %j', async (message, status, error) => {
		await expect(send(message)).resolves.toEqual({
			status,
			body: { error: expect.stringContaining(error) },
		});
	});

	it('does not wait for ever', async () => {
		sandbox.exapi.crm.injectFault({ kind: 'delay', ms: 5_000 });

		await expect(send(addOrder({ timeoutMs: 50 }))).resolves.toEqual({
			status: 504,
			body: { error: expect.stringContaining('gave no answer in 0.05 s') },
		});
	});
});
