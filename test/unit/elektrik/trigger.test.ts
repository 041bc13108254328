import type { Response } from 'express';
import type { IDataObject } from 'n8n-workflow';
import { writeRespondMessage } from '../../../nodes/Elektrik/server/exchange';
import { ask, type Received } from '../shared/reply-server';
import type { ServedTrigger, TriggerSetUp } from '../shared/trigger-server';
import { serveTrigger, type Surroundings } from './trigger-server';

const HASH = '0123456789abcdef0123456789abcdef';
const JSON_TYPE = 'application/json; charset=utf-8';
const SOAP_TYPE = 'application/soap+xml; charset=utf-8';
const FAILED = 'The check could not be processed';

const jsonQuestion = JSON.stringify({ action: 'user.check', phone: HASH });
const soapQuestion = `<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body><CheckUser><phone>${HASH}</phone></CheckUser></e:Body></e:Envelope>`;

let server: ServedTrigger | undefined;
afterEach(async () => {
	await server?.close();
	server = undefined;
});

const items =
	(...given: object[]) =>
	(response: Response) =>
		void response.status(200).json(given);

async function start(
	finish: TriggerSetUp['finish'],
	parameters: IDataObject = {},
	surroundings: Surroundings = {},
): Promise<ServedTrigger> {
	server = await serveTrigger(parameters, finish, surroundings);
	return server;
}

async function post(body: string, type: string): Promise<Received> {
	return await ask(server!.url, { body, headers: { 'content-type': type } });
}

async function askBoth(): Promise<{ json: Received; soap: Received }> {
	return {
		json: await post(jsonQuestion, 'application/json'),
		soap: await post(soapQuestion, SOAP_TYPE),
	};
}

const resultOf = ({ text }: Received) =>
	/<exist[^>]*>(\w+)<.*<points[^>]*>([\d.]+)</.exec(text)?.slice(1);

