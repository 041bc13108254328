import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSandbox, type Sandbox } from '../../../sandbox/server';

const PHONE = '70000000001';
const SOAP_TYPE = 'application/soap+xml; charset=utf-8';

/** What a distributor received, and what it is to answer. */
interface Distributor {
	received: Array<{ method: string; url: string; headers: IncomingHttpHeaders; body: string }>;
	answer: { status?: number; type?: string; body: string } | 'closed';
}

let sandbox: Sandbox;
let server: Server;
let distributor: Distributor;
let url: string;

beforeEach(async () => {
	sandbox = createSandbox();
	distributor = { received: [], answer: { body: '' } };
	server = createServer((req, res) => {
		let body = '';
		req.setEncoding('utf8').on('data', (text: string) => (body += text));
		req.on('end', () => {
			const { method = '', url: path = '', headers } = req;
			distributor.received.push({ method, url: path, headers, body });
			const { answer } = distributor;
			if (method === 'GET') res.end('<definitions targetNamespace="urn:a&amp;b"/>');
			else if (answer === 'closed') req.socket.destroy();
			else {
				const { status = 200, type = 'text/plain', body: text } = answer;
				res.writeHead(status, { 'Content-Type': type }).end(text);
			}
		});
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook/x`;
});

afterEach(() => server.close());

const check = sandboxCheck('json');
const checkBySoap = sandboxCheck('soap');

function sandboxCheck(protocol: 'json' | 'soap') {
	return async (more: object = {}) =>
		await sandbox.elektrik.portal.check({ url, protocol, phone: PHONE, ...more });
}

describe('by JSON', () => {
	it('asks as the document says', async () => {
		distributor.answer = { type: 'application/json', body: '{"exist":true,"points":12.5}' };

		await expect(check()).resolves.toEqual({
			status: 200,
			exist: true,
			points: 12.5,
			error: null,
			contentType: 'application/json',
			body: '{"exist":true,"points":12.5}',
			sent: expect.stringContaining('user.check'),
		});
		expect(distributor.received).toMatchObject([
			{ method: 'POST', url: '/webhook/x', headers: { 'content-type': 'application/json' } },
		]);
		expect(JSON.parse(distributor.received[0]?.body ?? '')).toEqual({
			action: 'user.check',
			phone: sandbox.elektrik.portal.phoneHash(PHONE),
		});
	});

	it('sends any hash it is given', async () => {
		distributor.answer = { body: '{"exist":false}' };

		await expect(check({ phoneHash: 'odd' })).resolves.toMatchObject({ exist: false, error: null });
		expect(distributor.received[0]?.body).toContain('"phone":"odd"');
	});

	it.each([
		['The response is not a JSON object', 200, '[]'],
		['The response is not a JSON object', 200, ''],
		['"exist" is neither true nor false', 200, '{"exist":"true","points":1}'],
		['"points" is not a number', 200, '{"exist":true,"points":"1"}'],
		['"points" is not a number', 200, '{"exist":true}'],
		['HTTP status 500', 500, '{"exist":false}'],
		['No such action', 400, '{"error":"No such action"}'],
	])('learns nothing: %s', async (error, status, body) => {
		distributor.answer = { status, body };

		await expect(check()).resolves.toMatchObject({
			status,
			exist: null,
			points: null,
			error,
			body,
		});
	});

	it('tells of a closed connection', async () => {
		distributor.answer = 'closed';

		await expect(check()).resolves.toMatchObject({
			status: 'closed',
			exist: null,
			error: 'The connection was closed without an answer',
		});
	});
});

describe('by SOAP', () => {
	const envelope = (content: string, namespace = 'http://www.w3.org/2003/05/soap-envelope') => ({
		type: SOAP_TYPE,
		body:
			`<?xml version="1.0"?><s:Envelope xmlns:s="${namespace}"><s:Body>` +
			`${content}</s:Body></s:Envelope>`,
	});
	const result = (content: string) =>
		envelope(
			`<CheckUserResponse><CheckUserResult>${content}</CheckUserResult></CheckUserResponse>`,
		);

	it('asks as PHP does, in the namespace of the WSDL', async () => {
		distributor.answer = result('<exist>true</exist><a:points xmlns:a="u"> 7 </a:points>');

		await expect(checkBySoap()).resolves.toMatchObject({
			status: 200,
			exist: true,
			points: 7,
			error: null,
			contentType: SOAP_TYPE,
		});
		expect(distributor.received).toMatchObject([
			{ method: 'GET', url: '/webhook/x?wsdl' },
			{
				method: 'POST',
				headers: { 'content-type': `${SOAP_TYPE}; action="urn:a&b#CheckUser"` },
				body:
					'<?xml version="1.0" encoding="UTF-8"?>\n' +
					'<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope"' +
					' xmlns:ns1="urn:a&amp;b"><env:Body><ns1:CheckUser><ns1:phone>' +
					sandbox.elektrik.portal.phoneHash(PHONE) +
					'</ns1:phone></ns1:CheckUser></env:Body></env:Envelope>\n',
			},
		]);
	});

	it('asks in another form', async () => {
		distributor.answer = result('<exist>0</exist>');

		await expect(checkBySoap({ arParameters: true })).resolves.toMatchObject({
			exist: false,
			points: null,
			error: null,
		});
		expect(distributor.received[1]?.body).toMatch(
			/<ns1:CheckUser><ns1:arParameters><ns1:phone>[0-9a-f]{32}<\/ns1:phone><\/ns1:arParameters>/,
		);
	});

	it.each([
		['The answer is no SOAP 1.2 envelope', { body: '{"exist":true}' }],
		[
			'The answer is no SOAP 1.2 envelope',
			envelope('<exist>false</exist>', 'http://schemas.xmlsoap.org/soap/envelope/'),
		],
		[
			's:Sender: "x" is <no> hash',
			envelope(
				'<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason>' +
					'<s:Text xml:lang="en">"x" is &lt;no&gt; hash</s:Text></s:Reason></s:Fault>',
			),
		],
		['HTTP status 500', { ...result('<exist>false</exist>'), status: 500 }],
		['"exist" is neither true nor false', result('<points>1</points>')],
		['"points" is not a number', result('<exist>true</exist>')],
		['"points" is not a number', result('<exist>true</exist><points>many</points>')],
	])('learns nothing: %s', async (error, answer) => {
		distributor.answer = answer;

		await expect(checkBySoap()).resolves.toMatchObject({ exist: null, points: null, error });
	});
});

it.each<[object, string]>([
	[{ phone: undefined }, '"phone" or "phoneHash" is missing'],
	[{ phone: '+7 000 000-00-01' }, 'is not a phone'],
	[{ protocol: 'xml' }, '"protocol" must be one of: json, soap'],
	[{ url: 'https://elektrik.ru/' }, 'to this machine only'],
	[{ timeoutMs: -1 }, '"timeoutMs" must be a whole number'],
	[{ protocol: 'soap', url: 'http://127.0.0.1:1/' }, 'Nothing listens'],
])('does not ask with %j', async (more, error) => {
	await expect(check(more)).rejects.toMatchObject({
		name: 'SandboxControlError',
		message: expect.stringContaining(error),
	});
});

it('says that there is no WSDL', async () => {
	const { elektrik } = await sandbox.start();
	await expect(checkBySoap({ url: elektrik.url })).rejects.toThrow('There is no WSDL at');
	await sandbox.stop();
});
