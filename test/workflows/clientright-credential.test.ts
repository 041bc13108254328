import type { ICredentialsDecrypted, ICredentialTestFunctions } from 'n8n-workflow';
import { clientRightApiTest } from '../../nodes/ClientRight/client/credential-test';
import {
	ACCESS_KEY,
	startClientRightBench,
	USERNAME,
	type ClientRightBench,
} from './clientright-bench';
import { credentialTestFunctions } from './engine';

let bench: ClientRightBench;
let functions: ICredentialTestFunctions;
beforeEach(async () => {
	bench = await startClientRightBench();
	functions = credentialTestFunctions();
});
afterEach(async () => await bench.stop());

async function test(fields: Record<string, unknown> = {}) {
	const data = {
		url: bench.url,
		username: USERNAME,
		accessKey: ACCESS_KEY,
		allowUnauthorizedCerts: false,
		...fields,
	};
	const credential = { id: '1', name: 'x', type: 'clientRightApi', data } as ICredentialsDecrypted;
	const result = await clientRightApiTest.call(functions, credential);
	expect(JSON.stringify(result)).not.toContain(ACCESS_KEY);
	return result;
}

describe('the test of the ClientRight credential', () => {
	it('says that it works, and warns of plain HTTP', async () => {
		expect(await test()).toEqual({
			status: 'OK',
			message: 'Logged in to vtiger 8.4.0 as "api". The connection is not encrypted',
		});
	});

	it('takes a key with blanks around it', async () => {
		expect(await test({ accessKey: ` ${ACCESS_KEY}\n` })).toMatchObject({ status: 'OK' });
	});

	it.each<[string, () => Record<string, unknown>, RegExp]>([
		['an unknown user', () => ({ username: 'nobody' }), /^The CRM does not know the user "nobody"/],
		['a wrong key', () => ({ accessKey: 'wrongKey' }), /^The CRM does not accept the access key/],
		[
			'a wrong path',
			() => ({ url: bench.url.replace('webservice', 'wrong') }),
			/^The URL is wrong: 127\.0\.0\.1:\d+ returned HTTP 404/,
		],
		[
			'a page that is not a vtiger',
			() => ({ url: `${new URL(bench.url).origin}/` }),
			/^127\.0\.0\.1:\d+ is not a vtiger/,
		],
		[
			'an unknown host',
			() => ({ url: 'http://no-such-host.invalid/webservice.php' }),
			/its name is not known/,
		],
		['a closed port', () => ({ url: 'http://127.0.0.1:1/x' }), /nothing listens on that port/],
		[
			'TLS where there is none',
			() => ({ url: bench.url.replace('http:', 'https:') }),
			/secure connection/,
		],
		['no URL', () => ({ url: '' }), /URL in the ClientRight API credential is empty/],
		[
			'no user',
			() => ({ username: ' ' }),
			/The username in the ClientRight API credential is missing/,
		],
		[
			'no key',
			() => ({ accessKey: '' }),
			/The access key in the ClientRight API credential is missing/,
		],
	])('tells %s apart', async (_, fields, message) => {
		const result = await test(fields());
		expect(result).toEqual({ status: 'Error', message: expect.stringMatching(message) });
	});

	it('tells a CRM that fails from one that is none', async () => {
		bench.crm.injectFault({ kind: 'fatal', operation: 'getchallenge' });
		expect((await test()).message).toMatch(/^The CRM returned HTTP 500 for getchallenge/);
		bench.crm.injectFault({ kind: 'html', operation: 'getchallenge' });
		expect((await test()).message).toMatch(/is not a vtiger.*Its response:/);
	});
});
