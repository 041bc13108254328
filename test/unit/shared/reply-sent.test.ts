import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Response } from 'express';
import {
	answerOf,
	ask,
	echoed,
	intercept,
	type InterceptingServer,
	type Received,
} from './reply-server';

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

/** Long enough for compression to want it. */
const long = answerOf(JSON.stringify('да '.repeat(1_000)));
const gzip = { 'Accept-Encoding': 'gzip, deflate, br' };

describe('the answer', () => {
	it.each<[string, Record<string, string>]>([
		['a plain client', {}],
		['a client that takes gzip', gzip],
	])('reaches %s as composed, whatever was written', async (_, headers) => {
		const { url } = await started(
			(r) => {
				r.set({
					'X-Private': '1',
					ETag: '"1"',
					'Cache-Control': 'max-age=60',
					Connection: 'close',
				});
				r.set({ 'Content-Encoding': 'br', Trailer: 'X-Sum', 'Set-Cookie': 'a=b' });
				r.removeHeader('Date');
				r.statusMessage = 'Oh dear';
				r.writeHead(500).end('{"message":"Error in workflow"}');
			},
			{ compose: () => ({ ...long, headers: { 'X-Ours': 'yes' } }) },
		);
		const received = await ask(url, { headers, agent: new Agent({ keepAlive: true }) });
		expect(received.text).toBe(long.body.toString());
		expect(received).toMatchObject({ status: 200, statusMessage: 'OK' });
		const { date, 'keep-alive': keepAlive, ...others } = received.headers;
		expect(Date.parse(date ?? '')).toBeGreaterThan(Date.now() - 5_000);
		expect(keepAlive ?? 'timeout=60').toBe('timeout=60');
		expect(others).toEqual({
			'x-ours': 'yes',
			'content-type': 'application/json; charset=utf-8',
			'content-length': String(long.body.length),
			'cache-control': 'no-transform',
			...(others.vary !== undefined && { vary: others.vary }),
			...(others.connection !== undefined && { connection: 'keep-alive' }),
		});
	});

	it.each<[string, (r: Response) => unknown]>([
		['Transfer-Encoding was set', (r) => r.set('Transfer-Encoding', 'chunked').json({ a: 1 })],
		['Transfer-Encoding was removed', (r) => (r.removeHeader('Transfer-Encoding'), r.json(1))],
		['Content-Length was set', (r) => r.set('Content-Length', '3').json({ a: 1 })],
		['Content-Length was removed', (r) => (r.removeHeader('Content-Length'), r.json(1))],
	])('has a length and no chunks when %s', async (_, write) => {
		const { url } = await started(write, { compose: () => long });
		for (const headers of [{}, gzip]) {
			const received = await ask(url, { headers });
			expect(received.text).toBe(long.body.toString());
			expect(received.headers['content-length']).toBe(String(long.body.length));
			expect(received.headers).not.toHaveProperty('transfer-encoding');
			expect(received.headers).not.toHaveProperty('content-encoding');
		}
	});

	it('has the length of the body and no body for HEAD', async () => {
		const { url } = await started((r) => r.json({ a: 1 }), { compose: () => long });
		const agent = new Agent({ keepAlive: true, maxSockets: 1 });
		const head = await ask(url, { method: 'HEAD', agent });
		expect(head.text).toBe('');
		expect(head.headers['content-length']).toBe(String(long.body.length));
		expect((await ask(url, { agent })).text).toBe(long.body.toString());
		agent.destroy();
	});

	it('passes what other middleware put on the response, once', async () => {
		const server = await started((r) => r.status(500).json({ a: 1 }));
		await ask(server.url, { headers: gzip });
		await ask(server.url);
		expect(server.heads).toEqual([200, 200]);
	});

	it('may be made later', async () => {
		const { url, replies } = await started((r) => r.json({ a: 1 }), {
			compose: async (outcome) => {
				await sleep(20);
				return echoed(outcome);
			},
		});
		expect((await ask(url)).text).toContain('written');
		expect((await replies[0]!.sent)?.body.toString()).toContain('written');
	});

	it('is one, however often the response is ended', async () => {
		const { url, outcomes, responses } = await started(
			(r) => {
				r.json({ first: true });
				expect(r.status(500)).toBe(r);
				expect(r.set('X-A', 'b').json({ second: true })).toBe(r);
				expect(r.send('third').end('fourth')).toBe(r);
				expect(r.write('fifth')).toBe(true);
			},
			{ compose: async (outcome) => await Promise.resolve(echoed(outcome)) },
		);
		const { text } = await ask(url);
		expect(JSON.parse(text)).toMatchObject({ status: 200, body: '{"first":true}' });
		expect(outcomes).toHaveLength(1);
		expect(responses[0]!.statusCode).toBe(200);
	});

	it('tells those who wait for the response that it has left, once', async () => {
		const events: string[] = [];
		const { url } = await started((r) => {
			for (const event of ['finish', 'close']) r.once(event, () => events.push(event));
			r.end('a', () => events.push('callback'));
		});
		await ask(url);
		await sleep(20);
		expect(events.sort()).toEqual(['callback', 'close', 'finish']);
	});

	it('given from our side leaves at once and without compose', async () => {
		const { url, outcomes, replies } = await started(async (r) => {
			replies[0]!.answer(answerOf('"banned"', { status: 401 }));
			replies[0]!.answer(answerOf('"again"'));
			await sleep(5);
			r.set('X-Late', '1').json({ late: true });
		});
		expect(await ask(url)).toMatchObject({ status: 401, text: '"banned"' });
		expect((await replies[0]!.sent)?.status).toBe(401);
		expect(outcomes).toEqual([]);
	});

	it('given from our side while another is made wins', async () => {
		const { url, replies } = await started((r) => r.end(), {
			compose: async (outcome) => {
				setTimeout(() => replies[0]!.answer(answerOf('"ours"')), 5);
				await sleep(30);
				return echoed(outcome);
			},
		});
		expect((await ask(url)).text).toBe('"ours"');
		await sleep(40);
	});
});

