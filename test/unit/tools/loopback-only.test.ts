import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { loopbackOnly } from '../../../tools/demo/loopback-only';

/** What n8n is: a server of requests and of upgrades to a WebSocket. */
const SERVER = `
	const server = require('node:http').createServer((request, response) => response.end('n8n'));
	server.on('upgrade', (request, socket) => socket.end('HTTP/1.1 101 Switching Protocols\\r\\n\\r\\n'));
	server.listen(0, '127.0.0.1', () => process.send(server.address().port));
`;

let server: ChildProcess;
let port: number;
beforeAll(async () => {
	const hook = loopbackOnly().EXTERNAL_HOOK_FILES!;
	server = spawn(process.execPath, ['--require', hook, '--eval', SERVER], {
		stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
	});
	[port] = (await once(server, 'message')) as [number];
});
afterAll(() => void server.kill());

/** The first line that a request with these headers is answered with. */
async function statusFor(headers: string[]): Promise<string> {
	const socket = connect(port, '127.0.0.1');
	socket.write(['GET / HTTP/1.1', 'Connection: close', ...headers, '', ''].join('\r\n'));
	return (await text(socket)).split('\r\n')[0]!;
}

const UPGRADE = ['Connection: Upgrade', 'Upgrade: websocket'];

describe('the n8n that npm start runs', () => {
	it.each(['localhost', 'LOCALHOST:5678', '127.0.0.1:5678', '127.9.9.9', '[::1]:5678'])(
		'answers at %s',
		async (host) => {
			expect(await statusFor([`Host: ${host}`])).toBe('HTTP/1.1 200 OK');
			expect(await statusFor([`Host: ${host}`, ...UPGRADE])).toContain('101');
		},
	);

	it.each([
		'evil.example',
		'evil.example:5678',
		'localhost.evil.example',
		'127.0.0.1.evil.example:5678',
		'evil.example/127.0.0.1',
		'user@127.0.0.1',
		'127.0.0.1:5678:80',
		'192.168.0.1:5678',
		'0.0.0.0:5678',
		'',
	])('refuses a request to %j', async (host) => {
		expect(await statusFor([`Host: ${host}`])).toBe('HTTP/1.1 403 Forbidden');
		expect(await statusFor([`Host: ${host}`, ...UPGRADE])).toBe('HTTP/1.1 403 Forbidden');
	});
});
