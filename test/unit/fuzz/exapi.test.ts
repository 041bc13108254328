import fc from 'fast-check';
import {
	requestedFormat,
	requestedOrderIds,
	ExapiAnswerError,
	ExapiInputError,
	ExapiRequestError,
	matchOrders,
	openAnswer,
	openRequest,
	orderToWire,
	readAddOrderResult,
	readDateTime,
	readOrderId,
	readParams,
	readPartnerOrders,
	readRequest,
	readRevision,
	readStatusAnswer,
	resultFor,
	revisionAfter,
	sign,
	toOrderState,
	toPartnerOrder,
	writeAnswer,
	writeDateTime,
	writeRequest,
} from '../../../nodes/Exapi/protocol';
import type { JsonObject } from '../../../nodes/shared/wire';
import { readPartners } from '../../../nodes/Exapi/server/partners';
import { answerAgain, answerFrom } from '../../../nodes/Exapi/server/answers';
import { InputError } from '../../../nodes/shared/errors';
import { harmless } from './harmless';
import { anything, broken, json, LARGE_RUNS, pumped, RUNS } from './hostile';

const KEY = { sender: 'партнёр_7', secret: 'invented / секрет' };
const ZONE = 'Europe/Moscow';
const METHODS = ['addOrder', 'getOrders', 'getOrderStatus', 'getOrderStatusR', 'echo'];
const method = fc.constantFrom(...METHODS);

const requests = METHODS.map((name) =>
	writeRequest({ method: name, params: [{ order_id: 'A/1', fio: 'Тест' }, 1], id: '7' }, KEY),
);
const row = ['A-1', 'paid', '2', '', '', '1', '9', [{ date: '2026-01-31 15:30:00', state: '1' }]];
const answers = [
	5001,
	false,
	[row, null],
	{ rev: 9, orders: [{ nmb: 'A-1', status: 'paid' }] },
].map((result) => writeAnswer({ result, error: null, id: '7' }, KEY));
const TOKENS = [
	'{',
	'[',
	'"',
	'\\',
	'\\"',
	'{"sign":"',
	'{ "answer":',
	',',
	' ',
	'\n',
	'0',
	'é',
	'<b>',
];

describe('an envelope', () => {
	const open = (body: string) => {
		harmless(body, () => openRequest(body, () => ['old', KEY.secret]), ExapiRequestError);
		harmless(body, () => openAnswer(body, KEY, '7'), ExapiAnswerError);
	};

	it('is handled if it is broken', () => {
		fc.assert(fc.property(broken([...requests, ...answers], TOKENS), open), RUNS);
	});

	it('is handled if it is huge', () => {
		fc.assert(fc.property(pumped([...requests, ...answers], TOKENS), open), LARGE_RUNS);
	});

	it('is found in any text that a script prints around it', () => {
		const printed = broken(['<b>Notice</b>: Undefined index "x" in {"a.php', ...answers], TOKENS);
		const right = writeAnswer({ result: 'right', error: null, id: '7' }, KEY);
		const isAnswer = (text: string) => {
			try {
				openAnswer(text, KEY, '7');
				return true;
			} catch {
				return false;
			}
		};
		fc.assert(
			fc.property(printed, printed, (before, behind) => {
				// What is printed may be another answer, signed as well, if with other blanks; the first one counts.
				fc.pre(!isAnswer(before));
				harmless(before + behind, () => {
					expect(openAnswer(`${before}\n<hr>${right}${behind}`, KEY, '7').result).toBe('right');
				});
			}),
			RUNS,
		);
	});

	it('is handled with any content', () => {
		const signed = (value: unknown) => JSON.stringify(value);
		fc.assert(
			fc.property(json, json, (value, other) => {
				const text = signed(value);
				const signature = sign(text, KEY);
				open(JSON.stringify({ sender: KEY.sender, sign: signature, request: text }));
				open(JSON.stringify({ sign: signature, answer: text }));
				open(JSON.stringify({ sender: other, sign: other, request: other, answer: other }));
				open(text);
			}),
			RUNS,
		);
	});
});

describe('a request', () => {
	it('is handled with any parameters', () => {
		fc.assert(
			fc.property(method, fc.oneof(json, fc.array(json)), json, (name, params, id) => {
				const text = JSON.stringify({ method: name, params, id });
				harmless(
					params,
					() => {
						const request = readRequest(text, KEY);
						return [
							readParams(request),
							requestedOrderIds(request.params),
							requestedFormat(request),
						];
					},
					ExapiRequestError,
				);
			}),
			RUNS,
		);
	});
});

