import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGunzip, gzipSync } from 'node:zlib';
import type { Request } from 'express';
import type { IWebhookFunctions } from 'n8n-workflow';
import { readRawBody } from '../../../nodes/shared/webhook';
import { serve, type Loopback } from './loopback';

const BODY_TIMEOUTS = { begin: 300, idle: 400, whole: 2_000 };
/** For a body that is sent with PUT. */
const LONG_TIMEOUTS = { begin: 300, idle: 10_000, whole: 20_000 };
const BODY = Buffer.alloc(40, 'a');
const PACKED = gzipSync(BODY);

/** As n8n's: an unpacking stream does not hear that what it unpacks broke off. */
async function readAsN8nDoes(request: IncomingMessage & { rawBody?: Buffer }): Promise<void> {
	const isPacked = request.headers['content-encoding'] === 'gzip';
	const stream = isPacked ? request.pipe(createGunzip()) : request;
	const chunks: Buffer[] = [];
	await new Promise<void>((resolve, reject) => {
		stream.on('data', (chunk: Buffer) => chunks.push(chunk));
		stream.on('aborted', () => reject(new Error('aborted')));
		stream.on('error', reject).on('end', resolve);
	});
	request.rawBody = Buffer.concat(chunks);
}

/** Nothing is told here. */
const node = {} as IWebhookFunctions;

let outcomes: string[];
let server: Loopback;
beforeAll(async () => {
	server = await serve((request: IncomingMessage, response: ServerResponse) => {
		const timeouts = request.method === 'PUT' ? LONG_TIMEOUTS : BODY_TIMEOUTS;
		const given = Object.assign(request, {
			readRawBody: async () => await readAsN8nDoes(request),
		});
		readRawBody(node, given as unknown as Request, timeouts).then(
			(body) => {
				outcomes.push(`${body.length} bytes`);
				response.end();
			},
			(error: unknown) => void outcomes.push(String(error)),
		);
	});
});
afterAll(async () => await server.close());
beforeEach(() => (outcomes = []));

const headOf = (length: number, encoding: string) =>
	`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n${encoding}\r\n`;
const GZIP = 'Content-Encoding: gzip\r\n';

async function open(head: string): Promise<Socket> {
	const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
	socket.on('error', () => undefined).resume();
	await new Promise<void>((resolve) => socket.write(head, () => resolve()));
	return socket;
}

async function outcome(): Promise<string> {
	for (let waited = 0; outcomes.length === 0 && waited < 5_000; waited += 20) await sleep(20);
	return outcomes.join();
}

it.each([
	['packed', GZIP],
	['not packed', ''],
])('readRawBody stops waiting for a body that breaks off, %s', async (_, encoding) => {
	const socket = await open(headOf(100, encoding));
	socket.write(PACKED.subarray(0, 3), () => socket.destroy());
	expect(await outcome()).toMatch(/closed|aborted/);
});

it.each([
	['packed', GZIP],
	['not packed', ''],
])('readRawBody closes the connection of a body that stalls, %s', async (_, encoding) => {
	const socket = await open(headOf(100, encoding));
	const closed = new Promise<void>((resolve) => void socket.once('close', () => resolve()));
	socket.write(PACKED.subarray(0, 3));
	expect(await outcome()).toBe('Error: The body did not arrive: it takes too long');
	await closed;
	expect(socket.bytesRead).toBe(0);
});

it('readRawBody waits less long for the first byte than for the next one', async () => {
	const started = performance.now();
	const socket = await open(headOf(100, '').replace('POST', 'PUT'));
	expect(await outcome()).toBe('Error: The body did not arrive: it takes too long');
	expect(performance.now() - started).toBeLessThan(LONG_TIMEOUTS.idle);
	socket.destroy();
});

it('readRawBody waits for the next byte of a body that has started', async () => {
	const socket = await open(headOf(100, '').replace('POST', 'PUT'));
	socket.write('a');
	await sleep(3 * LONG_TIMEOUTS.begin);
	expect(outcomes).toEqual([]);
	socket.destroy();
	expect(await outcome()).toMatch(/closed|aborted/);
});

it('readRawBody limits the total time of a body that sends single bytes', async () => {
	const socket = await open(headOf(10_000, ''));
	const drip = setInterval(() => socket.write('a'), BODY_TIMEOUTS.idle / 4);
	socket.once('close', () => clearInterval(drip));
	const outcomeSeen = await outcome();
	socket.destroy();
	expect(outcomeSeen).toBe('Error: The body did not arrive: it takes too long');
});

it.each([
	['packed', GZIP, PACKED],
	['not packed', '', BODY],
])('readRawBody reads a slow body, %s', async (_, encoding, bytes) => {
	const socket = await open(headOf(bytes.length, encoding));
	// Longer than the idle time, shorter than the whole.
	for (let at = 0; at < bytes.length; at += 5) {
		socket.write(bytes.subarray(at, at + 5));
		await sleep(BODY_TIMEOUTS.idle / 4);
	}
	expect(await outcome()).toBe(`${BODY.length} bytes`);
	socket.destroy();
});

it('readRawBody waits for a complete body that is still being decompressed', async () => {
	const [head, tail] = [PACKED.subarray(0, 20), PACKED.subarray(20)];
	const socket = await open(headOf(PACKED.length, GZIP));
	socket.write(head);
	await sleep(BODY_TIMEOUTS.idle / 2);
	socket.write(tail, () => socket.end());
	expect(await outcome()).toBe(`${BODY.length} bytes`);
});
