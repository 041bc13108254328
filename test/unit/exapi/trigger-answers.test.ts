import { openAnswer, type ExapiKey } from '../../../nodes/Exapi/protocol';
import { answerAgain, answerFrom, writeRespondMessage } from '../../../nodes/Exapi/server/answers';
import type { ResponseOutcome } from '../../../nodes/shared/reply/reply';

const KEY: ExapiKey = { sender: 'партнёр_7', secret: 'never-to-be-seen 7d1f' };
const FAILED = 'The request could not be processed';

const wrote = (body: string, status = 200): ResponseOutcome => ({
	kind: 'written',
	status,
	headers: {},
	body: Buffer.from(body),
});
const items = (...given: object[]) => wrote(JSON.stringify(given));
const respond = (message: Parameters<typeof writeRespondMessage>[0]) =>
	wrote(JSON.stringify(writeRespondMessage(message)));

/** The signed answer that leaves. */
function answered(
	admitted: Parameters<typeof answerAgain>[0],
	outcome: ResponseOutcome,
	responseMode: 'lastNode' | 'responseNode',
	warn: (message: string) => void = () => undefined,
) {
	const settings = { responseMode, timeZone: 'Europe/Moscow' };
	return answerAgain(admitted, answerFrom(admitted.request, outcome, settings, warn));
}

function answer(
	outcome: ResponseOutcome,
	mode: 'lastNode' | 'responseNode',
	method = 'addOrder',
	params: unknown[] = [{}],
) {
	const logged: string[] = [];
	const admitted = {
		request: { method, params, id: 'id/7' },
		key: KEY,
	};
	const sent = answered(admitted, outcome, mode, (text) => logged.push(text));
	expect(sent).toMatchObject({ status: 200, contentType: 'application/json' });
	const body = sent.body.toString('utf8');
	expect(body + logged.join()).not.toContain(KEY.secret);
	try {
		return { result: openAnswer(body, KEY, 'id/7').result, logged };
	} catch (error) {
		const { fault, detail } = error as { fault: string; detail: string };
		expect(fault).toBe('remoteError');
		return { error: detail, logged };
	}
}

describe('answerFrom returns a signed result', () => {
	it.each<[string, ResponseOutcome, 'lastNode' | 'responseNode', unknown]>([
		['items', items({ crmId: 5001 }), 'lastNode', 5001],
		['items with columns beside', items({ crmId: 5001, password: 'x' }), 'lastNode', 5001],
		['our message', respond({ result: 77 }), 'responseNode', 77],
		['our message of false', respond({ result: false }), 'responseNode', false],
	])('%s', (_, outcome, mode, result) => {
		expect(answer(outcome, mode)).toEqual({ result, logged: [] });
	});

	it('with Cyrillic and slashes', () => {
		const outcome = respond({ result: { текст: 'да / нет 👍' } });
		expect(answer(outcome, 'responseNode', 'getBalance').result).toEqual({ текст: 'да / нет 👍' });
	});
});

it.each([['id/7'], [''], [17], [0], [null], [true]])(
	'the answer has the id %j of the request',
	(id) => {
		const admitted = {
			request: { method: 'addOrder', params: [{}], id },
			key: KEY,
		};
		for (const outcome of [items({ crmId: 5001 }), wrote(''), { kind: 'deadline' } as const]) {
			const { body } = answered(admitted, outcome, 'lastNode');
			const { answer: text } = JSON.parse(body.toString('utf8')) as { answer: string };
			expect(JSON.parse(text)).toMatchObject({ id });
		}
	},
);

describe('a number beyond 2^53', () => {
	const beyond = '9007199254740993';

	it.each<[string, ResponseOutcome, 'lastNode' | 'responseNode']>([
		['as text of an item', items({ crmId: beyond }), 'lastNode'],
		['as n8n never rounds one', wrote(`[{"crmId":${beyond}}]`), 'lastNode'],
		['in a message', respond({ result: BigInt(beyond) }), 'responseNode'],
		['as text in a message', respond({ result: beyond }), 'responseNode'],
		['in an item of a message', respond({ result: [{ crmId: BigInt(beyond) }] }), 'responseNode'],
	])('is sent with all digits: %s', (_, outcome, mode) => {
		expect(answer(outcome, mode)).toEqual({ result: beyond, logged: [] });
		const admitted = {
			request: { method: 'addOrder', params: [{}], id: '' },
			key: KEY,
		};
		const { body } = answered(admitted, outcome, mode);
		expect(body.toString()).toContain(`{\\"result\\":${beyond},`);
	});

	it('is sent as entered in the answer to a custom method', () => {
		const result = { number: BigInt(beyond), text: beyond };
		const admitted = {
			request: { method: 'echo', params: [], id: '' },
			key: KEY,
		};
		const sent = answered(admitted, respond({ result }), 'responseNode');
		expect((JSON.parse(sent.body.toString()) as { answer: string }).answer).toContain(
			`{"number":${beyond},"text":"${beyond}"}`,
		);
	});

	it('is an error with a log entry if n8n has rounded it', () => {
		const { error, logged } = answer(items({ crmId: 2 ** 60 }), 'lastNode');
		expect(error).toBe(FAILED);
		expect(logged.join()).toContain(
			'"crmId" is a number too long to keep all its digits. Enter it as text',
		);
	});
});

