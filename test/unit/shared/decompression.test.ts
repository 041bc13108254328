import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGunzip, gzipSync } from 'node:zlib';
import type { Request } from 'express';
import type { IWebhookFunctions } from 'n8n-workflow';
import { readRawBody } from '../../../nodes/shared/webhook';
import { serve, type Loopback } from './loopback';

const LIMIT = 1024 * 1024;

/** As n8n's: it stops listening to the stream that unpacks when the body is over the limit. */
async function readAsN8nDoes(request: IncomingMessage & { rawBody?: Buffer }): Promise<void> {
	const stream = request.pipe(createGunzip());
	const chunks: Buffer[] = [];
	let size = 0;
	await new Promise<void>((resolve, reject) => {
		const stop = () => void stream.off('data', onData).off('error', reject).pause();
		const onData = (chunk: Buffer) => {
			size += chunk.length;
			chunks.push(chunk);
			if (size <= LIMIT) return;
			stop();
			reject(new Error('request entity too large'));
		};
		stream.on('data', onData).on('error', reject).on('end', resolve);
	});
	request.rawBody = Buffer.concat(chunks);
}

/** Nothing is told here. */
const node = {} as IWebhookFunctions;

/** What came of each body that was sent. */
const outcomes: string[] = [];
let server: Loopback;
beforeAll(async () => {
	server = await serve((request, response) => {
		const given = Object.assign(request, {
			readRawBody: async () => await readAsN8nDoes(request),
		});
		readRawBody(node, given as unknown as Request).then(
			(body) => {
				outcomes.push(`${body.length} bytes`);
				response.end();
			},
			(error: unknown) => {
				outcomes.push(String(error));
				response.writeHead(400).end();
			},
		);
	});
});
afterAll(async () => await server.close());
beforeEach(() => void (outcomes.length = 0));

async function send(body: Buffer): Promise<void> {
	const sent = httpRequest(server.url, { method: 'POST', agent: false });
	sent.on('error', () => undefined).end(body);
	const [response] = (await once(sent, 'response')) as [IncomingMessage];
	response.resume();
	await once(response, 'close');
}

it('readRawBody reads a compressed body', async () => {
	await send(gzipSync(Buffer.alloc(1000)));
	expect(outcomes).toEqual(['1000 bytes']);
});

it.each([17_000, 20_000, 32_768, 50_000])(
	'readRawBody rejects a body over the limit that is corrupt %i bytes later, and n8n does not crash',
	async (more) => {
		const packed = gzipSync(Buffer.alloc(LIMIT + more), { level: 9 });
		await send(Buffer.concat([packed.subarray(0, -8), Buffer.alloc(64, 0xff)]));
		// An error that nobody hears fails the whole file, as it would end n8n.
		await sleep(50);
		expect(outcomes).toEqual(['Error: request entity too large']);
	},
);
