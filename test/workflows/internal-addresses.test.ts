import './protection-on';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ICredentialsDecrypted, IDataObject } from 'n8n-workflow';
import { clientRightApiTest } from '../../nodes/ClientRight/client/credential-test';
import { elektrikApiTest } from '../../nodes/Elektrik/client/portal';
import { exapiApiTest } from '../../nodes/Exapi/client/credential-test';
import { credentialTestFunctions, runNode } from './engine';

const HASH = '0123456789abcdef0123456789abcdef';
const BLOCKED = /^This n8n does not allow requests to/;

/** What only this machine can reach; nothing may be asked of it. */
let internal: Server;
let port: number;
let connections = 0;
beforeAll(async () => {
	internal = createServer((_, response) => void response.end('{"secret":"of the inside"}'));
	internal.on('connection', () => (connections += 1));
	internal.listen(0, '127.0.0.1');
	await once(internal, 'listening');
	({ port } = internal.address() as AddressInfo);
});
afterAll(() => void internal.close());

const credentials: Record<string, (url: string) => IDataObject> = {
	exapiApi: (url) => ({ url, sender: 'partner_7', secret: 'invented', timeZone: 'Europe/Moscow' }),
	clientRightApi: (url) => ({ url, username: 'api', accessKey: 'invented' }),
	elektrikApi: (url) => ({ url, uid: 'invented' }),
};

async function messageOf(
	node: string,
	type: string,
	url: string,
	parameters: IDataObject,
): Promise<string | undefined> {
	const { error } = await runNode({
		node,
		parameters,
		credentials: { [type]: credentials[type]!(url) },
	});
	return error?.message;
}

const call = { resource: 'request', operation: 'call', method: 'x', params: '[]' };
const logIn = { resource: 'session', operation: 'logIn' };
const points = { resource: 'user', operation: 'updatePoints', phoneHash: HASH, points: 1 };
const check = { resource: 'user', operation: 'check', phoneHash: HASH };

describe('if n8n protects internal addresses, the nodes send nothing there', () => {
	afterEach(() => expect(connections).toBe(0));

	const hosts = ['127.0.0.1', 'localhost', '2130706433', '0x7f.1', '[::1]', '[::ffff:127.0.0.1]'];
	it.each([
		['exapi', 'exapiApi', call],
		['clientRight', 'clientRightApi', logIn],
		['elektrik', 'elektrikApi', points],
	])('by the address of a credential: %s', async (node, type, parameters) => {
		for (const host of hosts) {
			const url = `http://${host}:${port}/x`;
			expect(await messageOf(node, type, url, parameters)).toMatch(BLOCKED);
		}
	});

	it.each(['json', 'soap'])('by the endpoint of a check: %s', async (protocol) => {
		const parameters = { ...check, protocol, endpoint: `http://127.0.0.1:${port}/x` };
		const message = await messageOf('elektrik', 'elektrikApi', 'https://x.invalid/', parameters);
		expect(message).toMatch(BLOCKED);
	});

	it('by the path of a file', async () => {
		const parameters = { resource: 'file', operation: 'download', path: 'storage/a.pdf' };
		const url = `http://127.0.0.1:${port}/vt/webservice.php`;
		expect(await messageOf('clientRight', 'clientRightApi', url, parameters)).toMatch(BLOCKED);
	});

	it('by the upload of a file', async () => {
		const { error } = await runNode({
			node: 'clientRight',
			parameters: { resource: 'document', operation: 'upload' },
			binary: [{ data: { data: 'QUJD', mimeType: 'application/pdf', fileName: 'a.pdf' } }],
			credentials: {
				clientRightApi: credentials.clientRightApi!(`http://127.0.0.1:${port}/webservice.php`),
			},
		});
		expect(error?.message).toMatch(BLOCKED);
	});

	it.each([
		['exapiApi', exapiApiTest],
		['clientRightApi', clientRightApiTest],
		['elektrikApi', elektrikApiTest],
	])('by the test of a credential: %s', async (type, test) => {
		const data = credentials[type]!(`http://127.0.0.1:${port}/x`);
		const credential = { id: '1', name: 'x', type, data } as unknown as ICredentialsDecrypted;
		const result = await test.call(credentialTestFunctions(), credential);
		expect(result).toMatchObject({ status: 'Error', message: expect.stringMatching(BLOCKED) });
	});
});
