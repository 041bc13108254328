import { openRequest, writeAnswer } from '../../nodes/Exapi/protocol';
import { SECRET, SENDER, startExapiBench, type ExapiBench } from './exapi-bench';
import { serveRequests } from './faults/plain-server';

const BEYOND = '9007199254740993';

/** A CRM that keeps the text of the requests that it gets, and answers with numbers beyond 2^53. */
let requests: string[];
let result: unknown;
let crm: Awaited<ReturnType<typeof serveRequests>>;
let bench: ExapiBench;
beforeAll(async () => {
	bench = await startExapiBench();
	crm = await serveRequests(({ body }) => {
		const text = body.toString();
		requests.push((JSON.parse(text) as { request: string }).request);
		const { request } = openRequest(text, () => [SECRET]);
		const answer = { result, error: null, id: request.id };
		const signed = writeAnswer(answer, { sender: SENDER, secret: SECRET });
		return { status: 200, type: 'application/json', body: signed };
	});
});
beforeEach(() => {
	requests = [];
});
afterAll(async () => {
	await crm.close();
	await bench.stop();
});

const run = async (operation: string, parameters: Record<string, unknown>, input?: object[]) =>
	await bench.run(operation, parameters as Parameters<typeof bench.run>[1], {
		credential: { url: crm.url },
		...(input && { input: input as never }),
	});

describe('whole numbers beyond 2^53 keep their digits', () => {
	it.each([
		['typed', `[${BEYOND}, "${BEYOND}", [7]]`],
		['in an expression of JSON text', `={{ '[${BEYOND}, "${BEYOND}", [7]]' }}`],
	])('in parameters of a call, %s', async (_, params) => {
		result = { a: BigInt(BEYOND) };
		const { items, error } = await run('request.call', { method: 'x', params });
		expect(error).toBeUndefined();
		expect(requests[0]).toContain(`"params":[${BEYOND},"${BEYOND}",[7]]`);
		expect(items[0]?.json).toEqual({ result: { a: BEYOND } });
	});

	it('or are refused, where an expression has rounded them', async () => {
		const { error } = await run('request.call', { method: 'x', params: '={{ [2 ** 60] }}' });
		expect(error?.message).toContain('contains a number too long to keep all its digits');
		expect(requests).toEqual([]);
	});

	it('in the number that a new order has in the CRM', async () => {
		result = BigInt(BEYOND);
		const order = { orderId: BEYOND, goodName: 'x', additionalFields: { quantity: BEYOND } };
		const { items } = await run('order.create', order);
		expect(items[0]?.json).toEqual({ orderId: BEYOND, crmId: BEYOND });
		expect(requests[0]).toContain(`"order_id":"${BEYOND}"`);
		expect(requests[0]).toContain(`"kolvo":${BEYOND}`);
	});

	it('in statuses and their revisions', async () => {
		const revision = BigInt(BEYOND);
		result = { rev: revision, orders: [{ nmb: revision, status: 'paid', upd_rev: revision }] };
		const { items } = await run('order.getStatusChanges', { revision: `={{ '${BEYOND}' }}` });
		expect(requests[0]).toContain(`"params":[${BEYOND},1]`);
		expect(items[0]?.json).toMatchObject({
			orderId: BEYOND,
			updateRevision: BEYOND,
			revision: BEYOND,
		});
	});

	it('so that two orders stay two', async () => {
		result = [9007199254740992n, 9007199254740993n].map((nmb) => [nmb, `status of ${nmb}`]);
		const { items } = await run('order.getStatus', {
			orderIds: '9007199254740992, 9007199254740993',
		});
		expect(items.map(({ json }) => [json.orderId, json.status])).toEqual([
			['9007199254740992', 'status of 9007199254740992'],
			['9007199254740993', 'status of 9007199254740993'],
		]);
	});
});
