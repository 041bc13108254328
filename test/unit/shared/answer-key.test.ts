import type { IHookFunctions, IWebhookFunctions, NodeTypeAndVersion } from 'n8n-workflow';
import {
	answerFrom as answerCheck,
	ELEKTRIK_RESPOND,
	readIncomingCheck,
	writeRespondMessage as writeCheck,
} from '../../../nodes/Elektrik/server/exchange';
import {
	answerFrom as answerRequest,
	writeRespondMessage,
} from '../../../nodes/Exapi/server/answers';
import { createAnswerKey, warnAboutRespond } from '../../../nodes/shared/webhook';

const KEY = 'a-key-of-one-request';

const written = (body: unknown) => ({
	kind: 'written' as const,
	status: 200,
	headers: {},
	body: Buffer.from(JSON.stringify(body)),
});

/** What a partner gets when the last node gave these items. */
function exapiAnswer(items: unknown, key: string | undefined): Record<string, unknown> {
	const request = { method: 'addOrder', params: [], id: '1' };
	const settings = { responseMode: 'lastNode', timeZone: 'UTC' } as const;
	const { result, error } = answerRequest(request, written(items), settings, () => undefined, key);
	return { result, error };
}

function elektrikAnswer(items: unknown, key: string | undefined): unknown {
	const body = Buffer.from(JSON.stringify({ action: 'user.check', phone: 'a'.repeat(32) }));
	const question = readIncomingCheck(body, 'application/json');
	const answer = answerCheck(question, written(items), 'lastNode', () => undefined, key);
	return JSON.parse(answer.body.toString());
}

const order = writeRespondMessage({ result: 5001 });
const check = writeCheck({ exist: true, points: 7 });

describe('an answer that Respond hands on as the last node', () => {
	it('is recognized by the key of the request', () => {
		expect(exapiAnswer([{ ...order, answerKey: KEY }], KEY)).toMatchObject({ result: 5001 });
		expect(elektrikAnswer([{ ...check, answerKey: KEY }], KEY)).toEqual({ exist: true, points: 7 });
	});

	// Whatever a partner sends may come out of the last node.
	it.each<[string, object, string | undefined]>([
		['has no key', {}, KEY],
		['has the key of another request', { answerKey: 'another' }, KEY],
		['has an empty key', { answerKey: '' }, KEY],
		['has a key that is a list', { answerKey: [KEY] }, KEY],
		['came where there is no Respond', {}, undefined],
		['came with a key where there is no Respond', { answerKey: KEY }, undefined],
		['has "undefined" for a key', { answerKey: 'undefined' }, undefined],
		['has null for a key', { answerKey: null }, undefined],
	])('is a mere item when it %s', (_, more, key) => {
		expect(exapiAnswer([{ ...order, ...more }], key)).toMatchObject({
			result: null,
			error: expect.any(String),
		});
		expect(elektrikAnswer([{ ...check, ...more }], key)).toEqual({ error: expect.any(String) });
	});

	it('is none among other items', () => {
		const items = [{ ...order, answerKey: KEY }, { crmId: 6 }];
		expect(exapiAnswer(items, KEY)).toMatchObject({ result: null });
		expect(elektrikAnswer([{ ...check, answerKey: KEY }, { points: 6 }], KEY)).toMatchObject({
			error: expect.any(String),
		});
	});
});

/** A trigger, and the nodes that follow each node by name. */
function nodesAfter(after: Record<string, NodeTypeAndVersion[]>, logged: string[] = []) {
	return {
		getNode: () => ({ name: 'Trigger' }),
		getChildNodes: (name: string) => after[name] ?? [],
		logger: { warn: (message: string) => void logged.push(message) },
	} as unknown as IWebhookFunctions & IHookFunctions;
}

const respond = (more: Partial<NodeTypeAndVersion> = {}): NodeTypeAndVersion => ({
	name: 'Respond',
	type: 'n8n-nodes-partner-exchange.elektrik',
	typeVersion: 1,
	disabled: false,
	parameters: { resource: 'request', operation: 'respond' },
	...more,
});

describe('the key of a request', () => {
	it('is another one for each', () => {
		const node = nodesAfter({ Trigger: [respond()] });
		const keys = [1, 2].map(() => createAnswerKey(node, ELEKTRIK_RESPOND, 'lastNode'));
		expect(new Set(keys).size).toBe(2);
		expect(keys[0]).toMatch(/^[\da-f-]{36}$/);
	});

	it.each<[string, NodeTypeAndVersion[]]>([
		['nothing follows', []],
		['another operation follows', [respond({ parameters: { resource: 'user' } })]],
		['a disabled one follows', [respond({ disabled: true })]],
		['that of another service follows', [respond({ type: 'n8n-nodes-partner-exchange.exapi' })]],
	])('is not made when %s: the item stays as it was', (_, after) => {
		const node = nodesAfter({ Trigger: after });
		expect(createAnswerKey(node, ELEKTRIK_RESPOND, 'lastNode')).toBeUndefined();
	});

	it('is not made when the trigger waits for Respond', () => {
		const node = nodesAfter({ Trigger: [respond()] });
		expect(createAnswerKey(node, ELEKTRIK_RESPOND, 'responseNode')).toBeUndefined();
	});
});

describe('publishing', () => {
	const save: NodeTypeAndVersion = { ...respond(), name: 'Save', parameters: {} };
	it.each<[string, 'lastNode' | 'responseNode', Record<string, NodeTypeAndVersion[]>, RegExp[]]>([
		['a Respond that is the last node', 'lastNode', { Trigger: [respond()] }, []],
		[
			'a Respond that another node follows',
			'lastNode',
			{ Trigger: [respond(), save], Respond: [save] },
			[/^Trigger: "Respond" fails when it runs: .*"Using Elektrik\.ru's 'Respond' Operation"/],
		],
		[
			'a Respond that only a disabled node follows',
			'lastNode',
			{ Trigger: [respond(), save], Respond: [{ ...save, disabled: true }] },
			[],
		],
		[
			'a Respond that is waited for',
			'responseNode',
			{ Trigger: [respond(), save], Respond: [save] },
			[],
		],
		[
			'no Respond where one is waited for',
			'responseNode',
			{ Trigger: [save] },
			[/no node with "Request: Respond" follows/],
		],
	])('warns of what can never answer: %s', (_, mode, after, warnings) => {
		const logged: string[] = [];
		warnAboutRespond(nodesAfter(after, logged), ELEKTRIK_RESPOND, mode);
		expect(logged).toEqual(warnings.map((warning) => expect.stringMatching(warning) as unknown));
	});
});