describe('the trigger', () => {
	it('starts the workflow with the check', async () => {
		const { started } = await start(items({ points: 1 }));
		await askBoth();
		const item = { action: 'user.check', phoneHash: HASH, ip: '127.0.0.1' };
		expect(started).toEqual([
			{ ...item, protocol: 'json' },
			{ ...item, protocol: 'soap' },
		]);
	});

	it.each<[string, object[], number]>([
		['points', [{ points: 12 }], 12],
		['points as text', [{ points: '12.5' }], 12.5],
		['no points at all', [{ points: 0, name: 'secret column' }], 0],
		['exist and points', [{ exist: true, points: 7 }], 7],
		['exist as a database has it', [{ exist: 1, points: 7 }], 7],
		['empty items beside', [{}, { points: 3 }], 3],
		[
			'the same twice',
			[
				{ points: 3, id: 1 },
				{ points: 3, id: 2 },
			],
			3,
		],
		['the trigger’s item with points', [{ action: 'user.check', phoneHash: HASH, points: 4 }], 4],
	])('answers that an electrician exists: %s', async (_, given, points) => {
		await start(items(...given));
		const { json, soap } = await askBoth();
		expect(json).toMatchObject({ status: 200, text: JSON.stringify({ exist: true, points }) });
		expect(json.headers['content-type']).toBe(JSON_TYPE);
		expect(soap.status).toBe(200);
		expect(soap.headers['content-type']).toBe(SOAP_TYPE);
		expect(resultOf(soap)).toEqual(['true', String(points)]);
	});

	it.each<[string, object[]]>([
		['no items', []],
		['an empty item', [{}]],
		['exist: false', [{ exist: false, points: null }]],
		['exist as a database has it', [{ exist: '0' }]],
	])('answers that an electrician does not exist: %s', async (_, given) => {
		await start(items(...given));
		const { json, soap } = await askBoth();
		expect(json).toMatchObject({ status: 200, text: '{"exist":false}' });
		expect(resultOf(soap)).toEqual(['false', '0']);
	});

	it.each<[string, TriggerSetUp['finish']]>([
		['a failed workflow', (response) => void response.status(500).json({ message: 'Error' })],
		['exist without points', items({ exist: true })],
		['points that are none', items({ points: 'many' })],
		['points of null', items({ points: null })],
		['an odd exist', items({ exist: 'maybe' })],
		['an item of something else', items({ id: 1, password: 'x' })],
		['an error item', items({ error: 'database is away' })],
		['several that differ', items({ points: 1 }, { points: 2 })],
		['the trigger’s own item', (response, item) => void response.json([item])],
		['nothing', (response) => void response.end()],
		['an object', (response) => void response.json({ points: 1 })],
		['text', (response) => void response.send('points')],
	])('returns an error, never that an electrician does not exist: %s', async (_, finish) => {
		await start(finish);
		const { json, soap } = await askBoth();
		expect(server!.logged).toHaveLength(2);
		expect(server!.logged.join()).not.toContain(HASH);
		expect(json).toMatchObject({ status: 500, text: JSON.stringify({ error: FAILED }) });
		expect(json.headers['content-type']).toBe(JSON_TYPE);
		expect(soap.status).toBe(500);
		expect(soap.text).toContain('<env:Value>env:Receiver</env:Value>');
		expect(soap.headers['content-type']).toBe(SOAP_TYPE);
	});

	it('returns an error after the deadline', async () => {
		await start(() => undefined, { deadline: 1 });
		const [json, soap] = await Promise.all([
			post(jsonQuestion, 'application/json'),
			post(soapQuestion, 'text/xml'),
		]);
		expect(json).toMatchObject({
			status: 500,
			text: JSON.stringify({ error: 'The check was not processed in time' }),
		});
		expect(soap).toMatchObject({ status: 500 });
		expect(soap.text).toContain('env:Receiver');
	});

	it('sends the response of a Respond operation', async () => {
		await start(
			(response, { protocol }) =>
				void response.json(
					writeRespondMessage(protocol === 'json' ? { exist: true, points: 8 } : { exist: false }),
				),
			{ responseMode: 'responseNode' },
		);
		const { json, soap } = await askBoth();
		expect(json.text).toBe('{"exist":true,"points":8}');
		expect(resultOf(soap)).toEqual(['false', '0']);
	});

	it('returns an error if no Respond operation ran', async () => {
		await start((response) => void response.status(200).end(), { responseMode: 'responseNode' });
		expect((await askBoth()).json.status).toBe(500);
	});

	it.each([
		['', 'The body is not a JSON object'],
		[
			'{"action":"user.delete","phone":"x"}',
			'The action is not known; this address knows "user.check"',
		],
		[
			'{"action":"user.check","phone":"79000000001"}',
			'"phone" is not an md5 hash of 32 hex digits',
		],
	])('refuses %s and starts nothing', async (body, error) => {
		const { started } = await start(items({ points: 1 }));
		const answer = await post(body, 'application/json');
		expect(answer).toMatchObject({ status: 400, text: JSON.stringify({ error }) });
		expect(started).toEqual([]);
	});

	it('responds only to allowed addresses', async () => {
		const { started } = await start(items({ points: 1 }), {
			options: { binaryData: true, allowedIps: '203.0.113.0/24' },
		});
		const { json, soap } = await askBoth();
		expect(json).toMatchObject({
			status: 403,
			text: '{"error":"This address is not allowed to send checks"}',
		});
		expect(soap.status).toBe(403);
		expect((await ask(`${server!.url}?wsdl`, { method: 'GET' })).status).toBe(403);
		expect(started).toEqual([]);
	});

	it('fails closed if its settings are wrong', async () => {
		const { started } = await start(items({ points: 1 }), { options: { allowedIps: 'everybody' } });
		expect((await askBoth()).json).toMatchObject({ status: 500 });
		expect(server!.logged[0]).toContain('"everybody" is neither an IP address nor a network');
		expect(started).toEqual([]);
	});
});

