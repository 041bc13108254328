import { lookup } from 'node:dns';
import type { IncomingMessage, RequestListener } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IHttpRequestOptions, NodeEgressFilter } from 'n8n-workflow';
import {
	createHttpClient,
	type FormFile,
	type FormPart,
	type HttpClient,
	HttpFailure,
	type HttpRequest,
	multipartForm,
} from '../../../nodes/shared/http';
import { type Loopback, serve } from './loopback';

const passing: NodeEgressFilter = {
	validateUrl: async () => await Promise.resolve({ ok: true, result: undefined }),
	validateConnectionHost: () => ({ ok: true, result: undefined }),
	createSecureLookup: () => lookup,
	validateRedirectSync: () => undefined,
};
const unused = { httpRequest: jest.fn() };
const send = createHttpClient({ ...unused, getSecureEgressFilter: () => passing });

const servers: Loopback[] = [];
async function start(listener: RequestListener): Promise<Loopback> {
	servers.push(await serve(listener));
	return servers.at(-1)!;
}
afterEach(async () => {
	await Promise.all(servers.splice(0).map(async (server) => await server.close()));
});

async function* pieces(...texts: Array<string | Buffer>): AsyncGenerator<Uint8Array> {
	for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

/** A file that is read for as long as somebody wants it. */
async function* dripping(atEnd: () => void): AsyncGenerator<Uint8Array> {
	try {
		for (;;) {
			yield Buffer.from('a');
			await sleep(10);
		}
	} finally {
		atEnd();
	}
}

const file = (content: string, more: Partial<FormFile> = {}): FormFile => ({
	name: 'filename',
	fileName: 'Договор.pdf',
	mimeType: 'application/pdf',
	bytes: Buffer.byteLength(content),
	open: () => pieces(content),
	...more,
});

function requestFor(url: string, parts: readonly FormPart[]): HttpRequest {
	return {
		url,
		method: 'POST',
		...multipartForm(parts),
		timeout: 5_000,
		maxAnswerBytes: 1_000_000,
		allowUnauthorizedCerts: false,
	};
}

async function bytesOf(incoming: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
	return Buffer.concat(chunks);
}

/** What a program reads of the form, by a parser that is not ours. */
const parsing: RequestListener = (incoming, response) => {
	void (async () => {
		const body = await bytesOf(incoming);
		const parsed = new Response(new Uint8Array(body), {
			headers: { 'content-type': incoming.headers['content-type'] ?? '' },
		});
		// eslint-disable-next-line @typescript-eslint/no-deprecated -- a parser that is not ours is what is wanted
		const form = await parsed.formData();
		const read = await Promise.all(
			[...form.entries()].map(async ([name, value]) =>
				typeof value === 'string'
					? [name, value]
					: [name, value.name, value.type, Buffer.from(await value.arrayBuffer()).toString()],
			),
		);
		const lengths = [incoming.headers['content-length'], String(body.length)];
		response.end(JSON.stringify({ read, lengths }));
	})();
};

const answerOf = async (client: HttpClient, request: HttpRequest): Promise<unknown> =>
	JSON.parse((await client(request)).body.toString());

describe('multipartForm', () => {
	it('is read by others as it was meant, and has the length that its header says', async () => {
		const { url } = await start(parsing);
		const parts = [{ name: 'label:ИНН', value: 'a\r\nб "в"' }, file('%PDF-1.4 тест')];
		const { read, lengths } = (await answerOf(send, requestFor(url, parts))) as {
			read: unknown;
			lengths: string[];
		};
		expect(read).toEqual([
			['label:ИНН', 'a\r\nб "в"'],
			['filename', 'Договор.pdf', 'application/pdf', '%PDF-1.4 тест'],
		]);
		expect(lengths[0]).toBe(lengths[1]);
	});

	it.each([
		['quotes', 'a".pdf', 'a%22.pdf'],
		['line breaks', 'a\r\nx-evil: 1\n.pdf', 'a%0D%0Ax-evil: 1%0A.pdf'],
		['control characters', 'a\u0000\u001b\u007f.pdf', 'a.pdf'],
	])('keeps %s of a name out of headers', async (_, fileName, written) => {
		let received = '';
		const { url } = await start((incoming, response) => {
			void bytesOf(incoming).then((body) => {
				received = body.toString();
				response.end();
			});
		});
		await send(requestFor(url, [file('x', { fileName, name: fileName })]));
		expect(received).toContain(
			`Content-Disposition: form-data; name="${written}"; filename="${written}"\r\n`,
		);
	});

	it.each(['text/html\r\nx-evil: 1', '', 'pdf'])(
		'does not send %j as a MIME type',
		async (mimeType) => {
			const { url } = await start(parsing);
			const answer = await answerOf(send, requestFor(url, [file('x', { mimeType })]));
			expect(JSON.stringify(answer)).toContain('"application/octet-stream"');
		},
	);
});

describe('a streamed body', () => {
	it('is sent over a connection that is kept', async () => {
		const server = await start(parsing);
		await send(requestFor(server.url, [file('one')]));
		await send(requestFor(server.url, [file('two')]));
		expect(server.connections()).toBe(1);
	});

	it('is opened again for a redirect', async () => {
		const { url } = await start((incoming, response) => {
			if (incoming.url === '/exapi') {
				incoming.resume().on('end', () => response.writeHead(307, { location: '/moved' }).end());
			} else parsing(incoming, response);
		});
		expect(JSON.stringify(await answerOf(send, requestFor(url, [file('again')])))).toContain(
			'"again"',
		);
	});

	it('is not opened for an address that n8n does not allow', async () => {
		const open = jest.fn(() => pieces('abc'));
		const filter: NodeEgressFilter = {
			...passing,
			validateUrl: async () => await Promise.resolve({ ok: false, error: new Error('no') }),
		};
		const client = createHttpClient({ ...unused, getSecureEgressFilter: () => filter });
		const sending = client(requestFor('http://127.0.0.1:9/', [file('abc', { open })]));
		await expect(sending).rejects.toMatchObject({ kind: 'blocked', outcome: 'notSent' });
		expect(open).not.toHaveBeenCalled();
	});

	it('goes through the helper of a host without an egress filter', async () => {
		const helper = jest.fn(async ({ body, headers }: IHttpRequestOptions) => {
			const sent = await bytesOf(body as unknown as IncomingMessage);
			const answer = `${headers!['content-length'] as string} ${sent.length}`;
			return { statusCode: 200, headers: {}, body: Readable.from([Buffer.from(answer)]) };
		});
		const client = createHttpClient({ httpRequest: helper });
		const { body } = await client(requestFor('http://crm.example.com/', [file('abc')]));
		const [said, sent] = body.toString().split(' ');
		expect(said).toBe(sent);
	});

	it('is held in memory piece by piece, as fast as it is taken', async () => {
		const piece = Buffer.alloc(64 * 1024, 'x');
		const count = 1_600;
		let read = 0;
		let mostAhead = 0;
		let received = 0;
		const { url } = await start((incoming, response) => {
			incoming.on('data', (chunk: Buffer) => {
				received += chunk.length;
				mostAhead = Math.max(mostAhead, read * piece.length - received);
			});
			incoming.on('end', () => response.end(String(received)));
		});
		async function* open() {
			for (; read < count; read++) yield await Promise.resolve(piece);
		}
		const { body } = await send({
			...requestFor(url, [file('', { bytes: count * piece.length, open })]),
			timeout: 60_000,
		});
		expect(Number(body.toString())).toBeGreaterThan(count * piece.length);
		expect(mostAhead).toBeLessThan(10 * 1024 * 1024);
	});

	it.each([
		['shorter', 1_999_999],
		['longer', 2_000_001],
	])('of a file that became %s is not sent to its end', async (_, length) => {
		let ended = false;
		const { url } = await start((incoming, response) => {
			incoming.on('error', () => undefined).resume();
			incoming.on('end', () => {
				ended = true;
				response.end();
			});
		});
		const open = () =>
			pieces(
				...Array.from({ length: 20 }, () => 'a'.repeat(100_000)).slice(1),
				'a'.repeat(length - 1_900_000),
			);
		const sending = send(requestFor(url, [file('', { bytes: 2_000_000, open })]));
		await expect(sending).rejects.toThrow('The file "Договор.pdf" changed while it was sent');
		await expect(sending).rejects.toMatchObject({ kind: 'storage', outcome: 'unknown' });
		await sleep(50);
		expect(ended).toBe(false);
	});

	it('of a file that cannot be read says so', async () => {
		const { url } = await start((incoming) => void incoming.on('error', () => undefined).resume());
		async function* open(): AsyncGenerator<Uint8Array> {
			yield await Promise.resolve(Buffer.from('a'));
			throw new Error('ENOENT');
		}
		const sending = send(requestFor(url, [file('abc', { open })]));
		await expect(sending).rejects.toBeInstanceOf(HttpFailure);
		await expect(sending).rejects.toMatchObject({ kind: 'storage' });
	});

	it('is not sent any further once the answer is there', async () => {
		let isClosed = false;
		const { url } = await start((_, response) => void response.writeHead(413).end('too large'));
		const open = () => dripping(() => (isClosed = true));
		const request = requestFor(url, [file('', { bytes: 1_000_000, open })]);
		expect(await send(request)).toMatchObject({ status: 413 });
		await sleep(50);
		expect(isClosed).toBe(true);
	});

	it('is closed when the time is over', async () => {
		let isClosed = false;
		const { url } = await start((incoming) => void incoming.on('error', () => undefined).resume());
		const open = () => dripping(() => (isClosed = true));
		const request = requestFor(url, [file('', { bytes: 1_000_000, open })]);
		await expect(send({ ...request, timeout: 200 })).rejects.toMatchObject({ kind: 'timeout' });
		await sleep(50);
		expect(isClosed).toBe(true);
	});
});
