import { lookup } from 'node:dns';
import type { RequestListener } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { NodeEgressFilter } from 'n8n-workflow';
import {
	checkAddress,
	createHttpClient,
	HttpFailure,
	withRetries,
	parseRetryAfter,
	textOfBody,
	type HttpRequest,
	type HttpResponse,
} from '../../../nodes/shared/http';
import { toHttpFailure } from '../../../nodes/shared/http/failure';
import { serve, serveTcp, serveTls, type Loopback } from './loopback';

const passing: NodeEgressFilter = {
	validateUrl: async () => await Promise.resolve({ ok: true, result: undefined }),
	validateConnectionHost: () => ({ ok: true, result: undefined }),
	createSecureLookup: () => lookup,
	validateRedirectSync: () => undefined,
};
const httpRequest = jest.fn();
const send = createHttpClient({ httpRequest, getSecureEgressFilter: () => passing });

const servers: Loopback[] = [];
const started = async (server: Promise<Loopback>) => {
	servers.push(await server);
	return servers.at(-1)!;
};
afterEach(async () => {
	httpRequest.mockReset();
	await Promise.all(servers.splice(0).map(async (server) => await server.close()));
});

const request = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
	url,
	method: 'POST',
	body: '{"при":"вет"}',
	timeout: 2_000,
	maxAnswerBytes: 1_000_000,
	allowUnauthorizedCerts: false,
	...more,
});

async function failureOf(promise: Promise<unknown>): Promise<HttpFailure> {
	const error: unknown = await promise.then(
		() => undefined,
		(reason: unknown) => reason,
	);
	expect(error).toBeInstanceOf(HttpFailure);
	return error as HttpFailure;
}

const echo: RequestListener = (incoming, response) => {
	const chunks: Buffer[] = [];
	incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
	incoming.on('end', () => {
		response.setHeader('X-Method', incoming.method ?? '');
		response.end(Buffer.concat(chunks));
	});
};

describe('an exchange', () => {
	it('sends bytes and returns status, headers and bytes', async () => {
		const { url } = await started(
			serve((_, response) => response.writeHead(418, { 'X-A': 'b' }).end('short and stout')),
		);
		const response = await send(request(url));
		expect(response).toMatchObject({ status: 418, headers: { 'x-a': 'b' } });
		expect(response.body.toString()).toBe('short and stout');
	});

	it('accepts any content type, unless the request has another header', async () => {
		const accepted: RequestListener = (incoming, response) =>
			response.end(String(incoming.headers.accept));
		const { url } = await started(serve(accepted));
		const textFor = async (headers: Record<string, string>) =>
			(await send(request(url, { headers }))).body.toString();
		expect(await textFor({})).toBe('*/*');
		expect(await textFor({ Accept: 'text/xml' })).toBe('text/xml');
	});

	it('reuses one connection for consecutive requests', async () => {
		const server = await started(serve(echo));
		for (let count = 0; count < 10; count++) await send(request(server.url));
		expect(server.connections()).toBe(1);
	});

	it('closes an idle connection before servers do', async () => {
		const closed: number[] = [];
		const server = await started(
			serve((incoming, response) => {
				const since = Date.now();
				incoming.socket.once('close', () => closed.push(Date.now() - since));
				response.end('{}');
			}),
		);
		await send(request(server.url));
		await sleep(4_600);
		expect(closed).toHaveLength(1);
		expect(closed[0]).toBeGreaterThan(3_000);
	}, 10_000);

	it('decompresses', async () => {
		const { url } = await started(
			serve((_, response) =>
				response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('text')),
			),
		);
		expect((await send(request(url))).body.toString()).toBe('text');
	});
});

