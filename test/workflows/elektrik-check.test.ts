import {
	readCheckRequest,
	readCheckUser,
	SoapFault,
	writeCheckUserResponse,
	writeFault,
	writeWsdl,
	type UserCheck,
} from '../../nodes/Elektrik/protocol';
import { hashOf, startElektrikBench, type ElektrikBench, type Handler } from './elektrik-bench';

let bench: ElektrikBench;
beforeEach(async () => {
	bench = await startElektrikBench();
});
afterEach(async () => await bench.stop());

const KNOWN: Record<string, UserCheck> = {
	[hashOf('79000000001')]: { exist: true, points: 12.5 },
	[hashOf('79000000002')]: { exist: true, points: 0 },
};
const checkOf = (phoneHash: string): UserCheck => KNOWN[phoneHash] ?? { exist: false };

/** A distributor who speaks both. */
const distributor: Handler = ({ method, text, headers }, response) => {
	if (method === 'GET') {
		response.setHeader('content-type', 'text/xml').end(writeWsdl(bench.url));
	} else if (headers['content-type'] === 'application/json') {
		response.end(JSON.stringify(checkOf(readCheckRequest(text))));
	} else {
		const { version, phoneHash } = readCheckUser(Buffer.from(text), headers['content-type']);
		const message = writeCheckUserResponse(version, checkOf(phoneHash));
		response.writeHead(message.status, { 'content-type': message.contentType }).end(message.body);
	}
};

const check = async (
	protocol: string,
	more: Parameters<ElektrikBench['run']>[2] = {},
	parameters = {},
) =>
	await bench.run(
		'user.check',
		{ endpoint: bench.url, protocol, phone: '8 900 000 00 01', ...parameters },
		more,
	);

describe.each(['json', 'soap'])('user.check by %s', (protocol) => {
	it('gives what the endpoint answers, an item each', async () => {
		bench.answer = distributor;
		const { items, error } = await check(
			protocol,
			{
				input: [
					{ phone: '+7 900 000-00-01' },
					{ phone: '9000000002' },
					{ phoneHash: 'f'.repeat(32) },
				],
			},
			{ dataMode: 'autoMapInputData' },
		);
		expect(error).toBeUndefined();
		expect(items).toEqual([
			{ json: { exist: true, points: 12.5 }, pairedItem: { item: 0 } },
			{ json: { exist: true, points: 0 }, pairedItem: { item: 1 } },
			{ json: { exist: false }, pairedItem: { item: 2 } },
		]);
	});

	it('asks again when an answer was lost', async () => {
		let dropped = false;
		bench.answer = (request, response) => {
			const drops = !dropped && request.method === 'POST';
			dropped ||= drops;
			if (drops) response.socket?.destroy();
			else distributor(request, response);
		};
		expect((await check(protocol)).items[0]?.json).toEqual({ exist: true, points: 12.5 });
	});

	it('explains a page', async () => {
		bench.answer = (_, response) => void response.writeHead(404).end('<html>Nobody here</html>');
		const { error } = await check(protocol);
		expect(error?.message).toContain('HTTP 404');
		expect(error?.description).toContain('Nobody here');
	});

	it.each([
		[429, 'limits the number of requests'],
		[500, 'Try again later'],
	])('tells what to do about HTTP %i', async (status, advice) => {
		bench.answer = (_, response) =>
			void response.writeHead(status, { 'retry-after': '0' }).end('<html>Busy</html>');
		const { error } = await check(protocol);
		expect(error?.description).toContain(advice);
		expect(error?.description).not.toContain('Check the endpoint');
	});

	it('refuses an endpoint that is none before anything is sent', async () => {
		const { error } = await check(protocol, {}, { endpoint: 'n8n.example.com' });
		expect(error?.message).toBe('The endpoint is not an address');
		expect(bench.received).toEqual([]);
	});
});

describe('user.check by JSON', () => {
	it.each([
		['{"exist":true}', '"points" in the response is missing'],
		['{"points":1}', 'The response has no "exist" with true or false'],
		['', 'The response has no "exist" with true or false'],
	])('explains the answer %s', async (answer, message) => {
		bench.answer = (_, response) => void response.end(answer);
		expect((await check('json')).error?.message).toBe(message);
	});

	it('shows the endpoint’s own words', async () => {
		bench.answer = (_, response) => void response.writeHead(500).end('{"error":"База недоступна"}');
		expect((await check('json')).error?.message).toBe(
			'The endpoint returned HTTP 500: База недоступна',
		);
	});
});

describe('user.check by SOAP', () => {
	it('reads the WSDL once and speaks 1.2', async () => {
		bench.answer = distributor;
		await check('soap', { input: [{}, {}, {}] }, { output: 'raw' });
		const [description, ...calls] = bench.received;
		expect(description).toMatchObject({ method: 'GET', url: '/exapi?wsdl' });
		expect(calls.map(({ method }) => method)).toEqual(['POST', 'POST', 'POST']);
		expect(calls[0]?.headers['content-type']).toMatch(/^application\/soap\+xml; charset=utf-8/);
		expect(calls[0]?.text).toContain(`<phone>${hashOf('79000000001')}</phone>`);
	});

	it.each(['1.1', '1.2'] as const)('shows the words of a fault of %s', async (version) => {
		bench.answer = (request, response) => {
			const { status, contentType, body } = writeFault(
				new SoapFault(version, 'Receiver', 'База недоступна'),
			);
			if (request.method === 'GET') distributor(request, response);
			else response.writeHead(status, { 'content-type': contentType }).end(body);
		};
		expect((await check('soap')).error?.message).toBe(
			'The endpoint returned a SOAP fault: База недоступна',
		);
	});

	it.each<[string, string, RegExp]>([
		[
			'another service',
			'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"/>',
			/no operation "CheckUser"/,
		],
		['no WSDL', '{"a":1}', /did not return a SOAP message/],
		['HTML', '<html><body>Hello</body></html>', /did not return a SOAP message/],
	])('explains a WSDL that is %s', async (_, wsdl, message) => {
		bench.answer = (_request, response) => void response.end(wsdl);
		expect((await check('soap')).error?.message).toMatch(message);
	});
});
