import { lookup } from 'node:dns';
import { once } from 'node:events';
import http, { type RequestListener } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_MAX_VERSION, DEFAULT_MIN_VERSION } from 'node:tls';
import type { IHttpRequestOptions, NodeEgressFilter } from 'n8n-workflow';
import { createHttpClient, HttpFailure, type HttpRequest } from '../../../nodes/shared/http';
import { systemError } from './client-sockets';
import { serve, serveTcp, serveTls } from './loopback';
import { watchServers } from './watched-servers';

const passing: NodeEgressFilter = {
	validateUrl: async () => await Promise.resolve({ ok: true, result: undefined }),
	validateConnectionHost: () => ({ ok: true, result: undefined }),
	createSecureLookup: () => lookup,
	validateRedirectSync: () => undefined,
};
const httpRequest = jest.fn();
const clientWith = (filter: Partial<NodeEgressFilter> = {}) =>
	createHttpClient({ httpRequest, getSecureEgressFilter: () => ({ ...passing, ...filter }) });
const send = clientWith();
/** As where a proxy is set, or n8n has no egress filter. */
const sendByHelper = createHttpClient({ httpRequest });

const request = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
	url,
	method: 'POST',
	body: 'signature-1234',
	timeout: 5_000,
	maxAnswerBytes: 1_000_000,
	allowUnauthorizedCerts: true,
	...more,
});

const { started, breakWith } = watchServers();
afterEach(() => void httpRequest.mockReset());

async function failureOf(promise: Promise<unknown>): Promise<HttpFailure> {
	const error: unknown = await promise.then(
		() => undefined,
		(reason: unknown) => reason,
	);
	expect(error).toBeInstanceOf(HttpFailure);
	return error as HttpFailure;
}

const textOf = ({ message, description }: HttpFailure) => `${message}. ${description}`;

/** Never answers; tells when it has a request whole. */
const receiving =
	(onReceived: () => void): RequestListener =>
	(incoming) => {
		incoming.on('end', onReceived).resume();
	};

const CODES = [
	'EHOSTUNREACH',
	'ENETUNREACH',
	'EPERM',
	'EACCES',
	'ECONNREFUSED',
	'EADDRNOTAVAIL',
	'ETIMEDOUT',
	'ENETDOWN',
	'EPROTO',
	'ERR_SSL_WRONG_VERSION_NUMBER',
	'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
	'ERR_TLS_CERT_ALTNAME_INVALID',
	'ENOTFOUND',
];
const AFTERWARDS = CODES.flatMap((code): Array<[string, string | undefined]> => [
	[code, 'read'],
	[code, undefined],
]);

describe.each(['http', 'https'])('an error behind a request over %s', (protocol) => {
	const server = async (listener: RequestListener) =>
		await started(protocol === 'https' ? serveTls(listener) : serve(listener));

	it.each(AFTERWARDS)('leaves open what became of it: %s, system call %s', async (code, call) => {
		let received = 0;
		const { url } = await server(
			receiving(() => {
				received += 1;
				breakWith(systemError(code, call));
			}),
		);
		const failure = await failureOf(send(request(url)));
		expect(received).toBe(1);
		expect(failure).toMatchObject({ outcome: 'unknown', noConnection: false });
		expect(failure.kind).toBe('broken');
		expect(textOf(failure)).not.toMatch(/nothing was sent/i);
		expect(failure.message).toBe(
			`The connection to ${new URL(url).host} broke before the response (${code})`,
		);
	});

	it('leaves it open over a connection that was kept', async () => {
		let count = 0;
		const { url } = await server((incoming, response) => {
			incoming
				.on('end', () => {
					if (count++ === 0) response.end('{}');
					else breakWith(systemError('EHOSTUNREACH', 'connect'));
				})
				.resume();
		});
		await send(request(url));
		expect(await failureOf(send(request(url)))).toMatchObject({ outcome: 'unknown' });
		expect(count).toBe(2);
	});

	it('leaves it open when the execution is stopped or the time is over', async () => {
		const stop = new AbortController();
		const { url } = await server(receiving(() => stop.abort()));
		expect(await failureOf(send(request(url, { signal: stop.signal })))).toMatchObject({
			kind: 'cancelled',
			outcome: 'unknown',
		});
		const late = await failureOf(send(request(url, { timeout: 300 })));
		expect(late).toMatchObject({ kind: 'timeout', outcome: 'unknown' });
		expect(textOf(late)).not.toMatch(/nothing was sent/i);
	});
});