describe('an answer', () => {
	it('with statuses of any form is handled', () => {
		const value = fc.oneof(
			json,
			fc.array(json),
			json.map((orders) => ({ rev: orders, orders })),
		);
		fc.assert(
			fc.property(value, fc.array(fc.string()), (result, asked) => {
				harmless(
					result,
					() => {
						const answer = readStatusAnswer(result);
						for (const { order } of answer.orders) toOrderState(order, ZONE);
						return [matchOrders(asked, answer), revisionAfter(answer, 0)];
					},
					ExapiAnswerError,
				);
			}),
			RUNS,
		);
	});

	it('with rows of any content is handled', () => {
		const cells = fc.tuple(
			fc.constant('A-1'),
			fc.constant('paid'),
			json,
			json,
			json,
			json,
			json,
			json,
		);
		fc.assert(
			fc.property(fc.array(cells, { maxLength: 4 }), (rows) => {
				harmless(rows, () => {
					const { orders } = readStatusAnswer(rows);
					expect(orders).toHaveLength(rows.length);
					return orders.map(({ order }) => toOrderState(order, ZONE));
				});
			}),
			RUNS,
		);
	});

	it('with orders, or of addOrder, of any form is handled', () => {
		fc.assert(
			fc.property(fc.oneof(json, fc.array(json)), (result) => {
				harmless(
					result,
					() => readPartnerOrders(result).map((order) => toPartnerOrder(order, ZONE)),
					ExapiAnswerError,
				);
				harmless(result, () => readAddOrderResult(result), ExapiAnswerError);
			}),
			RUNS,
		);
	});
});

describe('what a workflow returns', () => {
	it('as a result is sent, or is an error that names a field', () => {
		fc.assert(
			fc.property(method, fc.array(json), json, fc.array(json), (name, params, result, items) => {
				const request = { method: name, params, id: '' };
				const objects = items.filter(
					(item): item is JsonObject => typeof item === 'object' && item !== null,
				);
				harmless(result, () => resultFor(request, { result }, ZONE), ExapiInputError);
				harmless(objects, () => resultFor(request, { items: objects }, ZONE), ExapiInputError);
			}),
			RUNS,
		);
	});

	it('in any body leads to a signed answer', () => {
		const bodies = fc.oneof(
			json.map((value) => JSON.stringify(value)),
			json.map((value) => JSON.stringify({ exapiAnswer: value })),
			json.map((result) => JSON.stringify({ exapiAnswer: { result, error: result } })),
			fc.array(json).map((items) => JSON.stringify(items)),
			fc.string(),
		);
		const mode = fc.constantFrom('lastNode' as const, 'responseNode' as const);
		const status = fc.constantFrom(200, 200, 404, 500);
		fc.assert(
			fc.property(method, bodies, mode, status, (name, text, responseMode, code) => {
				const request = { method: name, params: [['A-1'], 1], id: '7' };
				const admitted = { request, key: KEY };
				const body = Buffer.from(text);
				const written = { kind: 'written' as const, status: code, headers: {}, body };
				harmless(text, () => {
					const settings = { responseMode, timeZone: ZONE };
					const answer = answerFrom(request, written, settings, () => undefined);
					try {
						openAnswer(answerAgain(admitted, answer).body.toString(), KEY, '7');
					} catch (error) {
						expect(error).toMatchObject({ fault: 'remoteError' });
					}
				});
			}),
			RUNS,
		);
	});
});

describe('what a user enters', () => {
	it('for an order is sent, or is an error that names a field', () => {
		const fields = [
			'orderId',
			'goodName',
			'fullName',
			'ip',
			'quantity',
			'customFields',
			'__proto__',
		];
		const order = fc
			.array(fc.tuple(fc.constantFrom(...fields), anything), { maxLength: 7 })
			.map((entries) => Object.fromEntries(entries));
		fc.assert(
			fc.property(order, anything, (input, value) => {
				harmless(input, () => orderToWire(input), ExapiInputError);
				harmless(value, () => readOrderId(value), ExapiInputError);
				harmless(value, () => readRevision(value), ExapiInputError);
				harmless(value, () => readPartners(value), InputError);
			}),
			RUNS,
		);
	});

	const dates = ['2026-01-31T15:30:00+03:00', '2026-01-31 15:30:00', '2026-W05-6', '0000-00-00'];
	const pieces = ['0', '9', '-', ':', '+', 'T', 'Z', '.', ' ', 'W', '[Europe/Moscow]', '\u0660'];
	const zones = { crm: ZONE, workflow: 'America/New_York' };
	const readDate = (value: unknown) => {
		harmless(value, () => readDateTime(value, ZONE));
		harmless(value, () => writeDateTime(value, zones), ExapiInputError);
	};

	it('for a date is read, or is an error', () => {
		fc.assert(fc.property(fc.oneof(anything, broken(dates, pieces)), readDate), RUNS);
		fc.assert(fc.property(pumped(dates, pieces), readDate), LARGE_RUNS);
	});
});
