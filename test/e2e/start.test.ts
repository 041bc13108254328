import { once } from 'node:events';
import { connect } from 'node:net';
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
