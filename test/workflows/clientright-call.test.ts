import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { serve } from '../unit/shared/loopback';
import { ACCESS_KEY, USERNAME } from './clientright-bench';
import { type NodeOutcome, type NodeRun, runNode } from './engine';
import { readRequest } from './faults/front';
import { failure, success } from './scripted-crm';

/** Where a call came with its parameters. */
interface Received {
	method: string;
	operation: string;
	inUrl: Record<string, string>;
	inBody: Record<string, string>;
}

interface Exchange {
	name: string;
	request: { method: string; url: string; body: string | null };
	response: { body: string };
}

const recorded = JSON.parse(
	readFileSync(join(__dirname, '..', 'vectors', 'vtiger-8.4.json'), 'utf8'),
) as Exchange[];

let calls: Received[];
let answer: (call: Received, response: ServerResponse, incoming: IncomingMessage) => void;
let run: (parameters: object, more?: Partial<NodeRun>) => Promise<NodeOutcome>;
let stop: () => Promise<void>;

const LOGIN: Record<string, string> = {
	getchallenge: success({ token: 'scriptedToken' }),
	login: success({ sessionName: 'scriptedSession', userId: '19x1', version: '0.22' }),
};
const result = (value: unknown) => () => success(value);
const answerWith = (make: (call: Received) => string) => {
	answer = (call, response) => response.end(make(call));
};

beforeEach(async () => {
	calls = [];
	answerWith(result('ok'));
	const server = await serve((incoming, response) => {
		void readRequest(incoming).then(({ method, path, body }) => {
			const inUrl = Object.fromEntries(new URLSearchParams(path.split('?')[1] ?? ''));
			const inBody = Object.fromEntries(new URLSearchParams(body.toString()));
			const operation = inBody.operation ?? inUrl.operation ?? '';
			const login = LOGIN[operation];
			if (login !== undefined) return response.end(login);
			const call = { method, operation, inUrl, inBody };
			calls.push(call);
			answer(call, response, incoming);
			return undefined;
		});
	});
	stop = async () => await server.close();
	run = async (parameters, more = {}) =>
		await runNode({
			node: 'clientRight',
			parameters: { resource: 'operation', operation: 'call', ...parameters },
			credentials: {
				clientRightApi: {
					url: `${server.url}/webservice.php`,
					username: USERNAME,
					accessKey: ACCESS_KEY,
					allowUnauthorizedCerts: false,
				},
			},
			...more,
		});
});
afterEach(async () => await stop());

const SESSION = { sessionName: 'scriptedSession', sessionId: 'scriptedSession' };
const PARAMETERS = { inn: '123456789047' };

describe('HTTP Method: Automatic', () => {
	it('puts the parameters of an operation that is not known in both places, the session in one', async () => {
		await run({ operationName: 'GetSomething', parameters: PARAMETERS });
		expect(calls).toEqual([
			{
				method: 'POST',
				operation: 'GetSomething',
				inUrl: { operation: 'GetSomething', ...PARAMETERS },
				inBody: { operation: 'GetSomething', ...SESSION, ...PARAMETERS },
			},
		]);
	});

	it.each(['method.GET-operation.url-and-body', 'method.POST-operation.url-and-body'])(
		'sends what a real vtiger 8.4 answered: %s',
		async (name) => {
			const { request } = recorded.find((exchange) => exchange.name === name)!;
			const body = Object.fromEntries(new URLSearchParams(request.body ?? ''));
			const { operation, sessionName, ...parameters } = body;
			// Under a name that is not known, as an operator's own operation has it.
			await run({ operationName: 'Own', parameters });
			const inUrl = Object.fromEntries(new URL(request.url, 'http://crm').searchParams);
			expect(inUrl).toEqual({ operation, ...parameters });
			expect(sessionName).toBeDefined();
			expect(calls).toMatchObject([
				{
					method: request.method,
					inUrl: { ...inUrl, operation: 'Own' },
					inBody: { ...parameters, operation: 'Own', sessionName: SESSION.sessionName },
				},
			]);
		},
	);

	it('calls by GET what vtiger reads so', async () => {
		await run({ operationName: 'Describe', parameters: { elementType: 'Contacts' } });
		expect(calls).toMatchObject([
			{ method: 'GET', inUrl: { operation: 'Describe', elementType: 'Contacts' }, inBody: {} },
		]);
	});

	it.each(['create', 'GetFilesList', 'CreateContact'])(
		'keeps out of the URL what is known to be read in the body: %s',
		async (operationName) => {
			await run({ operationName, parameters: PARAMETERS });
			expect(calls).toMatchObject([{ method: 'POST', inUrl: {}, inBody: PARAMETERS }]);
		},
	);

	it('leaves parameters in the body alone that are too long for a URL', async () => {
		const element = 'ж'.repeat(2_000);
		await run({ operationName: 'custom', parameters: { element } });
		expect(calls).toMatchObject([{ method: 'POST', inUrl: {}, inBody: { element } }]);
	});

	it.each(['GET', 'POST'])('is %s, if that is chosen', async (httpMethod) => {
		await run({ operationName: 'custom', httpMethod, parameters: PARAMETERS });
		const [place, other] =
			httpMethod === 'GET' ? (['inUrl', 'inBody'] as const) : (['inBody', 'inUrl'] as const);
		expect(calls).toMatchObject([{ method: httpMethod, [place]: PARAMETERS, [other]: {} }]);
	});
});

