import { Agent, createServer } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeRequest } from '../../../nodes/Exapi/protocol';
import { SANDBOX_PARTNER } from '../../../sandbox/exapi';
import { createSandbox, type Sandbox, type SandboxAddress } from '../../../sandbox/server';
import { Partner } from './partner';

let sandbox: Sandbox;
let address: SandboxAddress;

beforeEach(async () => {
	sandbox = createSandbox();
	address = await sandbox.start();
});

afterEach(() => sandbox.stop());

it('keeps connections alive and counts them', async () => {
	const agent = new Agent({ keepAlive: true, maxSockets: 3 });
	const partner = new Partner(address.exapi.url, SANDBOX_PARTNER, agent);
	const orderIds = Array.from({ length: 200 }, (_, index) => `a-${index}`);

	sandbox.exapi.crm.injectFault({ kind: 'delay', ms: 2, times: 'always' });
	await Promise.all(orderIds.map((orderId) => partner.addOrder(orderId)));

	expect(sandbox.exapi.crm.statistics()).toMatchObject({
		requests: 200,
		admitted: 200,
		refused: 0,
		byMethod: { addOrder: 200 },
		connectionsOpened: 3,
		mostConnectionsAtOnce: 3,
		mostRequestsAtOnce: 3,
		orders: 200,
		revision: 200,
	});
	expect(new Set(sandbox.exapi.crm.requests().map(({ remotePort }) => remotePort)).size).toBe(3);
	agent.destroy();
});

it('does not count the connections of the control API', async () => {
	await fetch(address.exapi.controlUrl);

	expect(sandbox.exapi.crm.statistics()).toMatchObject({ requests: 0, connectionsOpened: 0 });
});

it('runs beside others, each with its own orders', async () => {
	const others = await Promise.all(
		Array.from({ length: 5 }, async () => {
			const other = createSandbox();
			return { other, url: (await other.start()).exapi.url };
		}),
	);

	for (const { url } of others) {
		await expect(new Partner(url, SANDBOX_PARTNER).addOrder('a')).resolves.toBe(1001);
	}
	expect(sandbox.exapi.crm.orders()).toEqual([]);
	await Promise.all(others.map(({ other }) => other.stop()));
});

it('stops with answers and idle connections open, and starts again', async () => {
	sandbox.exapi.crm.injectFault({ kind: 'delay', ms: 60_000 });
	const waiting = new Partner(address.exapi.url, SANDBOX_PARTNER).addOrder('a');
	const refused = expect(waiting).rejects.toThrow();
	const idle = connect(address.port, '127.0.0.1');
	idle.on('error', () => undefined);
	await once(idle, 'connect');
	await sleep(50);

	await sandbox.stop();

	await refused;
	await sandbox.stop();
	address = await sandbox.start();
	await expect(new Partner(address.exapi.url, SANDBOX_PARTNER).addOrder('b')).resolves.toBe(1002);
});

it('says which port is taken', async () => {
	const other = createServer().listen(0, '127.0.0.1');
	await once(other, 'listening');
	const taken = other.address();
	const port = typeof taken === 'object' && taken ? taken.port : 0;

	await expect(createSandbox({ port }).start()).rejects.toMatchObject({
		name: 'PortTakenError',
		message: `Port ${port} on 127.0.0.1 is taken by another program`,
	});
	other.close();
});

it('outlives garbage, broken requests and clients that leave', async () => {
	const body = writeRequest({ method: 'addOrder', params: [{}], id: '1' }, SANDBOX_PARTNER);
	const head = 'POST /exapi HTTP/1.1\r\nHost: x\r\n';
	const broken = [
		'\u0000\u0001\u0002\r\n\r\n',
		'GET / HTTP/9.9\r\n\r\n',
		`${head}Content-Length: 100\r\n\r\n{"sender"`,
		`${head}Content-Length: abc\r\n\r\n`,
		`${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
		`${head}Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd`,
		`${head}Content-Encoding: nonsense\r\nContent-Length: 4\r\n\r\nabcd`,
		`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
		`POST /exapi/%zz HTTP/1.1\r\nHost: x\r\n\r\n`,
		`PATCH /control/exapi/orders/%zz HTTP/1.1\r\nHost: x\r\n\r\n`,
	];
	for (const bytes of broken) {
		const socket = connect(address.port, '127.0.0.1');
		socket.on('error', () => undefined);
		socket.write(bytes);
		await sleep(20);
		socket.resetAndDestroy();
	}

	await fetch(`${address.exapi.controlUrl}/bans`, { method: 'DELETE' });
	await expect(new Partner(address.exapi.url, SANDBOX_PARTNER).addOrder('a')).resolves.toBe(1001);
});