it('TLS that breaks behind a request leaves open what became of it', async () => {
	let received = 0;
	const tls = await started(
		serveTls(
			receiving(() => {
				received += 1;
				// What TLS cannot read, put into the stream by something between.
				clients.forEach((client) => client.write('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
			}),
		),
	);
	const clients: Socket[] = [];
	const front = await started(
		serveTcp((client) => {
			const behind = connect(Number(new URL(tls.url).port), '127.0.0.1');
			behind.on('error', () => undefined).on('close', () => client.destroy());
			client.on('close', () => behind.destroy());
			client.pipe(behind, { end: false });
			behind.pipe(client, { end: false });
			clients.push(client);
		}),
	);
	const failure = await failureOf(send(request(front.url.replace('http:', 'https:'))));
	expect(received).toBe(1);
	expect(failure).toMatchObject({ kind: 'broken', outcome: 'unknown' });
	expect(textOf(failure)).not.toMatch(/nothing was sent/i);
});

describe('a request without a connection', () => {
	const never: NodeEgressFilter['createSecureLookup'] = () => () => undefined;

	it('was not sent when the time is over while connecting', async () => {
		const failure = await failureOf(
			clientWith({ createSecureLookup: never })(
				request('http://crm.example.com/', { timeout: 300 }),
			),
		);
		expect(failure).toMatchObject({
			kind: 'unreachable',
			outcome: 'notSent',
			noConnection: true,
			message: 'crm.example.com cannot be reached: no connection within 0.3 s',
		});
		expect(failure.description).toMatch(/^Nothing was sent\. Check the address/);
	});

	it('was not sent when the execution is stopped while connecting', async () => {
		const stop = new AbortController();
		setTimeout(() => stop.abort(), 100);
		const failure = await failureOf(
			clientWith({ createSecureLookup: never })(
				request('http://crm.example.com/', { signal: stop.signal }),
			),
		);
		expect(failure).toMatchObject({ kind: 'cancelled', outcome: 'notSent', noConnection: false });
	});

	it.each(CODES)('was not sent when connecting fails: %s', async (code) => {
		const failing = clientWith({
			createSecureLookup: () => (_host, _options, done) => done(systemError(code), '', 4),
		});
		const failure = await failureOf(failing(request('http://crm.example.com/')));
		expect(failure).toMatchObject({ outcome: 'notSent', noConnection: true });
		expect(failure.description).toMatch(/^Nothing was sent\./);
	});

	it.each<[string, (socket: Socket) => void, string]>([
		['hangs', () => undefined, 'unreachable'],
		['is reset', (socket) => void socket.once('data', () => socket.resetAndDestroy()), 'tls'],
		['is closed', (socket) => void socket.once('data', () => socket.end()), 'tls'],
		[
			'is answered by text',
			(socket) => void socket.once('data', () => socket.end('SSH-2.0')),
			'tls',
		],
	])('was not sent when the TLS handshake %s', async (_, listener, kind) => {
		const { url } = await started(serveTcp(listener));
		const failure = await failureOf(
			send(request(url.replace('http:', 'https:'), { timeout: 1_000 })),
		);
		expect(failure).toMatchObject({ kind, outcome: 'notSent', noConnection: true });
		expect(failure.description).toMatch(/^Nothing was sent\./);
	});

	it.each(['TLSv1.2', 'TLSv1.3'] as const)(
		'was not sent to a server whose certificate is not accepted: %s',
		async (version) => {
			let received = 0;
			const { url } = await started(
				serveTls(() => void (received += 1), { minVersion: version, maxVersion: version }),
			);
			const failure = await failureOf(send(request(url, { allowUnauthorizedCerts: false })));
			expect(failure).toMatchObject({ kind: 'tls', outcome: 'notSent', noConnection: true });
			await sleep(50);
			expect(received).toBe(0);
			expect([DEFAULT_MIN_VERSION, DEFAULT_MAX_VERSION]).toEqual(['TLSv1.2', 'TLSv1.3']);
		},
	);

	const redirectInVain = async (status: number): Promise<HttpFailure> => {
		// It closes itself.
		const server = await serve((_, response) => {
			response.writeHead(status, { location: '/exapi/', connection: 'close' }).end();
			void server.close();
		});
		const failure = await failureOf(send(request(server.url)));
		expect(textOf(failure)).not.toMatch(/nothing was sent/i);
		return failure;
	};

	it.each([307, 308])(
		'was not processed when a server redirected it with %i to an unavailable address',
		async (status) => {
			const failure = await redirectInVain(status);
			// A repetition would go to the first server again.
			expect(failure).toMatchObject({
				kind: 'unreachable',
				outcome: 'notSent',
				noConnection: false,
			});
			expect(failure.description).toContain('was not processed: 127.0.0.1');
		},
	);

	it.each([301, 302])(
		'may have been processed when a server redirected it with %i to an unavailable address',
		async (status) => {
			const failure = await redirectInVain(status);
			expect(failure).toMatchObject({ kind: 'broken', outcome: 'unknown', noConnection: false });
			expect(failure.description).toContain('may have processed it');
		},
	);
});

describe('a redirect that is not followed', () => {
	const ELSEWHERE = 'http://elsewhere.invalid/';

	/** Redirects each request as the list says, the last entry again and again. */
	const redirecting = async (...hops: Array<[status: number, location: string]>) => {
		const server = await started(
			serve((_, response) => {
				const [status, location] = (hops.length > 1 ? hops.shift() : hops[0])!;
				response.writeHead(status, { location }).end();
			}),
		);
		return await failureOf(send(request(server.url)));
	};

	it.each<[string, Array<[number, string]>]>([
		['301 to another host', [[301, ELSEWHERE]]],
		['302 to another host', [[302, ELSEWHERE]]],
		['302 to an address that cannot be read', [[302, 'http://[']]],
		['302 without end', [[302, '/again']]],
		[
			'302, then 307 to another host',
			[
				[302, '/exapi/'],
				[307, ELSEWHERE],
			],
		],
		[
			'302, then 307 without end',
			[
				[302, '/exapi/'],
				[307, '/again'],
			],
		],
	])('leaves open whether the server processed the request: %s', async (_, hops) => {
		const failure = await redirecting(...hops);
		expect(failure).toMatchObject({ kind: 'redirected', outcome: 'unknown', noConnection: false });
		expect(failure.description).toMatch(/^127\.0\.0\.1:\d+ may have processed the request\. /);
	});

	it.each<[string, Array<[number, string]>]>([
		['307 to another host', [[307, ELSEWHERE]]],
		['308 to another host', [[308, ELSEWHERE]]],
		['308 without end', [[308, '/again']]],
	])('was not processed: %s', async (_, hops) => {
		const failure = await redirecting(...hops);
		expect(failure).toMatchObject({ kind: 'redirected', outcome: 'rejected', wasSent: true });
		expect(failure.description).not.toContain('may have');
	});
});

describe("n8n's helper", () => {
	it.each<[string, string | undefined, string]>([
		['ECONNREFUSED', 'connect', 'notSent'],
		['ETIMEDOUT', 'connect', 'notSent'],
		['ENOTFOUND', 'getaddrinfo', 'notSent'],
		['EAI_AGAIN', undefined, 'notSent'],
		['DEPTH_ZERO_SELF_SIGNED_CERT', undefined, 'notSent'],
		['ERR_TLS_CERT_ALTNAME_INVALID', undefined, 'notSent'],
		['ECONNREFUSED', 'read', 'unknown'],
		['EHOSTUNREACH', undefined, 'unknown'],
		['ENETUNREACH', 'read', 'unknown'],
		['EPERM', 'write', 'unknown'],
		['EACCES', undefined, 'unknown'],
		['EPROTO', 'write', 'unknown'],
		['ERR_SSL_WRONG_VERSION_NUMBER', undefined, 'unknown'],
		['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', undefined, 'unknown'],
	])('is judged by its code alone where nothing was seen: %s, %s', async (code, call, outcome) => {
		httpRequest.mockRejectedValue(new Error('axios', { cause: systemError(code, call) }));
		const failure = await failureOf(sendByHelper(request('http://crm.example.com/')));
		expect(failure.outcome).toBe(outcome);
		expect(/nothing was sent/i.test(textOf(failure))).toBe(outcome === 'notSent');
	});

	const realHelper = async ({ url, body, abortSignal }: IHttpRequestOptions) => {
		const outgoing = http.request(url, {
			method: 'POST',
			agent: false,
			signal: abortSignal as AbortSignal,
			lookup: url.includes('example.com') ? () => undefined : lookup,
		});
		outgoing.end(body);
		const [incoming] = (await once(outgoing, 'response')) as [http.IncomingMessage];
		return { statusCode: incoming.statusCode, headers: incoming.headers, body: incoming };
	};

	it('is watched: connecting when the time is over', async () => {
		httpRequest.mockImplementation(realHelper);
		const failure = await failureOf(
			sendByHelper(request('http://crm.example.com/', { timeout: 300 })),
		);
		expect(failure).toMatchObject({ kind: 'unreachable', outcome: 'notSent' });
	});

	it('limits connecting to 10 s, with any timeout', async () => {
		httpRequest.mockImplementation(realHelper);
		const failure = await failureOf(
			sendByHelper(request('http://crm.example.com/', { timeout: 50_000 })),
		);
		expect(failure).toMatchObject({
			kind: 'unreachable',
			outcome: 'notSent',
			noConnection: true,
			message: 'crm.example.com cannot be reached: no connection within 10 s',
		});
	});

	it('is watched: broken behind the request', async () => {
		httpRequest.mockImplementation(realHelper);
		const { url } = await started(
			serve(receiving(() => breakWith(systemError('EHOSTUNREACH', 'connect')))),
		);
		expect(await failureOf(sendByHelper(request(url)))).toMatchObject({
			kind: 'broken',
			outcome: 'unknown',
		});
	});
});

describe('the cause of a failure', () => {
	it('is what the system reported, and nothing of the request', async () => {
		const { url } = await started(
			serve(receiving(() => breakWith(systemError('EHOSTUNREACH', 'read')))),
		);
		const failure = await failureOf(
			send(request(`${url}?key=signature-1234`, { headers: { 'x-key': 'signature-1234' } })),
		);
		expect(failure.cause).toMatchObject({
			code: 'EHOSTUNREACH',
			syscall: 'read',
			message: 'read EHOSTUNREACH',
		});
		const all = (value: object): string =>
			JSON.stringify(value, (_, held: unknown) =>
				held instanceof Error
					? Object.fromEntries(
							Object.getOwnPropertyNames(held).map((name) => [
								name,
								(held as unknown as Record<string, unknown>)[name],
							]),
						)
					: held,
			);
		expect(all(failure)).toContain('EHOSTUNREACH');
		expect(all(failure)).not.toContain('signature-1234');
	});

	it('names every address that was dialed in vain', async () => {
		const errors = ['::1', '127.0.0.1'].map((address) =>
			Object.assign(systemError('ECONNREFUSED', 'connect'), { address, port: 443 }),
		);
		httpRequest.mockRejectedValue(
			Object.assign(new AggregateError(errors), { code: 'ECONNREFUSED' }),
		);
		const failure = await failureOf(sendByHelper(request('http://crm.example.com/')));
		expect((failure.cause as Error).message).toBe(
			'connect ECONNREFUSED ::1:443; connect ECONNREFUSED 127.0.0.1:443',
		);
	});

	it.each([
		['text of somebody else as a code', { code: 'signature-1234' }],
		['no code', {}],
		['a code of somebody else and a call', { code: 'secret', syscall: 'signature-1234' }],
	])('is left out when there is %s', async (_, more) => {
		httpRequest.mockRejectedValue(Object.assign(new Error('signature-1234'), more));
		const failure = await failureOf(sendByHelper(request('http://crm.example.com/')));
		expect(failure.cause).toBeUndefined();
	});
});