describe('the deadline', () => {
	const write = async (r: Response, after: number) => {
		await sleep(after);
		r.status(201).set('X-Late', '1').json({ late: true });
		r.flushHeaders();
		r.writeHead(500, { 'X-Late': '2' }).end('later', () => undefined);
		r.type('html').append('X-Late', '3').location('/x').send(Buffer.from('last'));
		r.appendHeader('X-Late', '4').setHeaders(new Map([['X-Late', '5']]));
		r.removeHeader('X-Late');
		r.json({ last: 1n }).sendStatus(404);
		await Promise.all([
			new Promise<void>((done) => r.write('later', () => done())),
			new Promise<void>((done) => r.end(done)),
		]);
	};

	it('answers when nothing was ended by then; what is written later does nothing', async () => {
		let late: Promise<void> | undefined;
		const server = await started((r) => (late = write(r, 80)), { deadline: 40 });
		const { url, outcomes } = server;
		const agent = new Agent({ keepAlive: true, maxSockets: 1 });
		expect((await ask(url, { agent })).text).toBe('{"kind":"deadline"}');
		await late;
		expect((await ask(url, { agent })).text).toBe('{"kind":"deadline"}');
		await late;
		expect(outcomes).toEqual([{ kind: 'deadline' }, { kind: 'deadline' }]);
		expect(server.heads).toEqual([200, 200]);
		expect(server.responses.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
		agent.destroy();
	});

	it('answers in the middle of a stream', async () => {
		const { url } = await started(
			async (r) => {
				for (let at = 0; at < 20; at++) {
					r.write('part');
					await sleep(5);
				}
				r.end();
			},
			{ deadline: 40 },
		);
		expect((await ask(url)).text).toBe('{"kind":"deadline"}');
		await sleep(80);
	});

	it('does nothing after the answer', async () => {
		const { url, outcomes } = await started((r) => r.json(1), { deadline: 20 });
		await ask(url);
		await sleep(40);
		expect(outcomes).toHaveLength(1);
	});

	it('holds when the answer is never made', async () => {
		const errors: unknown[] = [];
		const { url } = await started((r) => r.json(1), {
			deadline: 30,
			compose: async () => {
				await sleep(700);
				throw new Error('Redis is away');
			},
			fallback: (error) => {
				errors.push(error);
				return answerOf('"fallback"');
			},
		});
		const before = performance.now();
		expect((await ask(url)).text).toBe('"fallback"');
		expect(performance.now() - before).toBeLessThan(650);
		await sleep(200);
		expect(errors).toEqual([new Error('The response was not composed in time.')]);
	});

	it('may be farther off than a timer reaches', async () => {
		const { url } = await started(async (r) => (await sleep(20), r.json(1)), { deadline: 2 ** 40 });
		expect((await ask(url)).text).toContain('written');
	});
});

describe('an answer that cannot be made', () => {
	const failing = (): never => {
		throw new Error('no secret');
	};

	it.each<[string, Parameters<typeof intercept>[1]]>([
		['compose throws', { compose: failing }],
		['compose rejects', { compose: async () => await Promise.reject(new Error('no secret')) }],
		['its status is none', { compose: () => answerOf('', { status: 7 }) }],
		['a header is none', { compose: () => answerOf('', { headers: { 'X-A': 'при\n' } }) }],
	])('is replaced by the fallback when %s', async (_, options) => {
		const errors: unknown[] = [];
		const { url, replies } = await started((r) => r.json(1), {
			...options,
			fallback: (error) => {
				errors.push(error);
				return answerOf('"fallback"', { status: 503 });
			},
		});
		expect(await ask(url, { headers: gzip })).toMatchObject({ status: 503, text: '"fallback"' });
		expect(errors).toEqual([expect.objectContaining({ message: expect.any(String) })]);
		expect((await replies[0]!.sent)?.body.toString()).toBe('"fallback"');
	});

	it('is an empty 500 when there is no fallback either', async () => {
		const { url } = await started((r) => r.json(1), { compose: failing, fallback: failing });
		expect(await ask(url)).toMatchObject({ status: 500, text: '' });
	});

	it('leaves the writer unharmed', async () => {
		const { url } = await started((r) => expect(r.json(1)).toBe(r), { compose: failing });
		expect((await ask(url)).text).toBe('"fallback"');
	});
});

describe('a response', () => {
	it('whose head has left is not taken over', async () => {
		const { url } = await started((r) => r.end());
		const { responses } = servers[0]!;
		await ask(url);
		const { interceptResponse } = await import('../../../nodes/shared/reply/reply');
		const options = { deadline: 1, compose: echoed, fallback: () => answerOf('') };
		expect(() => interceptResponse(responses[0]!, options)).toThrow('already started');
	});

	it('is not mixed with others: 200 at once, some of them on one connection', async () => {
		const { url } = await started(
			async (r, incoming) => {
				const number = Number(incoming.get('X-Number'));
				await sleep((number * 7) % 30);
				if (number % 3 === 0) r.write(`${number}`);
				if (number % 3 === 1) r.send(`${number}`);
				r.end(number % 3 === 2 ? `${number}` : '');
			},
			{
				compose: async (outcome) => {
					await sleep(Math.random() * 20);
					return echoed(outcome);
				},
			},
		);
		const agent = new Agent({ keepAlive: true, maxSockets: 24 });
		const answers = await Promise.all(
			Array.from({ length: 200 }, async (_, number) => {
				const headers = { 'X-Number': `${number}`, ...(number % 2 && gzip) };
				const { text } = await ask(url, { headers, agent });
				return (JSON.parse(text) as { body: string }).body;
			}),
		);
		expect(answers).toEqual(Array.from({ length: 200 }, (_, number) => `${number}`));
		agent.destroy();
	});

	it('keeps its connection for the next one', async () => {
		const server = await started((r) => r.json({ a: 'я' }));
		const agent = new Agent({ keepAlive: true, maxSockets: 1 });
		for (let count = 0; count < 5; count++) {
			const received: Received = await ask(server.url, { agent, body: 'x'.repeat(100_000) });
			expect(received.text).toContain('я');
		}
		expect(server.connections()).toBe(1);
		agent.destroy();
	});

	it('waits its turn when requests are pipelined', async () => {
		const server = await started(async (r, incoming) => {
			const number = Number(incoming.get('X-Number'));
			await sleep(40 - 10 * number);
			r.json(number);
		});
		const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
		let received = '';
		socket.on('data', (bytes: Buffer) => (received += bytes.toString()));
		const request = (number: number, connection: string) =>
			`POST / HTTP/1.1\r\nHost: a\r\nX-Number: ${number}\r\nConnection: ${connection}\r\nContent-Length: 0\r\n\r\n`;
		socket.write(
			[0, 1, 2].map((number) => request(number, number === 2 ? 'close' : 'keep-alive')).join(''),
		);
		await once(socket, 'end');
		const bodies = [...received.matchAll(/"body":"(\d)"/g)].map(([, body]) => body);
		expect(bodies).toEqual(['0', '1', '2']);
		expect(received.match(/Content-Length: /g)).toHaveLength(3);
	});

	it('goes to an HTTP/1.0 client as well', async () => {
		const server = await started((r) => r.json(1), { compose: () => long });
		const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
		let received = '';
		socket.setEncoding('utf8').on('data', (text: string) => (received += text));
		socket.write('POST / HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n');
		await once(socket, 'end');
		expect(received.split('\r\n\r\n')[1]).toBe(long.body.toString());
	});
});
