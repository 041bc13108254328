import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { redisFor } from '../../../nodes/shared/redis/connection';

const HOUR = 60 * 60 * 1000;

/** A port at which nothing listens. */
async function closedPort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	await new Promise((resolve) => server.close(resolve));
	return port;
}

afterEach(() => jest.useRealTimers());

it('a connection to Redis is kept while requests use it, and ends when none does', async () => {
	const credential = { host: '127.0.0.1', port: await closedPort() };
	jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
	const connection = async () => await redisFor(credential, () => undefined);
	const first = await connection();
	for (let hours = 0; hours < 5; hours++) {
		jest.advanceTimersByTime(HOUR);
		expect(await connection()).toBe(first);
	}
	expect(first.status).not.toBe('end');

	jest.advanceTimersByTime(2 * HOUR);
	const second = await connection();
	expect(second).not.toBe(first);
	expect(first.status).toBe('end');
	second.disconnect();
});