describe('a multipart check', () => {
	const inParts = (type: string, envelope = soapQuestion) =>
		`--b\r\nContent-Type: ${type}\r\nContent-ID: <r>\r\n\r\n${envelope}\r\n--b--\r\n`;
	const MTOM = 'multipart/related; boundary=b; start="<r>"; type="application/xop+xml"';

	it.each<[string, string, number, string]>([
		['MTOM of 1.2', `${MTOM}; start-info="application/soap+xml"`, 400, 'application/soap+xml'],
		['MTOM of 1.1', `${MTOM}; start-info="text/xml"`, 500, 'text/xml'],
		['attachments of 1.1', 'Multipart/Related; boundary=b; type=text/xml', 500, 'text/xml'],
		['attachments without a type', 'multipart/related;boundary=b', 400, 'application/soap+xml'],
	])('gets a fault: %s', async (_, type, status, answerType) => {
		const { started } = await start(items({ points: 1 }));
		const answer = await post(inParts('application/xop+xml'), type);
		expect(answer.status).toBe(status);
		expect(answer.headers['content-type']).toContain(answerType);
		expect(answer.text).toContain('send the envelope alone');
		expect(started).toEqual([]);
	});

	it('gets a fault from an address that is not allowed', async () => {
		await start(items(), { options: { allowedIps: '203.0.113.7' } });
		const answer = await post(inParts('text/xml'), MTOM);
		expect(answer).toMatchObject({ status: 403, text: expect.stringContaining('Fault>') });
	});
});

describe('a mandatory header block', () => {
	const ENVELOPES = {
		'1.2': 'http://www.w3.org/2003/05/soap-envelope',
		'1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
	};
	const ADDRESSING = 'http://www.w3.org/2005/08/addressing';
	const askWith = async (version: keyof typeof ENVELOPES, mustUnderstand: string) => {
		const { started } = await start(items({ points: 1 }));
		// As .NET's WCF writes it.
		const body = `<s:Envelope xmlns:a="${ADDRESSING}" xmlns:s="${ENVELOPES[version]}"><s:Header><a:Action ${mustUnderstand}>urn:elektrik.ru:distributor#CheckUser</a:Action><a:MessageID>urn:uuid:1</a:MessageID></s:Header><s:Body><CheckUser><phone>${HASH}</phone></CheckUser></s:Body></s:Envelope>`;
		return { started, answer: await post(body, version === '1.1' ? 'text/xml' : SOAP_TYPE) };
	};

	it('of WS-Addressing is named by the fault of 1.2', async () => {
		const { answer, started } = await askWith('1.2', 's:mustUnderstand="1"');
		expect(answer.status).toBe(500);
		expect(answer.text).toContain('<env:Value>env:MustUnderstand</env:Value>');
		expect(answer.text).toContain(
			`<env:NotUnderstood xmlns:block="${ADDRESSING}" qname="block:Action"/>`,
		);
		expect(answer.text).toContain('The mandatory header block Action of WS-Addressing is not');
		expect(started).toEqual([]);
	});

	it('of WS-Addressing is named by the fault of 1.1', async () => {
		const { answer } = await askWith('1.1', 's:mustUnderstand="1"');
		expect(answer.status).toBe(500);
		expect(answer.text).toContain('<faultcode>env:MustUnderstand</faultcode>');
		expect(answer.text).toContain('The mandatory header block Action of WS-Addressing is not');
	});

	it.each(['', 's:mustUnderstand="0"'])('is none with %j', async (mustUnderstand) => {
		expect((await askWith('1.2', mustUnderstand)).answer.status).toBe(200);
	});
});

