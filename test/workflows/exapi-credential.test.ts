import type { ICredentialsDecrypted, ICredentialTestFunctions } from 'n8n-workflow';
import { exapiApiTest } from '../../nodes/Exapi/client/credential-test';
import { credentialTestFunctions } from './engine';
import { SECRET, SENDER, startExapiBench, type ExapiBench } from './exapi-bench';

let bench: ExapiBench;
let functions: ICredentialTestFunctions;
beforeEach(async () => {
	bench = await startExapiBench();
	functions = credentialTestFunctions();
});
afterEach(async () => await bench.stop());

async function test(fields: Record<string, unknown> = {}) {
	const data = {
		url: bench.url,
		sender: SENDER,
		secret: SECRET,
		timeZone: 'Europe/Moscow',
		allowUnauthorizedCerts: false,
		...fields,
	};
	const credential = { id: '1', name: 'x', type: 'exapiApi', data } as ICredentialsDecrypted;
	const result = await exapiApiTest.call(functions, credential);
	expect(JSON.stringify(result)).not.toContain(SECRET);
	return result;
}

describe('the test of the exapi credential', () => {
	it('accepts a valid credential with one read', async () => {
		expect(await test()).toMatchObject({ status: 'OK' });
		expect(bench.crm.statistics()).toMatchObject({
			requests: 1,
			byMethod: { getOrderStatus: 1 },
			orders: 0,
		});
	});

	it('accepts a CRM that answers with an error: sender and secret are right', async () => {
		bench.crm.injectFault({ kind: 'error', message: 'no such order' });
		expect(await test()).toMatchObject({ status: 'OK' });
	});

	it.each([{ secret: 'wrong' }, { sender: 'nobody' }])(
		'reports a refusal after one request: %j',
		async (fields) => {
			const { status, message } = await test(fields);
			expect(status).toBe('Error');
			expect(message).toMatch(/^The CRM closed the connection: sender or secret is wrong/);
			expect(message).toContain('repeated failures ban');
			expect(bench.crm.statistics()).toMatchObject({ requests: 1, refused: 1 });
		},
	);

	it('treats an empty response as a refusal', async () => {
		bench.crm.injectFault({ kind: 'empty' });
		expect((await test()).message).toContain('sender or secret is wrong');
	});

	it.each([401, 403, 502])('treats HTTP %d as a refusal', async (status) => {
		bench.crm.injectFault({ kind: 'status', status });
		const { message } = await test();
		expect(message).toContain(`HTTP ${status}`);
		expect(message).toContain('sender or secret is wrong');
		expect(message.includes('the CRM is down behind its proxy')).toBe(status === 502);
		expect(bench.crm.statistics().requests).toBe(1);
	});

	it('is not sent by each opening of a credential that the CRM refuses', async () => {
		for (let times = 0; times < 10; times++) await test({ secret: 'wrong' });
		const { message } = await test({ secret: 'wrong' });
		expect(message).toMatch(
			/^Not sent, because the CRM refused this credential .* ago: next attempt at /,
		);
		expect(bench.crm.statistics()).toMatchObject({ requests: 3, refused: 3 });
		expect(await test()).toMatchObject({ status: 'OK' });
	});

	it.each<[string, () => Record<string, unknown>, RegExp]>([
		[
			'a wrong path',
			() => ({ url: bench.url.replace('/exapi', '/wrong') }),
			/HTTP 404.*Check the URL/,
		],
		[
			'an unknown host',
			() => ({ url: 'http://no-such-host.invalid/exapi' }),
			/its name is not known/,
		],
		['a closed port', () => ({ url: 'http://127.0.0.1:1/exapi' }), /nothing listens on that port/],
		[
			'TLS where there is none',
			() => ({ url: bench.url.replace('http:', 'https:') }),
			/secure connection/,
		],
		['no URL', () => ({ url: '' }), /URL in the Exapi API credential is empty/],
		['half a URL', () => ({ url: 'crm.example.com/exapi' }), /is not an address/],
		['a long sender', () => ({ sender: 'x'.repeat(65) }), /has 65 characters/],
		['no secret', () => ({ secret: '' }), /secret in the Exapi API credential is empty/],
		['an unknown time zone', () => ({ timeZone: 'Москва' }), /"Москва" is not a time zone/],
	])('reports %s', async (_, fields, expected) => {
		const { status, message } = await test(fields());
		expect(status).toBe('Error');
		expect(message).toMatch(expected);
	});

	it('reports a page of another program', async () => {
		bench.crm.injectFault({ kind: 'html' });
		expect((await test()).message).toMatch(
			/is not JSON.*Check the URL.*The response begins with: </,
		);
	});

	it('reports an answer signed with another secret', async () => {
		bench.crm.injectFault({ kind: 'wrongSignature' });
		expect((await test()).message).toContain('The signature of the answer is wrong');
	});
});
