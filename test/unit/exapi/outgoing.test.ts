import {
	resultFor,
	type ExapiInputError,
	type ExapiRequest,
	type WorkflowResult,
} from '../../../nodes/Exapi/protocol';
import type { JsonObject } from '../../../nodes/shared/wire';

const ask = (method: string, ...params: unknown[]): ExapiRequest => ({ method, params, id: '1' });
const items = (...given: JsonObject[]): WorkflowResult => ({ items: given });
const give = (request: ExapiRequest, outcome: WorkflowResult) =>
	resultFor(request, outcome, 'Europe/Moscow');
const fieldOf = (request: ExapiRequest, outcome: WorkflowResult): string => {
	try {
		return `no error but ${JSON.stringify(give(request, outcome))}`;
	} catch (error) {
		expect(error).toMatchObject({ name: 'ExapiInputError' });
		return (error as ExapiInputError).field;
	}
};

const order = (orderId: string, more: JsonObject = {}) => ({ orderId, status: 'paid', ...more });
const row = (number: string, revision = 0) => [number, 'paid', 0, '', '', 0, revision, []];
const entry = (number: string, revision = 0) => ({
	nmb: number,
	status: 'paid',
	call_cnt: 0,
	comment: '',
	call_comment: '',
	add_rev: 0,
	upd_rev: revision,
	call_log: [],
});

describe('addOrder is answered with', () => {
	it.each<[string, WorkflowResult, number | bigint | false]>([
		['crmId', items({ crmId: 5001 }), 5001],
		['crmId as text', items({ crmId: '5001' }), 5001],
		['crmId beyond 2^53, as text', items({ crmId: '9007199254740993' }), 9007199254740993n],
		['a result beyond 2^53', { result: 9007199254740993n }, 9007199254740993n],
		['crmId that is false', items({ crmId: false }), false],
		['the first item', items({ crmId: 1 }, { crmId: 2 }), 1],
		['result of an item', items({ result: 7 }), 7],
		['crmId before a column that is called result', items({ crmId: 5, result: 'ok' }), 5],
		['the node’s own answer', items({ orderId: 'A-1', crmId: 5 }), 5],
		['a result', { result: 77 }, 77],
		['a result that is false', { result: false }, false],
		['a result as text', { result: '77' }, 77],
		['a result that is an item', { result: { crmId: 77 } }, 77],
		['a result that is a list of items', { result: [{ crmId: 77 }] }, 77],
	])('%s', (_, outcome, result) => {
		expect(give(ask('addOrder', {}), outcome)).toBe(result);
	});

	it.each<[string, WorkflowResult]>([
		['no item', items()],
		['an empty item', items({})],
		['another field', items({ id: 5001, password: 'x' })],
		['text', items({ crmId: 'A-7' })],
		['true', items({ crmId: true })],
		['null', items({ crmId: null })],
		['a fraction', items({ crmId: 1.5 })],
		['0', items({ crmId: 0 })],
		['a number that lost digits', items({ crmId: 2 ** 60 })],
		['0 as text', items({ crmId: '0' })],
		['a negative number', { result: -1 }],
		['an object', items({ crmId: { id: 5 } })],
		['a result that is true', { result: true }],
		['a result that is null', { result: null }],
		['a result that is an object', { result: { id: 5001 } }],
		['no result', { result: undefined }],
	])('an error, for %s', (_, outcome) => {
		expect(fieldOf(ask('addOrder', {}), outcome)).toBe('crmId');
	});
});