describe('a failed exchange', () => {
	it.each<[string, () => Promise<Loopback>, string, string]>([
		[
			'a connection closed without a byte',
			async () => await serve((incoming) => incoming.socket.destroy()),
			'closed',
			'unknown',
		],
		[
			'an end in the middle of the answer',
			async () =>
				await serve((_, response) => {
					response.writeHead(200, { 'content-length': '100' }).write('half');
					setTimeout(() => response.destroy(), 20);
				}),
			'broken',
			'unknown',
		],
		[
			'what is not HTTP',
			async () => await serveTcp((socket) => socket.end('SSH-2.0-x\r\n')),
			'broken',
			'unknown',
		],
		['no answer in time', async () => await serve(() => undefined), 'timeout', 'unknown'],
		[
			'a body that drips for too long',
			async () =>
				await serve((_, response) => {
					const timer = setInterval(() => response.write('.'), 50);
					response.on('close', () => clearInterval(timer));
				}),
			'timeout',
			'unknown',
		],
		[
			'an answer that is too large',
			async () => await serve((_, response) => response.end(Buffer.alloc(1_000_001))),
			'tooLarge',
			'unknown',
		],
		[
			'a gzip bomb',
			async () => {
				const bomb = gzipSync(Buffer.alloc(50_000_000));
				return await serve((_, response) =>
					response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
				);
			},
			'tooLarge',
			'unknown',
		],
		['an untrusted certificate', async () => await serveTls(echo), 'tls', 'notSent'],
		[
			'a redirect to another host',
			async () =>
				await serve((_, response) =>
					response.writeHead(307, { location: 'http://elsewhere.invalid/' }).end(),
				),
			'redirected',
			'rejected',
		],
		[
			'redirects without end',
			async () =>
				await serve((_, response) => response.writeHead(307, { location: '/again' }).end()),
			'redirected',
			'rejected',
		],
	])('has its own kind: %s', async (_, start, kind, outcome) => {
		const { url } = await started(start());
		const before = Date.now();
		const failure = await failureOf(send(request(url, { timeout: 500 })));
		expect(failure).toMatchObject({ kind, outcome });
		// What to do about it.
		expect(failure.description).toMatch(/\w{3,}.*\.$/);
		expect(Date.now() - before).toBeLessThan(10_000);
	});

	it('reports a closed port and an unknown name', async () => {
		const server = await serve(echo);
		await server.close();
		expect(await failureOf(send(request(server.url)))).toMatchObject({
			kind: 'unreachable',
			message: expect.stringContaining('nothing listens'),
		});
		expect(await failureOf(send(request('http://no-such-host.invalid/')))).toMatchObject({
			kind: 'unreachable',
			message: expect.stringContaining('its name is not known'),
		});
	});

	it('reports TLS to a port without TLS', async () => {
		const { url } = await started(serve(echo));
		expect(await failureOf(send(request(url.replace('http:', 'https:'))))).toMatchObject({
			kind: 'tls',
		});
	});

	it('reports a stopped execution, also one that was stopped before', async () => {
		const { url } = await started(serve(() => undefined));
		const stop = new AbortController();
		const stopped = failureOf(send(request(url, { signal: stop.signal })));
		setTimeout(() => stop.abort(), 50);
		expect(await stopped).toMatchObject({ kind: 'cancelled', outcome: 'unknown' });
		const unsent = await failureOf(send(request(url, { signal: stop.signal })));
		expect(unsent).toMatchObject({ kind: 'cancelled', outcome: 'notSent' });
	});

	it('sends nothing when the execution is stopped while n8n checks the address', async () => {
		const server = await started(serve(echo));
		const stop = new AbortController();
		const slow: NodeEgressFilter = {
			...passing,
			async validateUrl() {
				stop.abort();
				return await Promise.resolve({ ok: true, result: undefined });
			},
		};
		const sendSlowly = createHttpClient({ httpRequest, getSecureEgressFilter: () => slow });
		const failure = await failureOf(sendSlowly(request(server.url, { signal: stop.signal })));
		expect(failure.kind).toBe('cancelled');
		await sleep(100);
		expect(server.connections()).toBe(0);
	});

	it.each([
		['none of which can be reached', ['connect', 'connect'], 'unreachable', 'notSent'],
		['one of which was spoken to', ['connect', 'read'], 'broken', 'unknown'],
	])('of a host with several addresses, %s', (_, syscalls, kind, outcome) => {
		const errors = syscalls.map((syscall) =>
			Object.assign(new Error('no'), { syscall, code: 'ETIMEDOUT' }),
		);
		// As Node reports it: with the code of the first.
		const error = Object.assign(new AggregateError(errors), { code: 'ETIMEDOUT' });
		const wrapped = new Error('axios', { cause: error });
		expect(toHttpFailure(wrapped, 'crm.example.com', false)).toMatchObject({ kind, outcome });
	});

	it('contains nothing of the request', async () => {
		const { url } = await started(serve((incoming) => incoming.socket.destroy()));
		const failure = await failureOf(
			send(request(url, { body: 'signature-1234', headers: { 'x-key': 'signature-1234' } })),
		);
		expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain(
			'signature-1234',
		);
		expect(JSON.stringify(failure.cause)).not.toContain('signature-1234');
	});
});

