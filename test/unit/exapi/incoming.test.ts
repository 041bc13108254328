import fc from 'fast-check';
import { hasLostDigits } from '../../../nodes/shared/wire';
import {
	requestedFormat,
	orderFromWire,
	orderToWire,
	readParams,
} from '../../../nodes/Exapi/protocol';

describe('addOrder', () => {
	const wire = {
		ip: '203.0.113.9',
		order_id: 'order 1',
		good_id: 'Чайник / 2 л',
		kolvo: 2,
		affiliate_id: 'a-1',
		country_kod: 'RU',
		fio: 'Тестов Тест',
		address: 'Москва',
		phone: '+70000000000',
		comment: 'да',
	};

	it('comes by our names', () => {
		expect(readParams({ method: 'addOrder', params: [wire] })).toEqual({
			order: {
				ip: '203.0.113.9',
				orderId: 'order 1',
				goodName: 'Чайник / 2 л',
				quantity: 2,
				affiliateId: 'a-1',
				countryCode: 'RU',
				fullName: 'Тестов Тест',
				address: 'Москва',
				phone: '+70000000000',
				comment: 'да',
			},
		});
	});

	it('has numbers and text as the document says, whatever PHP sent', () => {
		const sent = { order_id: 123, good_id: 123, kolvo: '2', phone: 70000000000, comment: '' };
		expect(orderFromWire(sent)).toEqual({
			orderId: '123',
			goodName: '123',
			quantity: 2,
			phone: '70000000000',
			comment: '',
		});
	});

	it.each([null, {}, [], true, { a: 1 }])('leaves out what is of another type: %j', (value) => {
		const sent = { order_id: 'A-1', good_id: value, fio: value, ip: value };
		expect(orderFromWire(sent)).toEqual({ orderId: 'A-1' });
	});

	it.each([null, '', 'две', '1.5 кг', {}, []])(
		'leaves out a quantity that is none: %j',
		(kolvo) => {
			expect(orderFromWire({ order_id: 'A-1', kolvo })).toEqual({ orderId: 'A-1' });
		},
	);

	it('keeps what the document does not list, by its name on the wire', () => {
		const custom = '"utm":"x","__proto__":{"a":1},"constructor":7,"нет":null';
		const sent = JSON.parse(`{"order_id":"A-1",${custom}}`) as Record<string, unknown>;
		const { customFields } = orderFromWire(sent);
		expect(JSON.stringify(customFields)).toBe(`{${custom}}`);
		expect(({} as { a?: number }).a).toBeUndefined();
	});

	it('comes as it was sent by our own node', () => {
		const text = fc.string({ minLength: 1 }).map((value) => `x${value.trim()}`);
		const order = fc.record(
			{
				orderId: text,
				goodName: text,
				address: text,
				affiliateId: text,
				comment: text,
				countryCode: text,
				fullName: text,
				phone: text,
				ip: fc.ipV4(),
				quantity: fc.nat(),
				customFields: fc.dictionary(
					text.map((name) => `own_${name}`),
					fc
						.jsonValue()
						.filter((value) => !hasLostDigits(value))
						.map((value) => JSON.parse(JSON.stringify(value)) as unknown),
					{ minKeys: 1 },
				),
			},
			{ requiredKeys: ['orderId', 'goodName'] },
		);
		fc.assert(
			fc.property(order, (input) => {
				expect(orderFromWire(orderToWire(input))).toEqual(input);
			}),
		);
	});

	it.each([[[]], [[null]], [['A-1']], [[[wire]]], [[7, wire]]])(
		'without an order: %j',
		(params) => {
			expect(readParams({ method: 'addOrder', params })).toEqual({});
		},
	);
});

describe('getOrderStatus', () => {
	it.each<[string, unknown, string[]]>([
		['a list', ['order 1', 'order 2'], ['order 1', 'order 2']],
		['doubles, in their order', ['b', 'a', 'b'], ['b', 'a', 'b']],
		['a list with gaps, as PHP sends it', { 0: 'a', 7: 'b' }, ['a', 'b']],
		['numbers', [1001, '1002'], ['1001', '1002']],
		['a bare number', 'order 1', ['order 1']],
		['nothing that is a number', ['a', null, '', {}, ['x'], true, 'b'], ['a', 'b']],
		['an empty list', [], []],
		['nothing', undefined, []],
		['null', null, []],
	])('asks for %s', (_, first, orderIds) => {
		expect(readParams({ method: 'getOrderStatus', params: [first, 0] })).toEqual({ orderIds });
	});
});

describe('getOrderStatusR', () => {
	it.each<[unknown, number | string | undefined]>([
		[0, 0],
		[41, 41],
		['41', 41],
		[' 41 ', 41],
		['', undefined],
		[' ', undefined],
		[null, undefined],
		[undefined, undefined],
		[true, undefined],
		[1.5, undefined],
		['0x10', undefined],
		['1e3', undefined],
		['сорок', undefined],
		[[41], undefined],
		[1e300, undefined],
		['9007199254740993', '9007199254740993'],
	])('asks from revision %j: %s', (first, revision) => {
		const params = readParams({ method: 'getOrderStatusR', params: [first] });
		expect(params).toEqual(revision === undefined ? {} : { revision });
	});
});

describe('getOrders', () => {
	it.each([['2026-01-31 15:30:00'], ['yesterday'], ['']])('asks since %j', (since) => {
		expect(readParams({ method: 'getOrders', params: [since] })).toEqual({ since });
	});

	it.each([[[]], [[null]], [[1767225600]], [[{}]]])('without a moment: %j', (params) => {
		expect(readParams({ method: 'getOrders', params })).toEqual({});
	});
});

it('names nothing of a method that the document does not know', () => {
	for (const method of ['getBalance', 'addorder', 'constructor', '__proto__', '']) {
		expect(readParams({ method, params: [{ order_id: 'A-1' }] })).toEqual({});
	}
});

it.each<[string, unknown[], string]>([
	['getOrderStatus', [[]], 'list'],
	['getOrderStatus', [[], 0], 'list'],
	['getOrderStatus', [[], '1'], 'object'],
	['getOrderStatus', [[], 1], 'object'],
	['getOrderStatus', [[], null], 'list'],
	['getOrderStatus', [[], ''], 'list'],
	['getOrderStatus', [[], 2], 'list'],
	['getOrderStatusR', [0], 'object'],
	['getOrderStatusR', [0, 1], 'object'],
	['getOrderStatusR', [0, '0'], 'list'],
	['getOrderStatusR', [0, 0], 'list'],
	['getOrderStatusR', [0, null], 'object'],
	['getOrderStatusR', [0, 'x'], 'object'],
])('%s with %j is asked for as %s', (method, params, format) => {
	expect(requestedFormat({ method, params })).toBe(format);
});