describe('getOrderStatus is answered', () => {
	const asked = ['b', 'nobody', 'a', 'b'];

	it('in the order asked for, null for unknown numbers', () => {
		const outcome = items(order('a'), order('z'), order('b', { updateRevision: 4 }));
		expect(give(ask('getOrderStatus', asked), outcome)).toEqual([
			row('b', 4),
			null,
			row('a'),
			row('b', 4),
		]);
		expect(give(ask('getOrderStatus', asked, '1'), outcome)).toEqual({
			rev: 4,
			orders: [entry('b', 4), entry('a'), entry('b', 4)],
		});
	});

	it('with each order at the index that its number has', () => {
		const outcome = items(order('a'), order('b'));
		expect(give(ask('getOrderStatus', ['a', null, '', 'b']), outcome)).toEqual([
			row('a'),
			null,
			null,
			row('b'),
		]);
	});

	it.each<[string, WorkflowResult]>([
		['orders that were not found', items({ orderId: 'a', found: false })],
		['empty items', items({}, {})],
		['no items', items()],
		['an empty result', { result: [] }],
		['an item with an empty result', items({ result: [] })],
		['a result of nulls', { result: [null, false] }],
		['the orders of a result', { result: { rev: 0, orders: [] } }],
	])('with null for %s', (_, outcome) => {
		expect(give(ask('getOrderStatus', ['a', 'b']), outcome)).toEqual([null, null]);
		expect(give(ask('getOrderStatus', ['a', 'b'], 1), outcome)).toEqual({ rev: 0, orders: [] });
	});

	it.each<[string, WorkflowResult]>([
		['items', items(order('a', { updateRevision: 4 }), order('b'))],
		['a result of items', { result: [order('a', { updateRevision: 4 }), order('b')] }],
		[
			'an item with a result of items',
			items({ result: [order('b'), order('a', { updateRevision: 4 })] }),
		],
		['rows', { result: [row('a', 4), row('b')] }],
		['rows in another order', { result: [row('b'), row('a', 4)] }],
		['an item with rows', items({ result: [row('a', 4), row('b')] })],
		['objects', { result: [entry('a', 4), entry('b')] }],
		['objects under orders', { result: { rev: 1, orders: [entry('a', 4), entry('b')] } }],
		['a single order', { result: order('a', { updateRevision: 4 }) }],
	])('in the form asked for, from %s', (what, outcome) => {
		const isSingle = what === 'a single order';
		expect(give(ask('getOrderStatus', ['a', 'b'], 0), outcome)).toEqual([
			row('a', 4),
			isSingle ? null : row('b'),
		]);
		expect(give(ask('getOrderStatus', ['a', 'b'], 1), outcome)).toEqual({
			rev: 4,
			orders: [entry('a', 4), ...(isSingle ? [] : [entry('b')])],
		});
	});

	it.each<[string, WorkflowResult, string]>([
		['a row of a database', items({ id: 1, password: 'x' }), 'orderId'],
		['an order and a row of a database', items(order('a'), { id: 1 }), 'orderId'],
		['an error item', items({ error: 'x' }), 'orderId'],
		['a number', { result: 7 }, 'result'],
		['text', { result: 'paid' }, 'result'],
		['true', items({ result: true }), 'result'],
		['rows of a database', { result: [{ id: 1, password: 'x' }] }, 'orderId'],
		['an item with rows of a database', items({ result: [{ id: 1 }] }), 'orderId'],
		['a list of text', { result: ['paid'] }, 'result'],
		['orders that are no list', { result: { rev: 1, orders: 'x' } }, 'result'],
	])('with an error for %s', (_, outcome, field) => {
		expect(fieldOf(ask('getOrderStatus', ['a']), outcome)).toBe(field);
	});
});

describe('getOrderStatusR is answered', () => {
	it('with all orders, the greatest revision, in the form asked for', () => {
		const outcome = items(order('b', { updateRevision: '9' }), order('a', { addRevision: 3 }));
		expect(give(ask('getOrderStatusR', 2), outcome)).toEqual({
			rev: 9,
			orders: [entry('b', 9), { ...entry('a'), add_rev: 3 }],
		});
		expect(give(ask('getOrderStatusR', 2, '0'), outcome)).toEqual([
			row('b', 9),
			['a', 'paid', 0, '', '', 3, 0, []],
		]);
	});

	it.each<[string, WorkflowResult, number]>([
		['the one asked for, when nothing changed', items({}), 41],
		['that of the node’s own answer to no changes', items({ revision: 50, orders: 0 }), 50],
		['that of a result to no changes', { result: { revision: 50, orders: 0 } }, 50],
		['that of the orders’ own column', items(order('a', { revision: 60, updateRevision: 7 })), 60],
		['that of a result that names it', { result: { rev: 70, orders: [] } }, 70],
		['that of an item with such a result', items({ result: { rev: '70', orders: [] } }), 70],
		['never less than asked for', { result: { rev: 3, orders: [] } }, 41],
		['the one asked for, of an empty result', { result: [] }, 41],
	])('with a revision: %s', (_, outcome, rev) => {
		expect(give(ask('getOrderStatusR', '41'), outcome)).toMatchObject({ rev });
		expect(give(ask('getOrderStatusR', '41', 0), outcome)).toEqual(expect.any(Array));
	});

	it('with as many orders as a CRM has', () => {
		const many = Array.from({ length: 150_000 }, (_, at) => order(`${at}`, { updateRevision: at }));
		const result = give(ask('getOrderStatusR', 0), { items: many }) as { orders: unknown[] };
		expect(result).toMatchObject({ rev: 149_999 });
		expect(result.orders).toHaveLength(150_000);
	});
});

