import type { IDataObject } from 'n8n-workflow';
import { readRespondMessage } from '../../nodes/Exapi/server/answers';
import { runNode, type NodeOutcome, type NodeRun, type TriggerBefore } from './engine';

/** It waits for Respond, to a method that may be answered with anything. */
const WAITING: TriggerBefore = {
	node: 'exapiTrigger',
	parameters: { responseMode: 'responseNode' },
	item: { json: { method: 'getBalance', params: [], id: '1' } },
};

async function respond(parameters: IDataObject, more: Partial<NodeRun> = {}): Promise<NodeOutcome> {
	return await runNode({
		node: 'exapi',
		parameters: { resource: 'request', operation: 'respond', ...parameters },
		// The trigger signs: this operation has no secret.
		credentials: {},
		trigger: WAITING,
		...more,
	});
}

/** What the trigger reads of it, in whatever process. */
function messageOf({ responses }: NodeOutcome): unknown {
	expect(responses).toEqual([{ body: expect.any(Object), headers: {}, statusCode: 200 }]);
	const [{ body }] = responses as [{ body: unknown }];
	return readRespondMessage(JSON.parse(JSON.stringify(body)));
}

describe('request.respond', () => {
	it.each<[string, string, unknown]>([
		['a number as JSON', '77', 77],
		['false as JSON', 'false', false],
		['null as JSON', 'null', null],
		['a list as JSON', '[{"orderId":"к/1"}]', [{ orderId: 'к/1' }]],
		['a number beyond 2^53 as JSON', '[9007199254740993]', [9007199254740993n]],
		['text as JSON', '"да"', 'да'],
		['a number of an expression', '={{ $json.id }}', 5001],
		['false of an expression', '={{ $json.no }}', false],
		['a list of an expression', '={{ $json.orders }}', [{ orderId: 'к/1' }]],
		[
			'all items, of an expression',
			'={{ $input.all().map((item) => item.json.id) }}',
			[5001, 5002],
		],
	])('gives the trigger the result: %s', async (_, result, expected) => {
		const input = [{ id: 5001, no: false, orders: [{ orderId: 'к/1' }] }, { id: 5002 }];
		const outcome = await respond({ result }, { input });
		expect(outcome.error).toBeUndefined();
		expect(messageOf(outcome)).toEqual({ result: expected });
	});

	it('gives the trigger an error', async () => {
		const parameters = { respondWith: 'error', errorMessage: '={{ "Нет: " + $json.good }}' };
		const outcome = await respond(parameters, { input: [{ good: 'Чайник' }] });
		expect(messageOf(outcome)).toEqual({ error: 'Нет: Чайник' });
	});

	it('gives one answer, that of the first item, and passes all items on, paired', async () => {
		const input = [{ id: 1, a: { b: 'x' } }, { id: 2 }, { id: 3 }];
		const outcome = await respond({ result: '={{ $json.id }}' }, { input });
		expect(messageOf(outcome)).toEqual({ result: 1 });
		expect(outcome.items).toEqual(input.map((json, item) => ({ json, pairedItem: { item } })));
	});

	it.each(['{', 'да', "{'a': 1}"])('refuses what is not JSON: %s', async (result) => {
		const { error, responses, items } = await respond({ result });
		expect(error).toMatchObject({
			name: 'NodeOperationError',
			message: "The field 'Result' (result) is not JSON",
			description: 'Put text in quotes. An expression may return a value of any type.',
			context: { itemIndex: 0 },
		});
		expect(responses).toEqual([]);
		expect(items).toEqual([]);
	});

	it.each([
		['', "The field 'Result' (result) is not JSON"],
		['={{ $json.nothing }}', "The field 'Result' (result) is missing"],
	])('refuses to give no result: %j', async (result, message) => {
		const { error, responses } = await respond({ result });
		expect(error?.message).toBe(message);
		expect(responses).toEqual([]);
	});

	it('sends its items to the error output when it fails and the node says so', async () => {
		const outcome = await respond(
			{ result: '{' },
			{ input: [{ id: 1 }], settings: { onError: 'continueErrorOutput' } },
		);
		expect(outcome.items).toEqual([]);
		expect(outcome.errors.map(({ json }) => json.error)).toEqual([
			"The field 'Result' (result) is not JSON",
		]);
	});
});
