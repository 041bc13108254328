import { once } from 'node:events';
import { createServer } from 'node:net';
import { freePort, freePortLike, freePorts } from '../../../tools/n8n/free-port';

it('finds different ports, also for calls at the same time', async () => {
	const ports = await freePorts(20);
	const atOnce = await Promise.all(Array.from({ length: 20 }, freePort));

	expect(new Set([...ports, ...atOnce]).size).toBe(40);
});

it('finds another port than one in use', async () => {
	const port = await freePort();
	const server = createServer().listen(port, '127.0.0.1');
	await once(server, 'listening');
	const another = await freePortLike(port);
	server.close();
	await once(server, 'close');

	expect(another).not.toBe(port);
	await expect(freePortLike(port)).resolves.toBe(port);
});