describe('a whole number beyond 2^53 leaves without quotes', () => {
	const beyond = '9007199254740993';

	it('in statuses and revisions', () => {
		const outcome = items(order('a', { updateRevision: beyond, callCount: beyond }));
		const expected = { call_cnt: 9007199254740993n, upd_rev: 9007199254740993n };
		expect(give(ask('getOrderStatusR', 2), outcome)).toMatchObject({
			rev: 9007199254740993n,
			orders: [expected],
		});
		expect(give(ask('getOrderStatusR', beyond), items())).toMatchObject({ rev: 9007199254740993n });
		expect(give(ask('getOrderStatus', ['a', 'a'], 1), outcome)).toMatchObject({
			orders: [expected, expected],
		});
	});

	it('in prices', () => {
		const outcome = items({ orderId: 'a', deliveryCost: beyond, goods: [{ price: beyond }] });
		expect(give(ask('getOrders', 'x'), outcome)).toMatchObject([
			{ deliveryCost: 9007199254740993n, goodItems: [{ price: 9007199254740993n }] },
		]);
	});

	it.each(['orderId', 'updateRevision', 'callCount'])(
		'and is refused where it lost digits: %s',
		(field) => {
			const outcome = items({ ...order('a'), [field]: 2 ** 60 });
			expect(fieldOf(ask('getOrderStatusR', 0), outcome)).toBe(field);
		},
	);
});

describe('text that came as a number with lost digits is refused by its name', () => {
	const long = 9007199254740992;

	it.each(['phone', 'phone2', 'zipCode', 'house', 'createdAt', 'deliveryFrom', 'orderId'])(
		'%s of getOrders',
		(name) => {
			for (const number of [long, 1e20, 1e21, 1e300]) {
				const outcome = items({ orderId: 'a', [name]: number });
				expect(fieldOf(ask('getOrders', 'x'), outcome)).toBe(name);
			}
			const text = items({ orderId: 'a', [name]: '9007199254740993' });
			expect(JSON.stringify(give(ask('getOrders', 'x'), text))).toContain('"9007199254740993"');
		},
	);

	it.each(['article', 'name'])('%s of goods', (name) => {
		const goods = [{ [name]: long }];
		expect(fieldOf(ask('getOrders', 'x'), items({ orderId: 'a', goods }))).toBe(name);
	});

	it('the same under the names of the wire', () => {
		const result = [{ number: 'a', phone1: long }];
		expect(fieldOf(ask('getOrders', 'x'), { result })).toBe('phone');
	});

	it.each(['status', 'comment', 'callComment'])('%s of a status', (name) => {
		const outcome = items({ ...order('a'), [name]: long });
		expect(fieldOf(ask('getOrderStatusR', 1, 0), outcome)).toBe(name);
		expect(fieldOf(ask('getOrderStatus', ['a'], 1), outcome)).toBe(name);
	});

	it.each(['date', 'recall', 'comment'])('%s of a call', (name) => {
		const outcome = items(order('a', { callLog: [{ [name]: long }] }));
		expect(fieldOf(ask('getOrderStatusR', 1, 0), outcome)).toBe(name);
	});
});

