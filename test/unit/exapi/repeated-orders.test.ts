import { setTimeout as sleep } from 'node:timers/promises';
import type { Response } from 'express';
import type { IDataObject } from 'n8n-workflow';
import { ExapiTrigger } from '../../../nodes/Exapi/ExapiTrigger.node';
import { openAnswer } from '../../../nodes/Exapi/protocol';
import { serveTriggerNode, type ServedTrigger } from '../shared/trigger-server';
import { KEY, signed } from './trigger-server';

type Finish = (response: Response, item: IDataObject) => unknown;

const NEVER: Finish = () => undefined;
const FAIL: Finish = (response) => response.status(500).json({ message: 'Error in workflow' });
const ORDER = { order_id: 'A-1', good_id: 'Tea', kolvo: 1, fio: 'Ян' };

let server: ServedTrigger | undefined;
afterEach(async () => await server?.close());

/** What a workflow that adds an order returns. */
function add(crmId: unknown): Finish {
	return (response) => response.status(200).json([{ crmId }]);
}

/** A trigger whose workflow ends in these ways, one after another. */
async function serveOrders(
	workflowId: string,
	finishes: Finish[],
	parameters: IDataObject = {},
): Promise<(order: unknown, id?: string) => Promise<{ result?: unknown; error?: string }>> {
	server = await serveTriggerNode({
		trigger: new ExapiTrigger(),
		parameters,
		finish: (response, item) => void finishes.shift()!(response, item),
		isTest: () => false,
		workflowId: `orders: ${workflowId}`,
		credential: { partners: { [KEY.sender]: KEY.secret, other: 'another secret' } },
	});
	let count = 0;
	return async (order, id = String(++count)) => {
		const body = signed('addOrder', [order], KEY, id);
		const response = await fetch(server!.url, { method: 'POST', body });
		try {
			return { result: openAnswer(await response.text(), KEY, id).result };
		} catch (error) {
			return { error: (error as { detail: string }).detail };
		}
	};
}

describe('an order that is sent again with a new id', () => {
	it('gets the first result, signed for its own id, and starts nothing', async () => {
		const send = await serveOrders('again', [add(5001)]);
		for (const id of ['1', '2', 'c'.repeat(32)]) {
			expect(await send(ORDER, id)).toEqual({ result: 5001 });
		}
		expect(server!.started).toHaveLength(1);
		expect(server!.started[0]).toMatchObject({ attempt: 1, signedWith: 'current' });
	});

	it('is the same with its parameters in another order, and its numbers as text', async () => {
		const send = await serveOrders('alike', [add(5001)]);
		await send(ORDER);
		const { order_id, good_id, fio } = ORDER;
		expect(await send({ fio, kolvo: '1', good_id, order_id })).toEqual({ result: 5001 });
		expect(server!.started).toHaveLength(1);
	});

	it.each<[string, unknown, unknown]>([
		['another quantity', ORDER, { ...ORDER, kolvo: 2 }],
		['one parameter more', ORDER, { ...ORDER, comment: '' }],
		['another number', ORDER, { ...ORDER, order_id: 'A-2' }],
		['no number', { ...ORDER, order_id: '' }, { ...ORDER, order_id: '' }],
		['no number at all', { fio: 'Ян' }, { fio: 'Ян' }],
	])('is another order with %s', async (name, first, second) => {
		const send = await serveOrders(name, [add(1), add(2)]);
		expect(await send(first)).toEqual({ result: 1 });
		expect(await send(second)).toEqual({ result: 2 });
	});

	it('is recognized by its number alone where that is chosen', async () => {
		const repeats = { recognize: 'orderNumber' };
		const send = await serveOrders('by number', [add(1), add(2)], { repeats });
		expect(await send(ORDER)).toEqual({ result: 1 });
		expect(await send({ ...ORDER, order_id: 'A-1', time: 7 })).toEqual({ result: 1 });
		expect(await send({ ...ORDER, order_id: 'A-2' })).toEqual({ result: 2 });
	});

	it('starts the workflow each time where nothing is recognized', async () => {
		const send = await serveOrders('off', [add(1), add(2)], { repeats: { recognize: 'off' } });
		expect([await send(ORDER), await send(ORDER)]).toEqual([{ result: 1 }, { result: 2 }]);
		expect(server!.started.map(({ attempt }) => attempt)).toEqual([undefined, undefined]);
	});

	it('of another sender is another order', async () => {
		const send = await serveOrders('of two', [add(1), add(2)]);
		expect(await send(ORDER)).toEqual({ result: 1 });
		const other = { sender: 'other', secret: 'another secret' };
		const body = signed('addOrder', [ORDER], other);
		const response = await fetch(server!.url, { method: 'POST', body });
		expect(openAnswer(await response.text(), other, '1').result).toBe(2);
	});
});