describe('TLS', () => {
	it('accepts any certificate if the credential allows it', async () => {
		const { url } = await started(serveTls(echo));
		const { status } = await send(request(url, { allowUnauthorizedCerts: true }));
		expect(status).toBe(200);
		// The other setting has connections of its own.
		expect((await failureOf(send(request(url)))).kind).toBe('tls');
	});
});

describe('a redirect that is wanted as the answer', () => {
	it.each([301, 302, 303])('is not followed (%i)', async (status) => {
		let received = 0;
		const { url } = await started(
			serve((_, response) => {
				received += 1;
				response.writeHead(status, { location: '/?success=ok' }).end();
			}),
		);
		const answer = await send(request(url, { redirects: 'return' }));
		expect(answer).toMatchObject({ status, headers: { location: '/?success=ok' } });
		expect(received).toBe(1);
	});

	it.each([307, 308])('is followed where nothing was processed (%i)', async (status) => {
		const { url } = await started(
			serve((incoming, response) =>
				incoming.url === '/exapi'
					? void response.writeHead(status, { location: '/form' }).end()
					: echo(incoming, response),
			),
		);
		const answer = await send(request(url, { redirects: 'return' }));
		expect(answer).toMatchObject({ status: 200, body: Buffer.from('{"при":"вет"}') });
	});
});

describe('a redirect on the same host', () => {
	it.each([301, 302, 307, 308])('keeps method and body (%i)', async (status) => {
		const { url } = await started(
			serve((incoming, response) =>
				incoming.url === '/exapi'
					? void response.writeHead(status, { location: '/exapi/' }).end()
					: echo(incoming, response),
			),
		);
		const response = await send(request(url));
		expect(response.headers['x-method']).toBe('POST');
		expect(response.body.toString()).toBe('{"при":"вет"}');
	});

	it('is not followed after HTTP 303, which means that the request was executed', async () => {
		const { url } = await started(
			serve((_, response) => response.writeHead(303, { location: '/' }).end()),
		);
		expect((await send(request(url))).status).toBe(303);
	});
});

describe("n8n's rules", () => {
	it('apply before a connection and while connecting', async () => {
		const server = await started(serve(echo));
		const blocking = (filter: Partial<NodeEgressFilter>) =>
			createHttpClient({ httpRequest, getSecureEgressFilter: () => ({ ...passing, ...filter }) });
		const before = blocking({
			validateUrl: async () => await Promise.resolve({ ok: false, error: new Error('no') }),
		});
		class SsrfBlockedIpError extends Error {}
		const connecting = blocking({
			createSecureLookup: () => (_host, _options, done) =>
				done(new SsrfBlockedIpError('no'), '', 4),
		});
		expect((await failureOf(before(request(server.url)))).kind).toBe('blocked');
		expect(
			(await failureOf(connecting(request(server.url.replace('127.0.0.1', 'localhost'))))).kind,
		).toBe('blocked');
		expect(server.connections()).toBe(0);
	});

	it('make the helper send if a proxy is set, or if there is no filter', async () => {
		const { url } = await started(serve(echo));
		const { Readable } = await import('node:stream');
		httpRequest.mockImplementation(
			async () =>
				await Promise.resolve({
					statusCode: 200,
					headers: {},
					body: Readable.from([Buffer.from('by helper')]),
				}),
		);
		process.env.http_proxy = 'http://127.0.0.1:9';
		try {
			expect((await send(request(url))).body.toString()).toBe('by helper');
		} finally {
			delete process.env.http_proxy;
		}
		expect((await createHttpClient({ httpRequest })(request(url))).body.toString()).toBe(
			'by helper',
		);
		expect(httpRequest).toHaveBeenCalledTimes(2);
		expect(httpRequest.mock.calls[0]).toEqual([
			expect.objectContaining({ disableFollowRedirect: true, timeout: 7_000 }),
		]);
	});
});

