import type { ICredentialsDecrypted } from 'n8n-workflow';
import { exapiApiTest } from '../../nodes/Exapi/client/credential-test';
import { credentialTestFunctions } from './engine';
import { SECRET, SENDER, startExapiBench, type ExapiBench } from './exapi-bench';
import { serveRequests } from './faults/plain-server';

/** Somebody on the way, who knows no secret: he sends requests back as if they were answers. */
let echo: Awaited<ReturnType<typeof serveRequests>>;
let bench: ExapiBench;
beforeAll(async () => {
	bench = await startExapiBench();
	echo = await serveRequests(({ body }) => {
		const { sign, request } = JSON.parse(body.toString()) as { sign: string; request: string };
		const answer = JSON.stringify({ sign, answer: request });
		return { status: 200, type: 'application/json', body: answer };
	});
});
afterAll(async () => {
	await echo.close();
	await bench.stop();
});

const CAME_BACK = 'The response is a request, sent back instead of an answer';

describe('a request that is returned as its own answer', () => {
	it.each([
		['order.getStatus', { orderIds: 'A-1' }],
		['order.getStatusChanges', { revision: 1 }],
		['order.getAll', { since: '2026-03-01' }],
		['order.create', { orderId: 'A-1', goodName: 'x' }],
		['request.call', { method: 'x', params: '[]' }],
	])('is rejected as an answer to %s', async (operation, parameters) => {
		const { items, error } = await bench.run(operation, parameters, {
			credential: { url: echo.url },
		});
		expect(items).toEqual([]);
		expect(error?.message).toContain(CAME_BACK);
	});

	it('does not make a credential valid', async () => {
		const data = {
			url: echo.url,
			sender: SENDER,
			secret: SECRET,
			timeZone: 'Europe/Moscow',
			allowUnauthorizedCerts: false,
		};
		const credential = { id: '1', name: 'x', type: 'exapiApi', data } as ICredentialsDecrypted;
		expect(await exapiApiTest.call(credentialTestFunctions(), credential)).toMatchObject({
			status: 'Error',
			message: expect.stringContaining(CAME_BACK),
		});
	});
});
