import { once } from 'node:events';
import { connect } from 'node:net';
import { clientRightClaim } from '../../tools/demo/clientright-claim';
import { writeExamples } from '../../tools/demo/demo-n8n';
import { exapiOrders } from '../../tools/demo/exapi-orders';
import { exapiServer } from '../../tools/demo/exapi-server';
import { loopbackOnly } from '../../tools/demo/loopback-only';
import { logInAs } from '../../tools/demo/owner';
import { N8nRest } from '../../tools/n8n/rest';
import { INSTALL_TIMEOUT, startHost, type Host } from './host';

let host: Host;
beforeAll(async () => {
	host = await startHost([], loopbackOnly());
}, INSTALL_TIMEOUT);
afterAll(async () => {
	await host.stop();
	await host.remove();
}, 60_000);

async function statusFor(path: string, headers: string[]): Promise<string> {
	const socket = connect(Number(new URL(host.n8n.url).port), '127.0.0.1');
	socket.write([`GET ${path} HTTP/1.1`, ...headers, '', ''].join('\r\n'));
	const [answer] = (await once(socket, 'data')) as [Buffer];
	socket.destroy();
	return answer.toString().split('\r\n')[0]!;
}

const CLOSE = 'Connection: close';
const UPGRADE = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];

describe('a second start', () => {
	const write = async () =>
		await writeExamples(
			host.n8n,
			[exapiOrders, exapiServer, clientRightClaim],
			host.address,
			() => undefined,
		);

	it('keeps examples that were edited or deleted, and writes the others again', async () => {
		const { n8n, rest, address } = host;
		await n8n.stop();
		expect(await write()).toEqual({ workflows: [], credentials: [] });
		await n8n.start();
		const { nodes } = await rest.workflow('exapiOrders00001');
		const edited = nodes.map((node) => ({ ...node, notes: 'Mine' }));
		await rest.updateWorkflow('exapiOrders00001', { nodes: edited });
		const data = { ...exapiOrders.credentials(address)[0]!.data, sender: 'mine' };
		const credential = { name: 'Exapi sandbox', type: 'exapiApi', data };
		await rest.call('PATCH', '/credentials/sandboxExapiApi0', credential);
		await rest.call('DELETE', '/credentials/sandboxClientRt0');
		await rest.call('POST', '/workflows/clientRightClaim/archive');
		await rest.call('DELETE', '/workflows/clientRightClaim');
		// Published by npm start itself, which is no edit.
		await rest.activate('exapiServer00001');

		await n8n.stop();
		const kept = await write();
		await n8n.start();

		expect(kept).toEqual({
			workflows: [
				{ id: 'exapiOrders00001', name: expect.any(String), isDeleted: false },
				{ id: 'clientRightClaim', name: expect.any(String), isDeleted: true },
			],
			credentials: [
				{ id: 'sandboxExapiApi0', name: 'Exapi sandbox', isDeleted: false },
				{ id: 'sandboxClientRt0', name: 'ClientRight sandbox', isDeleted: true },
			],
		});
		const workflow = await rest.workflow('exapiOrders00001');
		expect(workflow.nodes.map(({ notes }) => notes)).toEqual(nodes.map(() => 'Mine'));
		const path = '/credentials/sandboxExapiApi0?includeData=true';
		expect(await rest.call('GET', path)).toMatchObject({ data: { sender: 'mine' } });
		await expect(rest.workflow('clientRightClaim')).rejects.toThrow();
		// Importing takes a workflow out of service.
		expect((await rest.workflow('exapiServer00001')).active).toBe(false);
	}, 600_000);
});

describe('the n8n that npm start runs', () => {
	it.each(['/', '/rest/settings', '/rest/login', '/webhook/x', '/healthz'])(
		'answers %s only at a loopback name',
		async (path) => {
			expect(await statusFor(path, ['Host: evil.example:5678', CLOSE])).toBe(
				'HTTP/1.1 403 Forbidden',
			);
			const { host: own } = new URL(host.n8n.url);
			expect(await statusFor(path, [`Host: ${own}`, CLOSE])).not.toContain('403');
		},
	);

	it('takes a push connection only at a loopback name', async () => {
		const push = async (name: string) =>
			await statusFor('/rest/push?pushRef=a', [
				`Host: ${name}`,
				...UPGRADE,
				'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
			]);
		expect(await push('evil.example')).toBe('HTTP/1.1 403 Forbidden');
		// n8n finds out later whether somebody is logged in.
		expect(await push('localhost')).toBe('HTTP/1.1 101 Switching Protocols');
	});

	it('replaces the password that all copies had in common', async () => {
		const owner = { email: 'owner@example.com', firstName: 'Local', lastName: 'Owner' };
		await host.rest.call('PATCH', '/me/password', {
			currentPassword: 'For-tests-only-1',
			newPassword: 'Partner-exchange-1',
		});
		const rest = new N8nRest(host.n8n.url);
		await logInAs({ ...owner, password: 'Made-at-random-1' }, rest);
		await expect(
			new N8nRest(host.n8n.url).logIn({ ...owner, password: 'Partner-exchange-1' }),
		).rejects.toThrow();
		await new N8nRest(host.n8n.url).logIn({ ...owner, password: 'Made-at-random-1' });
	});
});