describe('getOrders is answered', () => {
	const wire = {
		number: 'к/1',
		date: '2026-03-01 10:00:00',
		fio: 'Тестов',
		phone1: '7',
		phone2: '',
		zipCode: '',
		city: '',
		street: '',
		house: '4',
		flat: '',
		deliveryCost: 390.5,
		deliveryDate: '2026-03-02',
		deliveryStime: '',
		deliveryEtime: '',
		approveDate: '',
		goodItems: [{ goodName: 'Чайник', goodArticle: '', price: 10, quantity: 1 }],
	};
	const item = {
		orderId: 'к/1',
		createdAt: '2026-03-01T07:00:00.000Z',
		fullName: 'Тестов',
		phone: 7,
		house: 4,
		deliveryCost: '390.50',
		deliveryDate: '2026-03-02',
		approvedAt: null,
		goods: [{ name: 'Чайник', price: '10' }],
	};

	it.each<[string, WorkflowResult]>([
		['items', items(item)],
		['goods as JSON text', items({ ...item, goods: JSON.stringify(item.goods) })],
		['a result', { result: [item] }],
		['a single order', { result: item }],
		['an item with a result', items({ result: [item] })],
		['a result with the names of the wire', { result: [wire] }],
		['such a result with columns beside', { result: [{ ...wire, password: 'x' }] }],
	])('from %s', (_, outcome) => {
		expect(give(ask('getOrders', '2026-01-01'), outcome)).toEqual([wire]);
	});

	it.each<[string, WorkflowResult]>([
		['no items', items()],
		['an empty item', items({})],
		['an empty result', { result: [] }],
	])('with an empty list for %s', (_, outcome) => {
		expect(give(ask('getOrders', '2026-01-01'), outcome)).toEqual([]);
	});

	it.each<[string, WorkflowResult, string]>([
		['rows of a database', items({ id: 1, password: 'x' }), 'orderId'],
		['a result with rows of a database', { result: [{ id: 1 }] }, 'orderId'],
		['an item with such a result', items({ result: [{ ID: 1, PHONE: 'x' }] }), 'orderId'],
		['a list of text', { result: ['x'] }, 'result'],
		['text', { result: 'x' }, 'result'],
	])('with an error for %s', (_, outcome, field) => {
		expect(fieldOf(ask('getOrders', 'x'), outcome)).toBe(field);
	});

	it.each([
		['2026-03-01T07:00:00Z', '2026-03-01 10:00:00'],
		['2026-03-01T12:00:00+05:00', '2026-03-01 10:00:00'],
		['2026-03-01 10:00:00', '2026-03-01 10:00:00'],
		['2026-03-01', '2026-03-01'],
		['завтра', 'завтра'],
		['18:00+05:00', '18:00+05:00'],
		['T18:00Z', 'T18:00Z'],
		['2026-03Z', '2026-03Z'],
		['', ''],
		[null, ''],
	])('with the moment %j in the zone of the workflow', (createdAt, date) => {
		const result = give(ask('getOrders', 'x'), items({ orderId: 'a', createdAt }));
		expect(result).toMatchObject([{ date }]);
	});
});

describe('a method of another name is answered with', () => {
	it.each<[string, WorkflowResult, unknown]>([
		['the result of the first item', items({ result: { a: ['б'] } }), { a: ['б'] }],
		['null, where it is the result', items({ result: null }), null],
		['a result', { result: 'да' }, 'да'],
	])('%s', (_, outcome, result) => {
		expect(give(ask('getBalance'), outcome)).toEqual(result);
	});

	it.each<[string, unknown]>([
		['an object', { id: 9007199254740992 }],
		['a list', [1e20]],
		['a number', -(2 ** 53)],
		['something within', { rows: [{ deep: [1, 2 ** 60] }] }],
	])('an error, where digits are lost in %s', (_, result) => {
		expect(fieldOf(ask('getBalance'), { result })).toBe('result');
		expect(fieldOf(ask('getBalance'), items({ result }))).toBe('result');
	});

	it('long numbers as text or with all their digits', () => {
		const result = {
			id: '9007199254740993',
			other: 9007199254740993n,
			price: 0.1,
			most: 2 ** 53 - 1,
		};
		expect(give(ask('getBalance'), { result })).toEqual(result);
	});

	it.each<[string, WorkflowResult]>([
		['an item without it', items({ balance: 7, password: 'x' })],
		['no items', items()],
		['no result', { result: undefined }],
	])('an error, for %s', (_, outcome) => {
		expect(fieldOf(ask('getBalance'), outcome)).toBe('result');
	});
});
