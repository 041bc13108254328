import { once } from 'node:events';
import { createServer } from 'node:net';
import { freePort, freePortLike, freePorts } from '../../../tools/n8n/free-port';

it('finds different ports, and none that is in use', async () => {
	const ports = await freePorts(20);
	expect(new Set([...ports, await freePort()]).size).toBe(21);

	const server = createServer().listen(ports[0], '127.0.0.1');
	await once(server, 'listening');
	await expect(freePortLike(ports[0]!)).resolves.not.toBe(ports[0]);
	server.close();
	await once(server, 'close');
	await expect(freePortLike(ports[0]!)).resolves.toBe(ports[0]);
});