describe('answerFrom returns a signed error', () => {
	it.each<[string, ResponseOutcome, 'lastNode' | 'responseNode']>([
		['a failed workflow', wrote('{"message":"Error in workflow"}', 500), 'lastNode'],
		['nothing', wrote(''), 'lastNode'],
		['nothing, from a respond node never reached', wrote(''), 'responseNode'],
		['no JSON', wrote('<html>'), 'lastNode'],
		['an object', wrote('{"crmId":5001}'), 'lastNode'],
		['no items', items(), 'lastNode'],
		['another status', wrote('[{"crmId":5001}]', 201), 'lastNode'],
		['items for a respond node', items({ crmId: 5001 }), 'responseNode'],
		['another node’s answer', wrote('{"crmId":5001}'), 'responseNode'],
		['a message without a result', wrote('{"exapiAnswer":{}}'), 'responseNode'],
		['a message that is none', wrote('{"exapiAnswer":[]}'), 'responseNode'],
		['an error that is no text', wrote('{"exapiAnswer":{"error":{"a":1}}}'), 'responseNode'],
		['more than is kept', { kind: 'tooLarge' }, 'lastNode'],
	])('for %s, and logs the cause', (_, outcome, mode) => {
		expect(answer(outcome, mode)).toEqual({ error: FAILED, logged: [expect.any(String)] });
	});

	it('at the deadline', () => {
		expect(answer({ kind: 'deadline' }, 'lastNode')).toEqual({
			error: 'The request was not processed in time',
			logged: [expect.stringContaining('deadline')],
		});
	});

	it('with the text from the workflow', () => {
		expect(answer(respond({ error: 'Нет товара' }), 'responseNode').error).toBe('Нет товара');
	});

	it.each(['', ' \n'])(
		'if that text is empty, which a partner would read as no error: %j',
		(error) => {
			expect(answer(respond({ error }), 'responseNode').error).toBe(FAILED);
		},
	);

	it('without workflow details, and logs the field', () => {
		expect(answer(items({ id: 1, password: 'row of a database' }), 'lastNode')).toEqual({
			error: FAILED,
			logged: [expect.stringContaining('"crmId"')],
		});
	});
});

describe('an order number that is requested many times', () => {
	const large = items({ orderId: 'A-1', comment: 'x'.repeat(1024 * 1024) }, { orderId: 'A-2' });
	const again = (times: number, flag: 0 | 1) => [Array<string>(times).fill('A-1'), flag];

	it.each([0, 1] as const)('has an answer at each position, format %i', (flag) => {
		expect(answer(large, 'lastNode', 'getOrderStatus', again(15, flag))).toMatchObject({
			result: flag === 1 ? { orders: { length: 15 } } : { length: 15 },
			logged: [],
		});
	});

	it.each([0, 1] as const)(
		'does not lead to an answer of hundreds of megabytes, format %i',
		(flag) => {
			const stringify = jest.spyOn(JSON, 'stringify');
			const given = answer(large, 'lastNode', 'getOrderStatus', again(200, flag));
			const longest = Math.max(...stringify.mock.results.map(({ value }) => String(value).length));
			stringify.mockRestore();
			expect(given).toEqual({ error: FAILED, logged: [expect.stringContaining('"orderIds"')] });
			expect(longest).toBeLessThan(2 * 1024 * 1024);
		},
	);

	it('has a complete answer of any size if it is requested once', () => {
		const many = items(
			...Array.from({ length: 20 }, (_, at) => ({ orderId: `A-${at}`, comment: 'x'.repeat(1e6) })),
		);
		const numbers = Array.from({ length: 20 }, (_, at) => `A-${at}`);
		const { result } = answer(many, 'lastNode', 'getOrderStatus', [numbers]);
		expect(result).toHaveLength(20);
	});
});