describe('a lost answer', () => {
	const loseFirst = () => {
		answer = (call, response) => {
			if (calls.length === 1) response.destroy();
			else response.end(success(call.operation));
		};
	};

	it.each(['query', 'GetFilesList', 'retrieve_related'])(
		'has a read repeated: %s',
		async (operationName) => {
			loseFirst();
			const { items, error } = await run({ operationName, httpMethod: 'POST' });
			expect(error).toBeUndefined();
			expect(items[0]?.json).toEqual({ result: operationName });
			expect(calls).toHaveLength(2);
		},
	);

	it.each(['create', 'GetSomething', 'CreateProject'])(
		'has nothing else repeated: %s',
		async (operationName) => {
			loseFirst();
			const settings = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
			const { error } = await run({ operationName }, { settings });
			expect(error?.description).toContain('Check there before you send it again');
			expect(calls).toHaveLength(1);
		},
	);
});

describe('Lists as Items', () => {
	const options = { listsAsItems: true };
	it('gives each entry of a list, paired with its item', async () => {
		answerWith(({ inUrl }) => success([{ id: `${inUrl.query}1` }, { id: `${inUrl.query}2` }]));
		const { items } = await run(
			{ operationName: 'query', parameters: '={{ { "query": $json.q } }}', options },
			{ input: [{ q: 'a' }, { q: 'b' }] },
		);
		expect(items.map(({ json, pairedItem }) => [json, pairedItem])).toEqual([
			[{ id: 'a1' }, { item: 0 }],
			[{ id: 'a2' }, { item: 0 }],
			[{ id: 'b1' }, { item: 1 }],
			[{ id: 'b2' }, { item: 1 }],
		]);
	});

	it.each<[unknown, object[]]>([
		[
			['a', 1, null, [2]],
			[{ result: 'a' }, { result: 1 }, { result: null }, { result: [2] }],
		],
		[[], []],
		[{ id: '1' }, [{ result: { id: '1' } }]],
		['7', [{ result: '7' }]],
	])('of %j', async (value, expected) => {
		answerWith(result(value));
		const { items } = await run({ operationName: 'custom', options });
		expect(items.map(({ json }) => json)).toEqual(expected);
	});

	it('is only of what is wanted so, and not of raw output', async () => {
		answerWith(result([1]));
		const { items } = await run({ operationName: 'custom' });
		expect(items[0]?.json).toEqual({ result: [1] });
		const raw = await run({ operationName: 'custom', options, output: 'raw' });
		expect(raw.items[0]?.json).toEqual({ success: true, result: [1] });
	});

	it('does not hide an error', async () => {
		answerWith(() => failure('ACCESS_DENIED', 'Permission to perform the operation is denied'));
		const { error } = await run({ operationName: 'query', options });
		expect(error?.message).toContain('ACCESS_DENIED');
	});
});