describe('text of a body', () => {
	const response = (body: Buffer, type = ''): HttpResponse => ({
		status: 200,
		headers: { 'content-type': type },
		body,
	});

	it.each([
		['UTF-8', Buffer.from('заказ'), 'text/html; charset=windows-1251'],
		['a byte order mark', Buffer.from('\ufeffзаказ'), 'application/json'],
		[
			'windows-1251',
			Buffer.from([0xe7, 0xe0, 0xea, 0xe0, 0xe7]),
			'text/html; charset="windows-1251"',
		],
		['windows-1251 that nothing names', Buffer.from([0xe7, 0xe0, 0xea, 0xe0, 0xe7]), 'text/html'],
		[
			'windows-1251 that is called UTF-8',
			Buffer.from([0xe7, 0xe0, 0xea, 0xe0, 0xe7]),
			'application/json; charset=UTF-8',
		],
	])('is read: %s', (_, body, type) => {
		expect(textOfBody(response(body, type))).toBe('заказ');
	});

	it('is UTF-8 where most of it is, and loses the bytes that are not', () => {
		const body = Buffer.concat([
			Buffer.from('заказ '),
			Buffer.from([0xe7, 0xe0]),
			Buffer.from('!'),
		]);
		expect(textOfBody(response(body, 'application/json'))).toBe('заказ \ufffd\ufffd!');
	});

	it('never fails', () => {
		expect(textOfBody(response(Buffer.from([0xff, 0x41]), 'text/html; charset=no-such'))).toBe(
			'\ufffdA',
		);
	});
});

describe('an address', () => {
	it.each([
		['', 'empty'],
		[undefined, 'empty'],
		['crm.example.com/exapi', 'not an address'],
		['ftp://crm.example.com', 'not an address'],
		['https://crm.example.com\t.evil.example', 'not an address'],
		['h\nttps:crm.example.com', 'not an address'],
		['http://a:b@crm.example.com', 'user name or password'],
	])('is refused: %s', (address, reason) => {
		expect(() => checkAddress(address, 'The URL')).toThrow(reason);
	});

	it('is kept unchanged', () => {
		expect(checkAddress(' https://crm.example.com/exapi?x=1 ', 'The URL')).toBe(
			'https://crm.example.com/exapi?x=1',
		);
	});
});

describe('withRetries', () => {
	it('tries up to three times, and retries only if it is allowed', async () => {
		const call = jest.fn(async () => await Promise.reject(new Error('no')));
		await expect(withRetries(call, () => ({ again: true, after: 1 }))).rejects.toThrow('no');
		expect(call).toHaveBeenCalledTimes(3);
		await expect(withRetries(call, () => ({ again: false }))).rejects.toThrow('no');
		expect(call).toHaveBeenCalledTimes(4);
	});

	it('does not wait forever, nor after the execution was stopped', async () => {
		const call = jest.fn(async () => await Promise.reject(new Error('no')));
		await expect(withRetries(call, () => ({ again: true, after: 31_000 }))).rejects.toThrow('no');
		const stop = new AbortController();
		setTimeout(() => stop.abort(), 30);
		await expect(
			withRetries(call, () => ({ again: true, after: 20_000 }), stop.signal),
		).rejects.toThrow('no');
		expect(call).toHaveBeenCalledTimes(2);
	});

	it('reads Retry-After as seconds or as a date', () => {
		expect(parseRetryAfter('2')).toBe(2_000);
		expect(parseRetryAfter(new Date(Date.now() + 5_000).toUTCString())).toBeGreaterThan(3_000);
		expect(parseRetryAfter(undefined)).toBeUndefined();
		expect(parseRetryAfter('soon')).toBeUndefined();
	});
});