describe('behind a test URL', () => {
	const isTest = true;

	it.each<[string, IDataObject, string, string, number]>([
		['no JSON', {}, '{', 'The body is not a JSON object', 400],
		['no hash', {}, '{"action":"user.check","phone":"1"}', '"phone" is not an md5 hash', 400],
		[
			'a foreign address',
			{ options: { allowedIps: '203.0.113.7' } },
			jsonQuestion,
			'The address 127.0.0.1 is not among the Allowed IP Addresses',
			403,
		],
		['a wrong setting', { deadline: 0 }, jsonQuestion, "'Deadline (Seconds)'", 500],
	])('the editor shows why a request is refused: %s', async (_, more, body, reason, status) => {
		const { shown, started } = await start(items({ points: 1 }), more, { isTest });
		const answer = await post(body, 'application/json');
		// The portal's answer is the same as that of the production URL.
		expect(answer.status).toBe(status);
		expect(JSON.parse(answer.text)).toEqual({ error: expect.any(String) });
		expect(shown).toEqual([expect.stringContaining(reason)]);
		expect(started).toEqual([]);
	});

	it('the response says what the workflow did not provide, which the portal never sees', async () => {
		const reason = '"points" is missing in the item that the last node returned';
		await start(items({ password: 'x' }), {}, { isTest });
		expect((await askBoth()).json.text).toContain(JSON.stringify(reason).slice(1, -1));
		await server!.close();
		await start(items({ password: 'x' }));
		expect(JSON.parse((await askBoth()).json.text)).toEqual({ error: FAILED });
	});
});

describe('the WSDL', () => {
	const locations = ({ text }: Received) =>
		[...text.matchAll(/location="([^"]*)"/g)].map((m) => m[1]);

	it.each(['?wsdl', '?WSDL', '?wsdl=1', '?a=1&wsdl'])('is returned for %s', async (query) => {
		const { url } = await start(items());
		const answer = await ask(url + query, { method: 'GET' });
		expect(answer.status).toBe(200);
		expect(answer.headers['content-type']).toBe('text/xml; charset=utf-8');
		expect(locations(answer)).toEqual([url, url]);
	});

	it('is not cached, because the client chooses the host in it', async () => {
		const { url } = await start(items());
		const { headers } = await ask(`${url}?wsdl`, { method: 'GET' });
		expect(headers['cache-control']).toBe('no-store, no-transform');
	});

	it('is not returned without ?wsdl', async () => {
		const { url } = await start(items());
		const answer = await ask(url, { method: 'GET' });
		expect(answer).toMatchObject({ status: 405, headers: { allow: 'POST' } });
	});

	it.each<[string, Record<string, string>, number, string, string]>([
		[
			'n8n’s own, when it is that host',
			{ host: 'n8n.example.com' },
			0,
			'https://n8n.example.com/n8n',
			'https://n8n.example.com/n8n/exapi',
		],
		[
			'the client’s, when it is another',
			{ host: 'portal.example.com:8443' },
			0,
			'https://n8n.example.com',
			'http://portal.example.com:8443/exapi',
		],
		[
			'a trusted proxy’s',
			{ host: '10.0.0.5', 'x-forwarded-host': 'a.example.com', 'x-forwarded-proto': 'https' },
			1,
			'http://n8n.invalid',
			'https://a.example.com/exapi',
		],
		[
			'not one that anybody claims',
			{ host: 'b.example.com', 'x-forwarded-host': 'evil.example.com' },
			0,
			'http://n8n.invalid',
			'http://b.example.com/exapi',
		],
		...[
			'127.0.0.1:5678',
			'localhost:5678',
			'n8n:5678',
			'10.0.0.5',
			'[::1]:5678',
			'n8n.internal',
		].map((host): [string, Record<string, string>, number, string, string] => [
			`n8n’s own, when a proxy asks for ${host}`,
			{ host, 'x-forwarded-host': 'evil.example.com' },
			0,
			'https://n8n.example.com/n8n',
			'https://n8n.example.com/n8n/exapi',
		]),
		[
			'the one asked for, when n8n knows none that is public',
			{ host: '192.168.1.5:5678' },
			0,
			'http://localhost:5678',
			'http://192.168.1.5:5678/exapi',
		],
		[
			'n8n’s own, when the host is none',
			{ host: '"><x' },
			0,
			'http://n8n.invalid',
			'http://n8n.invalid/exapi',
		],
	])('names an address: %s', async (_, headers, proxyHops, webhookBaseUrl, location) => {
		const { url } = await start(items(), {}, { proxyHops, webhookBaseUrl });
		const answer = await ask(`${url}?wsdl`, { method: 'GET', headers });
		expect(locations(answer)).toEqual([location, location]);
	});
});
