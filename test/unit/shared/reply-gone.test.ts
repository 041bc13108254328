import { EventEmitter, once } from 'node:events';
import { request, type ClientRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Response } from 'express';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { answerOf, ask, echoed, intercept, type InterceptingServer } from './reply-server';

const servers: InterceptingServer[] = [];
const started = async (...of: Parameters<typeof intercept>) => {
	const server = await intercept(...of);
	servers.push(server);
	return server;
};
afterEach(async () => {
	for (const server of servers.splice(0)) {
		await server.close();
		expect(server.thrown).toEqual([]);
	}
});

const problems: unknown[] = [];
const note = (problem: unknown) => problems.push(problem);
beforeAll(() => {
	process.on('uncaughtException', note).on('unhandledRejection', note);
});
afterAll(() => {
	process.off('uncaughtException', note).off('unhandledRejection', note);
	expect(problems).toEqual([]);
});

const timers = () =>
	process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** A client that goes away once its request has arrived. */
async function goAway(server: InterceptingServer): Promise<Response> {
	const client: ClientRequest = request(server.url, { method: 'POST' }).on(
		'error',
		() => undefined,
	);
	client.end('{}');
	while (server.responses.length === 0) await sleep(2);
	const response = server.responses[0]!;
	const closed = once(response, 'close');
	client.destroy();
	await closed;
	return response;
}

describe('a client that has gone', () => {
	it('is not answered, and leaves neither timer nor listener', async () => {
		const server = await started(() => undefined, { deadline: 60_000 });
		const before = timers();
		const response = await goAway(server);
		expect(timers()).toBeLessThanOrEqual(before);
		// Node has one of its own.
		expect(response.listenerCount('close')).toBe(1);
		expect(await server.replies[0]!.sent).toBeUndefined();
		response.status(500).set('X-A', 'b').json({ late: true });
		await new Promise<void>((done) => response.write('late', () => done()));
		await new Promise<void>((done) => response.end('late', done));
		server.replies[0]!.answer(answerOf('"late"'));
		await sleep(10);
		expect([server.outcomes, server.heads]).toEqual([[], []]);
	});

	it('leaves nothing of what was written', async () => {
		const server = await started((r) => void r.write(Buffer.alloc(50_000_000)), {
			maxBytes: 100_000_000,
		});
		await goAway(server);
		// What was written on the way there may take more than one collection.
		const kept = () => {
			collectGarbage();
			return process.memoryUsage().arrayBuffers;
		};
		for (let round = 0; round < 20 && kept() > 40_000_000; round++) await sleep(100);
		expect(kept()).toBeLessThan(40_000_000);
		expect(server.replies).toHaveLength(1);
	});

	it('may have its answer made all the same, to be kept', async () => {
		const server = await started(() => undefined, {
			deadline: 60_000,
			composeAfterDisconnect: true,
		});
		const response = await goAway(server);
		response.json({ a: 1 });
		const answer = await server.replies[0]!.sent;
		expect(answer?.body.toString()).toContain('{\\"a\\":1}');
		expect(server.heads).toEqual([]);
		response.json({ late: true });
		expect(server.outcomes).toHaveLength(1);
	});

	it('may have its answer made at the deadline', async () => {
		const server = await started(() => undefined, { deadline: 60, composeAfterDisconnect: true });
		await goAway(server);
		expect((await server.replies[0]!.sent)?.body.toString()).toBe('{"kind":"deadline"}');
	});

	it('before the response was taken over is not waited for', async () => {
		const { interceptResponse } = await import('../../../nodes/shared/reply/reply');
		const server = await started(() => undefined);
		const response = await goAway(server);
		const before = timers();
		const options = { deadline: 60_000, compose: echoed, fallback: () => answerOf('') };
		expect(await interceptResponse(response, options).sent).toBeUndefined();
		expect(timers()).toBe(before);
	});

	it('while the answer is made harms nothing', async () => {
		const redis = new EventEmitter();
		const server = await started((r) => r.end(), {
			compose: async () => {
				await once(redis, 'gaveUp');
				throw new Error('Redis is away');
			},
		});
		await goAway(server);
		expect(await server.replies[0]!.sent).toBeUndefined();
		redis.emit('gaveUp');
		await sleep(50);
	});

	it('while a large answer leaves harms nothing', async () => {
		const body = Buffer.alloc(50_000_000, 65);
		const server = await started((r) => r.end(), { compose: () => answerOf('', { body }) });
		const client = request(server.url, { method: 'POST' }).on('error', () => undefined);
		client.end();
		const [incoming] = (await once(client, 'response')) as [NodeJS.ReadableStream & ClientRequest];
		incoming.on('error', () => undefined);
		incoming.destroy();
		await once(server.responses[0]!, 'close');
		expect((await server.replies[0]!.sent)?.body).toHaveLength(body.length);
		server.responses[0]!.json({ late: true });
		await sleep(10);
	});
});

describe('an answered response', () => {
	it('has no listener of ours any more', async () => {
		let before = 0;
		const server = await started((r) => {
			before = r.listenerCount('close');
			r.end();
			expect(r.listenerCount('close')).toBe(before - 1);
		});
		await ask(server.url);
		expect(before).toBeGreaterThan(0);
	});

	it('leaves no timer, and holds nothing', async () => {
		const written: Array<WeakRef<Buffer>> = [];
		const server = await started((r) => r.send(Buffer.alloc(1_000_000)), {
			deadline: 60_000,
			compose: (outcome) => {
				if (outcome.kind === 'written') written.push(new WeakRef(outcome.body));
				return answerOf('"done"');
			},
		});
		const before = timers();
		for (let count = 0; count < 50; count++) await ask(server.url);
		// Kept-alive connections have timers of their own.
		expect(timers() - before).toBeLessThan(5);
		server.outcomes.length = 0;
		await sleep(5);
		collectGarbage();
		expect(written.filter((reference) => reference.deref() !== undefined)).toEqual([]);
	});
});
