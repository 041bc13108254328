import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGzip, gzipSync } from 'node:zlib';
import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { clientRightApiTest } from '../../nodes/ClientRight/client/credential-test';
import { elektrikApiTest } from '../../nodes/Elektrik/client/portal';
import { exapiApiTest } from '../../nodes/Exapi/client/credential-test';
import { thorough } from '../extent';
import { serve } from '../unit/shared/loopback';
import { credentialTestFunctions } from './engine';

const MEGABYTE = 1024 * 1024;

type Test = (
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
) => Promise<INodeCredentialTestResult>;

const TESTS: ReadonlyArray<[service: string, test: Test, data: Record<string, unknown>]> = [
	['exapi', exapiApiTest, { sender: 'shop', secret: 'secret', timeZone: 'Europe/Moscow' }],
	['ClientRight', clientRightApiTest, { username: 'api', accessKey: 'key' }],
	['Elektrik.ru', elektrikApiTest, { uid: 'uid' }],
];

type Handler = (response: ServerResponse) => void;

/** Runs one credential test against a server that does this, through n8n's own helper. */
async function run(test: Test, data: Record<string, unknown>, handler: Handler) {
	const sockets = new Set<Socket>();
	const server = await serve((request, response) => {
		sockets.add(request.socket);
		request.resume();
		response.on('error', () => undefined);
		handler(response);
	});
	const started = performance.now();
	const credential = { id: '1', name: 'x', type: 'x', data: { ...data, url: server.url } };
	try {
		const { message } = await test.call(credentialTestFunctions(), credential);
		const seconds = (performance.now() - started) / 1000;
		await sleep(100);
		return { message, seconds, open: [...sockets].filter(({ destroyed }) => !destroyed).length };
	} finally {
		await server.close();
	}
}

/** The most memory that the process takes while something runs. */
async function peakOf(work: () => Promise<unknown>): Promise<number> {
	const taken = () => {
		const { heapUsed, external } = process.memoryUsage();
		return heapUsed + external;
	};
	const before = taken();
	let peak = before;
	const timer = setInterval(() => (peak = Math.max(peak, taken())), 1);
	try {
		await work();
	} finally {
		clearInterval(timer);
	}
	return peak - before;
}

/** A gzip file may have many parts. */
const GIGABYTE_OF_BLANKS = Buffer.concat(Array(1024).fill(gzipSync(' '.repeat(MEGABYTE))));

const LARGE: Record<string, Handler> = {
	'a gigabyte in a megabyte of gzip': (response) =>
		void response.writeHead(200, { 'content-encoding': 'gzip' }).end(GIGABYTE_OF_BLANKS),
	'two megabytes, with HTTP 500': (response) =>
		void response.writeHead(500).end('['.repeat(2 * MEGABYTE)),
	'bytes without end': (response) => {
		const write = () => {
			while (!response.destroyed && response.write('x'.repeat(MEGABYTE)));
		};
		response.on('drain', write).writeHead(200);
		write();
	},
	'gzip without end': (response) => {
		const gzip = createGzip();
		response.writeHead(200, { 'content-encoding': 'gzip' }).on('close', () => gzip.destroy());
		gzip.pipe(response);
		const write = () => {
			while (!gzip.destroyed && gzip.write(' '.repeat(MEGABYTE)));
		};
		gzip.on('drain', write);
		write();
	},
};

describe.each(TESTS)('the test of the %s credential', (_, test, data) => {
	it.each(Object.keys(LARGE))('stops reading %s', async (kind) => {
		const peak = await peakOf(async () => {
			const { message } = await run(test, data, LARGE[kind]!);
			expect(message).toMatch(/^The response from 127\.0\.0\.1:\d+ is larger than 1 MB/);
		});
		expect(peak).toBeLessThan(64 * MEGABYTE);
	});
});

const SLOW: Record<string, Handler> = {
	'drips its body': (response) => {
		const timer = setInterval(() => response.write(' '), 100);
		response.writeHead(200).on('close', () => clearInterval(timer));
	},
	'drips its headers': (response) => {
		const { socket } = response;
		socket?.write('HTTP/1.1 200 OK\r\nx: ');
		const timer = setInterval(() => socket?.write('x'), 100);
		socket?.on('close', () => clearInterval(timer));
	},
	'says nothing': () => undefined,
	'redirects slowly': (response) => {
		setTimeout(() => response.writeHead(307, { location: '/again' }).end(), 6_000).unref();
	},
};

thorough(
	'a credential test ends after 15 s and closes its connection with any server',
	async () => {
		const cases = TESTS.flatMap(([service, test, data]) =>
			Object.entries(SLOW).map(([kind, handler]) => ({ service, kind, test, data, handler })),
		);
		const outcomes = await Promise.all(
			cases.map(async ({ service, kind, test, data, handler }) => {
				const { message, seconds, open } = await run(test, data, handler);
				return { service, kind, message, late: seconds > 17, open };
			}),
		);
		expect(outcomes).toEqual(
			cases.map(({ service, kind }) => ({
				service,
				kind,
				message: expect.stringMatching(/did not respond within \d+ s/),
				late: false,
				open: 0,
			})),
		);
	},
	60_000,
);