describe('an order that is sent again while the first attempt is at work', () => {
	it('waits for its result', async () => {
		const slowly: Finish = (response, item) => setTimeout(() => add(7)(response, item), 200);
		const send = await serveOrders('meanwhile', [slowly]);
		const sent = Array.from({ length: 20 }, async () => await send(ORDER));
		expect(new Set((await Promise.all(sent)).map(({ result }) => result))).toEqual(new Set([7]));
		expect(server!.started).toHaveLength(1);
	});

	it('starts again when the first attempt fails', async () => {
		const slowly: Finish = (response, item) => setTimeout(() => FAIL(response, item), 200);
		const send = await serveOrders('meanwhile failed', [slowly, add(8)]);
		const [first, second] = await Promise.all([send(ORDER), sleep(50).then(() => send(ORDER))]);
		expect(first).toHaveProperty('error');
		expect(second).toEqual({ result: 8 });
		expect(server!.started.map(({ attempt }) => attempt)).toEqual([1, 2]);
	});

	it('is told at its own deadline that the order is still at work', async () => {
		const send = await serveOrders('at work', [NEVER], { deadline: 1 });
		const [first, second] = await Promise.all([send(ORDER), sleep(50).then(() => send(ORDER))]);
		expect(first).toEqual({ error: 'The request was not processed in time' });
		expect(second).toEqual({ error: 'The request is still being processed' });
		expect(server!.started).toHaveLength(1);
	});
});

describe('an answer after the deadline', () => {
	it.each<[string, Finish, { result?: unknown }, number]>([
		['is given to the next attempt', add(9), { result: 9 }, 1],
		['lets the next attempt start again when it is an error', FAIL, { result: 10 }, 2],
		['lets the next attempt start again when it is false', add(false), { result: 10 }, 2],
	])('%s', async (name, finish, answer, times) => {
		const late: Finish = (response, item) => setTimeout(() => finish(response, item), 1_300);
		const send = await serveOrders(name, [late, add(10)], { deadline: 1 });
		expect(await send(ORDER)).toEqual({ error: 'The request was not processed in time' });
		await sleep(500);
		expect(await send(ORDER)).toEqual(answer);
		expect(server!.started).toHaveLength(times);
	});
});

describe('an order that was not added', () => {
	it.each<[string, Finish]>([
		['the workflow failed', FAIL],
		['the workflow returned false', add(false)],
		['the workflow returned no number', add('A-7')],
		['the workflow returned nothing', (response) => response.status(200).json([])],
	])('starts the workflow at the next attempt, which is told so: %s', async (name, finish) => {
		const send = await serveOrders(name, [finish, finish, add(3)]);
		await send(ORDER);
		await send(ORDER);
		expect(await send(ORDER)).toEqual({ result: 3 });
		expect(await send(ORDER)).toEqual({ result: 3 });
		expect(server!.started.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
	});

	it('gets the same error again where that is chosen', async () => {
		const repeats = { afterFailure: 'repeatError' };
		const send = await serveOrders('repeat the error', [FAIL], { repeats });
		const first = await send(ORDER);
		expect(first).toHaveProperty('error');
		expect(await send(ORDER)).toEqual(first);
		expect(server!.started).toHaveLength(1);
	});
});

it('the secret that a request is signed with is told', async () => {
	server = await serveTriggerNode({
		trigger: new ExapiTrigger(),
		parameters: {},
		finish: (response) => response.status(200).json([{ crmId: 1 }]),
		isTest: () => false,
		workflowId: 'orders: two secrets',
		credential: { partners: { [KEY.sender]: ['new secret', KEY.secret] } },
	});
	const body = signed('addOrder', [ORDER]);
	await fetch(server.url, { method: 'POST', body });
	expect(server.started[0]).toMatchObject({ signedWith: 'previous' });
});
