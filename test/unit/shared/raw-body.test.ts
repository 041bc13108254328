import { PassThrough } from 'node:stream';
import type { Request } from 'express';
import type { IWebhookFunctions } from 'n8n-workflow';
import type { readRawBody } from '../../../nodes/shared/webhook';

const BYTES = Buffer.from('{"sender":');

let read: typeof readRawBody;
let logged: string[];
beforeEach(async () => {
	logged = [];
	// What was logged is known for as long as the process lives.
	jest.resetModules();
	({ readRawBody: read } = await import('../../../nodes/shared/webhook'));
});

const nodeNamed = (name: string): IWebhookFunctions => {
	const warn = (message: string) => void logged.push(message);
	// It is asked for no more.
	return { getNode: () => ({ name }), logger: { warn } } as unknown as IWebhookFunctions;
};

/** A request as n8n makes it: its bytes come when they are asked for. */
function requestWith(bytes: Buffer | undefined, readBefore: object = {}): Request {
	const request = Object.assign(new PassThrough(), {
		readRawBody: async () => {
			if (bytes) Object.assign(request, { rawBody: bytes });
			await Promise.resolve();
		},
		...readBefore,
	});
	return request as unknown as Request;
}

it.each([
	['its bytes', BYTES],
	['no bytes without a body', undefined],
])('an unread request returns %s without a warning', async (_, bytes) => {
	const request = requestWith(bytes);
	expect(await read(nodeNamed('Trigger'), request)).toEqual(bytes ?? Buffer.alloc(0));
	expect(logged).toEqual([]);
});

it.each([
	['its bytes', { rawBody: BYTES }],
	['it, as n8n does with forms', { body: {} }],
])('a request of which n8n has read %s returns its bytes, with one warning', async (_, had) => {
	expect(await read(nodeNamed('Trigger'), requestWith(BYTES, had))).toEqual(BYTES);
	expect(logged).toEqual([expect.stringMatching(/^Trigger: n8n parsed a request before/)]);
	expect(await read(nodeNamed('Trigger'), requestWith(BYTES, had))).toEqual(BYTES);
	expect(await read(nodeNamed('Another'), requestWith(BYTES, had))).toEqual(BYTES);
	expect(logged).toHaveLength(1);
});
