import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Response } from 'express';
import { ask, intercept, JSON_TYPE, type InterceptingServer } from './reply-server';

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

const xml = '<?xml version="1.0" encoding="utf-8"?><точки/>';
const chunksOf = async function* (count: number) {
	for (let at = 0; at < count; at++) {
		await sleep(1);
		yield Buffer.alloc(1_000, 65 + at);
	}
};

describe('what was written', () => {
	it.each<[string, (response: Response) => unknown, number, string, string | undefined]>([
		['json', (r) => r.json({ a: 'я' }), 200, '{"a":"я"}', JSON_TYPE],
		['json of a list', (r) => r.status(201).json([1]), 201, '[1]', JSON_TYPE],
		['json of nothing', (r) => r.json(undefined), 200, '', JSON_TYPE],
		['send of an object', (r) => r.send({ a: 1 }), 200, '{"a":1}', JSON_TYPE],
		['send of a number', (r) => r.send(7), 200, '7', JSON_TYPE],
		['send of null', (r) => r.send(null), 200, '', undefined],
		['send of nothing', (r) => r.send(), 200, '', undefined],
		['send of a text', (r) => r.send('да'), 200, 'да', 'text/html; charset=utf-8'],
		['send of bytes', (r) => r.send(Buffer.from(xml)), 200, xml, 'application/octet-stream'],
		[
			'send of a typed text',
			(r) => r.type('text/xml').send(xml),
			200,
			xml,
			'text/xml; charset=utf-8',
		],
		['an empty end', (r) => r.end(), 200, '', undefined],
		['end with a text', (r) => r.end('0xff', 'latin1'), 200, '0xff', undefined],
		['end with bytes', (r) => r.end(new Uint8Array([65, 66])), 200, 'AB', undefined],
		['sendStatus', (r) => r.sendStatus(404), 404, 'Not Found', 'text/plain; charset=utf-8'],
		['a status in a text', (r) => r.status('202' as never).json(1), 202, '1', JSON_TYPE],
		['a header set for it', (r) => r.set('Content-Type', 'a/b').json(1), 200, '1', 'a/b'],
		[
			'writeHead and end',
			(r) => r.writeHead(500, { 'content-type': 'a/b' }).end('x'),
			500,
			'x',
			'a/b',
		],
		[
			'writeHead with a reason',
			(r) => r.writeHead(418, 'Tea', { 'Content-Type': 'a/b' }).end(),
			418,
			'',
			'a/b',
		],
		[
			'writeHead with a flat list',
			(r) => r.writeHead(200, ['Content-Type', 'a/b']).end(),
			200,
			'',
			'a/b',
		],
		[
			'writeHead with pairs',
			(r) => r.writeHead(200, [['Content-Type', 'a/b']] as never).end(),
			200,
			'',
			'a/b',
		],
		[
			'a redirection',
			(r) => r.redirect('/x'),
			302,
			'Found. Redirecting to /x',
			'text/plain; charset=utf-8',
		],
		[
			'parts with flushes between',
			async (r) => {
				r.flushHeaders();
				r.write('a', 'utf8');
				(r as unknown as { flush(): void }).flush();
				await sleep(5);
				r.write(Buffer.from('b'), () => r.end('c'));
			},
			200,
			'abc',
			undefined,
		],
	])('by %s', async (_, write, status, body, contentType) => {
		const { url, outcomes } = await started(write);
		const received = await ask(url);
		expect(outcomes).toHaveLength(1);
		expect(outcomes[0]).toMatchObject({ kind: 'written', status });
		const { body: bytes, headers } = outcomes[0] as { body: Buffer; headers: object };
		expect(bytes.toString()).toBe(body);
		expect((headers as Record<string, string>)['content-type']).toBe(contentType);
		expect(received.status).toBe(200);
		expect(JSON.parse(received.text)).toEqual({ kind: 'written', status, body });
	});

	it.each<[string, (response: Response) => unknown]>([
		['a stream that is piped', (r) => Readable.from(chunksOf(30)).pipe(r)],
		['a pipeline', async (r) => await pipeline(Readable.from(chunksOf(30)), r)],
		[
			'a stream that is piped as n8n does',
			async (r) => {
				const source = Readable.from(chunksOf(30));
				source.pipe(r, { end: false });
				await finished(source);
				process.nextTick(() => r.end());
			},
		],
	])('by %s', async (_, write) => {
		const { url, outcomes } = await started(write);
		await ask(url, { headers: { 'Accept-Encoding': 'gzip' } });
		const { body } = outcomes[0] as { body: Buffer };
		expect(body).toHaveLength(30_000);
		expect(new Set(body).size).toBe(30);
	});

	it('by a file', async () => {
		const { url, outcomes } = await started((r) => r.sendFile(__filename));
		await ask(url);
		const { body } = outcomes[0] as { body: Buffer };
		const file = readFileSync(__filename);
		expect(body.equals(file)).toBe(true);
	});

	it('keeps a part though its writer uses the buffer again', async () => {
		const { url, outcomes } = await started((r) => {
			const buffer = Buffer.from('one');
			r.write(buffer, () => {
				buffer.write('two');
				r.end(buffer);
			});
		});
		await ask(url);
		expect((outcomes[0] as { body: Buffer }).body.toString()).toBe('onetwo');
	});

	it('is whole for HEAD and for a conditional GET, which Express would cut', async () => {
		const { url, outcomes } = await started((r) => r.send('text'));
		await ask(url, { method: 'HEAD' });
		await ask(url, { method: 'GET', headers: { 'If-None-Match': '*' } });
		const whole = expect.objectContaining({ status: 200, body: Buffer.from('text') });
		expect(outcomes).toEqual([whole, whole]);
	});

	it('is not kept beyond the limit, nor waited for', async () => {
		const { url, outcomes } = await started((r) => Readable.from(chunksOf(1_000_000)).pipe(r), {
			maxBytes: 10_000,
		});
		expect((await ask(url)).text).toBe('{"kind":"tooLarge"}');
		expect(outcomes).toHaveLength(1);
	});

	it('may be large', async () => {
		const text = 'я'.repeat(4_000_000);
		const { url } = await started((r) => r.send(text));
		const { text: answer, headers } = await ask(url, { headers: { 'Accept-Encoding': 'gzip' } });
		expect((JSON.parse(answer) as { body: string }).body).toBe(text);
		expect(headers['content-length']).toBe(String(Buffer.byteLength(answer)));
	});
});
