import express, { type Request, type Response } from 'express';
import { connect } from 'node:net';
import type { IWebhookFunctions } from 'n8n-workflow';
import { writeRequest } from '../../../nodes/Exapi/protocol';
import { receive } from '../../../nodes/Exapi/server/webhook';
import { serve, type Loopback } from '../shared/loopback';

const SECRET = 'invented 7d1f';
const PARAMETERS: Record<string, unknown> = {
	methods: ['addOrder'],
	responseMode: 'lastNode',
	deadline: 25,
};

/** What the trigger asks of n8n, and no more. */
function nodeFor(request: Request, response: Response): IWebhookFunctions {
	const log = { warn: () => undefined, error: () => undefined };
	return {
		getRequestObject: () => request,
		getResponseObject: () => response,
		getCredentials: async () => await Promise.resolve({ partners: { partner_7: SECRET } }),
		getNodeParameter: (name: string, fallback: unknown) => PARAMETERS[name] ?? fallback,
		getWorkflow: () => ({ id: 'w' }),
		getNode: () => ({ id: 'n', name: 'Exapi Trigger' }),
		getMode: () => 'webhook',
		getChildNodes: () => [],
		logger: log,
	} as unknown as IWebhookFunctions;
}

let server: Loopback;
let arrived: number;
/** Answers the workflow of the first request, which is admitted. */
let finish: () => void;
beforeEach(async () => {
	arrived = 0;
	const app = express();
	app.use((request: Request, response: Response) => {
		arrived += 1;
		const given = Object.assign(request, { readRawBody: async () => await read(request) });
		void receive(nodeFor(given, response)).then(({ workflowData }) => {
			if (workflowData) finish = () => void response.status(200).json([{ crmId: 5001 }]);
		});
	});
	server = await serve(app);
});
afterEach(async () => await server.close());

async function read(request: Request): Promise<void> {
	const chunks: Buffer[] = [];
	for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
	Object.assign(request, { rawBody: Buffer.concat(chunks) });
}

function post(secret: string): string {
	const key = { sender: 'partner_7', secret };
	const body = writeRequest({ method: 'addOrder', params: [{}], id: '1' }, key);
	return `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** Sends over one connection, without waiting for answers, and gives what came until its end. */
async function answersTo(text: string): Promise<string> {
	return await new Promise((resolve, reject) => {
		const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
		let received = '';
		socket.setTimeout(3_000, () => {
			socket.destroy();
			reject(new Error(`The connection is still open after ${arrived} requests`));
		});
		socket.on('data', (data) => (received += data.toString()));
		socket.on('error', () => undefined).on('close', () => resolve(received));
		socket.write(text);
	});
}

it('the Exapi Trigger closes the connection of an unauthenticated request without sending a byte', async () => {
	expect(await answersTo(post('wrong'))).toBe('');
});

it('the Exapi Trigger closes a connection on which an earlier request has no response yet', async () => {
	expect(await answersTo(post(SECRET) + post('wrong'))).toBe('');
	expect(arrived).toBe(2);
	expect(finish).not.toThrow();
});
