import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { EXAPI_RESPOND, readRespondMessage } from '../../nodes/Exapi/server/answers';
import {
	ELEKTRIK_RESPOND,
	readRespondMessage as readElektrikMessage,
} from '../../nodes/Elektrik/server/exchange';
import { runNode, type NodeOutcome, type NodeRun, type TriggerBefore } from './engine';

const KEY = 'a-key-of-one-request';

interface Side {
	node: string;
	trigger: string;
	option: string;
	title: string;
	parameters: IDataObject;
	emitted: IDataObject;
	answer: unknown;
	read(body: unknown): unknown;
}

const SIDES: Side[] = [
	{
		...EXAPI_RESPOND,
		option: "Using Exapi's 'Respond' Operation",
		title: 'Exapi Trigger',
		parameters: { result: '={{ $json.crmId }}' },
		emitted: { method: 'addOrder', params: [], id: '1' },
		answer: { result: 5001 },
		read: readRespondMessage,
	},
	{
		...ELEKTRIK_RESPOND,
		option: "Using Elektrik.ru's 'Respond' Operation",
		title: 'Elektrik.ru Trigger',
		parameters: { exist: true, points: '={{ $json.points }}' },
		emitted: { action: 'user.check', phoneHash: 'a'.repeat(32) },
		answer: { exist: true, points: 7 },
		read: readElektrikMessage,
	},
];

describe.each(SIDES)('$node: request.respond', (side) => {
	const input = [
		{ crmId: 5001, points: 7 },
		{ crmId: 5002, points: 8 },
	];
	const item: INodeExecutionData = { json: side.emitted, answerKey: KEY };
	const lastNode: TriggerBefore = {
		node: side.trigger,
		name: 'Orders arrive',
		parameters: { responseMode: 'lastNode' },
		item,
	};

	const respond = async (more: Partial<NodeRun>): Promise<NodeOutcome> =>
		await runNode({
			node: side.node,
			parameters: { resource: 'request', operation: 'respond', ...side.parameters },
			credentials: {},
			input,
			...more,
		});

	it('hands its answer on as its only item when the trigger answers with the last node', async () => {
		const { items, responses, error } = await respond({ trigger: lastNode });
		expect(error).toBeUndefined();
		expect(items).toHaveLength(1);
		expect(items[0]?.json.answerKey).toBe(KEY);
		expect(side.read(items[0]?.json)).toEqual(side.answer);
		expect(responses).toEqual([]);
	});

	it('does so when a node before it was deleted and its connection was left', async () => {
		const { items, error } = await respond({ trigger: lastNode, hasLostConnection: true });
		expect(error).toBeUndefined();
		expect(side.read(items[0]?.json)).toEqual(side.answer);
	});

	it('does so when another branch has run before it', async () => {
		const { items } = await respond({ trigger: lastNode, branchBeside: 'before' });
		expect(side.read(items[0]?.json)).toEqual(side.answer);
	});

	it('does so when the trigger has the default mode', async () => {
		const { items } = await respond({ trigger: { node: side.trigger, item } });
		expect(side.read(items[0]?.json)).toEqual(side.answer);
	});

	it.each<[string, Partial<NodeRun>]>([
		['another node follows it', { isFollowed: true }],
		['another branch runs after it', { branchBeside: 'after' }],
	])('fails when the trigger answers with the last node and %s', async (_, more) => {
		const { error, responses } = await respond({ trigger: lastNode, ...more });
		expect(error?.message).toBe(
			'The response would be lost: "Orders arrive" sends what the last node returns, and this is not the last node',
		);
		expect(error?.description).toContain(
			`In "Orders arrive" set the field "Respond" to "${side.option}"`,
		);
		expect(responses).toEqual([]);
	});

	it('answers at once where the trigger waits for it, whatever follows', async () => {
		const trigger = { ...lastNode, parameters: { responseMode: 'responseNode' } };
		const { items, responses } = await respond({ trigger, isFollowed: true });
		expect(responses).toMatchObject([{ statusCode: 200 }]);
		expect(items.map(({ json }) => json)).toEqual(input);
	});

	it('runs with the item of an earlier test, whose deadline has passed', async () => {
		const trigger = { ...lastNode, item: { ...item, answerBy: Date.now() - 1 } };
		const { items, error } = await respond({ trigger });
		expect(error).toBeUndefined();
		expect(side.read(items[0]?.json)).toEqual(side.answer);
	});

	it.each<[string, Partial<NodeRun>]>([
		['no trigger', {}],
		[
			'the trigger of another service',
			{ trigger: { node: SIDES.find(({ node }) => node !== side.node)!.trigger, item } },
		],
		[
			'a trigger that did not start the execution',
			{ trigger: { node: side.trigger, before: 'Node' } },
		],
		['a trigger that is disabled', { trigger: { ...lastNode, settings: { disabled: true } } }],
	])('fails with %s before it', async (_, more) => {
		const { error, responses } = await respond(more);
		expect(error?.message).toBe(`No ${side.title} is waiting for this response`);
		expect(responses).toEqual([]);
	});

	it('fails, also with an error output that nobody takes: no item would be an answer', async () => {
		const { error, run } = await respond({
			trigger: lastNode,
			parameters: { resource: 'request', operation: 'respond', respondWith: 'result' },
			settings: { onError: 'continueErrorOutput' },
		});
		expect(error?.message).toMatch(/is missing|is not JSON/);
		expect(run.data.resultData.lastNodeExecuted).toBe('Node');
	});
});

it('a result that is none of the method’s fails in the node that gives it', async () => {
	const { error } = await runNode({
		node: 'exapi',
		parameters: { resource: 'request', operation: 'respond', result: '"A-7"' },
		credentials: {},
		trigger: {
			node: 'exapiTrigger',
			parameters: { responseMode: 'responseNode' },
			item: { json: { method: 'addOrder', params: [], id: '1' } },
		},
	});
	expect(error?.message).toMatch(/"crmId" must be the order’s number in the CRM/);
});
