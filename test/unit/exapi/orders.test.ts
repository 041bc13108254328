import fc from 'fast-check';
import {
	getOrderStatusRCall,
	matchOrders,
	orderToWire,
	readAddOrderResult,
	readDateTime,
	readPartnerOrders,
	readRevision,
	readStatusAnswer,
	revisionAfter,
	toOrderState,
	toPartnerOrder,
	writeDateTime,
} from '../../../nodes/Exapi/protocol';

const row = (number: string | null, status: string | null = 'pending', revision = 1) => [
	number,
	status,
	'0',
	'',
	'',
	'1',
	String(revision),
	[],
];
const asObject = (number: string, status = 'pending') => ({
	nmb: number,
	status,
	call_cnt: 2,
	comment: '',
	call_comment: '',
	add_rev: 1,
	upd_rev: 5,
	call_log: [],
});
const numbersFound = (asked: string[], result: unknown) => [
	...matchOrders(asked, readStatusAnswer(result)).keys(),
];

describe('an answer with statuses', () => {
	it.each<[string, unknown]>([
		['rows', [row('a'), row('b')]],
		['objects', [asObject('a'), asObject('b')]],
		['objects under orders', { rev: 5, orders: [asObject('a'), asObject('b')] }],
		['rows under orders', { rev: '5', orders: [row('a'), row('b')] }],
		['a list with gaps, which PHP sends as an object', { 0: row('a'), 7: row('b') }],
		['rows with gaps', [{ 0: 'a', 1: 'paid', 7: [] }, row('b')]],
		['numbers as numbers', { orders: [asObject('a'), { ...asObject(''), nmb: 'b' }] }],
		['another order', [row('b'), row('a')]],
	])('is read: %s', (_, result) => {
		expect(numbersFound(['a', 'b'], result).sort()).toEqual(['a', 'b']);
	});

	it.each<[string, unknown]>([
		['null entries', [null, row('b')]],
		['false entries', [false, row('b')]],
		['empty entries', [[], row('b')]],
		['rows without a status', [row('a', null), row('b')]],
		['missing entries', [row('b')]],
		['orders that were not requested', [row('z'), row('b')]],
	])('leaves unknown orders out: %s', (_, result) => {
		expect(numbersFound(['a', 'b'], result)).toEqual(['b']);
	});

	it('goes by position only where there is no number', () => {
		const found = matchOrders(['a', 'b'], readStatusAnswer([row(null, 'paid'), row('b')]));
		expect(found.get('a')?.status).toBe('paid');
	});

	it('matches by number whatever the order and the gaps', () => {
		fc.assert(
			fc.property(
				fc.uniqueArray(fc.string({ minLength: 1 })),
				fc.array(fc.nat()),
				(asked, shuffle) => {
					const known = asked.filter((number, index) => number.trim() !== '' && index % 3 !== 2);
					const rows = known
						.map(
							(number, index) => [shuffle[index] ?? 0, row(number, `status of ${number}`)] as const,
						)
						.sort(([a], [b]) => a - b)
						.map(([, entry]) => entry);
					const found = matchOrders(asked, readStatusAnswer(rows));
					expect(new Set(found.keys())).toEqual(new Set(known));
					for (const [number, order] of found) expect(order.status).toBe(`status of ${number}`);
				},
			),
		);
	});

	it('takes the latest revision of a number', () => {
		const found = matchOrders(
			['a'],
			readStatusAnswer([row('a', 'paid', 9), row('a', 'pending', 3)]),
		);
		expect(found.get('a')?.status).toBe('paid');
	});

	it.each([[[]], [null], [{ rev: 3 }], [{ orders: [], rev: 3 }], [{}]])(
		'may be empty: %j',
		(result) => {
			expect(readStatusAnswer(result).orders).toEqual([]);
		},
	);

	it.each<[string, unknown]>([
		['an empty text', ''],
		['0', 0],
		['false', false],
		['text', 'not found'],
		['a number', 7],
		['true', true],
	])('keeps the other places where one is %s', (_, odd) => {
		expect(numbersFound(['a', 'b', 'c'], [row('a'), odd, row('c')])).toEqual(['a', 'c']);
		expect(numbersFound(['a', 'b'], { rev: 3, orders: [odd, asObject('b')] })).toEqual(['b']);
		expect(numbersFound(['a', 'b'], { a: odd, b: { status: 'paid' } })).toEqual(['b']);
		const unnamed = matchOrders(['a', 'b'], readStatusAnswer([odd, row(null, 'paid')]));
		expect([...unnamed.keys()]).toEqual(['b']);
	});

	it.each([[['']], [[0]], [['not found']], [[false, 'not found', null]]])(
		'may know no order: %j',
		(result) => expect(readStatusAnswer(result).orders).toEqual([]),
	);

	it('is refused where it is a row and no list of rows', () => {
		expect(() => readStatusAnswer(row('a'))).toThrow('something other than a list of orders');
	});

	it('reads rows that PHP gives under indexes and names', () => {
		const both = Object.assign({}, row('a'), asObject('a', 'paid'));
		const found = matchOrders(['a'], readStatusAnswer([both]));
		expect(found.get('a')).toMatchObject({ nmb: 'a', status: 'paid' });
	});

	it.each<[string, unknown]>([
		['by number', { 5001: { status: 'x' }, rev: 5 }],
		['by number, rows', { rev: '5', 5001: row('5001', 'x') }],
		['beside an empty orders', { rev: 5, orders: null, 5001: { status: 'x' } }],
		['beside other values', { rev: 5, count: 1, 5001: { status: 'x' } }],
	])('is read beside the revision: %s', (_, result) => {
		const answer = readStatusAnswer(result);
		expect(answer.revision).toBe(5);
		expect(matchOrders(['5001'], answer).get('5001')?.status).toBe('x');
	});

	it('is read beside the revision in its places', () => {
		const answer = readStatusAnswer({ 0: { status: 'x' }, 1: { status: 'y' }, rev: 5 });
		expect(matchOrders(['a', 'b'], answer).get('b')?.status).toBe('y');
		expect(readStatusAnswer({ rev: 5, error: null })).toEqual({ orders: [], revision: 5 });
	});

	it.each([['text'], [7], [true], [{ a: 1 }], [[7]], [{ orders: 'x' }]])(
		'is refused: %j',
		(result) => {
			expect(() => readStatusAnswer(result)).toThrow('something other than a list of orders');
		},
	);

	it('names the revision to go on from', () => {
		expect(revisionAfter(readStatusAnswer({ rev: '12', orders: [] }), 3)).toBe(12);
		expect(revisionAfter(readStatusAnswer([row('a', 'paid', 9), row('b', 'paid', 4)]), 3)).toBe(9);
		expect(revisionAfter(readStatusAnswer([]), 3)).toBe(3);
	});
});

describe('an order', () => {
	it('has numbers where the document has integers, and keeps other values', () => {
		const wire = { nmb: 17, status: 'paid', call_cnt: '0', add_rev: '', upd_rev: 'x' };
		expect(toOrderState(wire, 'Europe/Moscow')).toMatchObject({
			orderId: '17',
			callCount: 0,
			addRevision: null,
			updateRevision: 'x',
			comment: '',
			callLog: [],
		});
	});

	it('reads getOrders, prices as numbers and empty dates as none', () => {
		const [order] = readPartnerOrders({
			3: {
				number: 'k',
				deliveryCost: '390.50',
				deliveryDate: '',
				approveDate: '0000-00-00 00:00:00',
				goodItems: { 0: { goodName: 'x', price: '1590', quantity: '1' } },
			},
		});
		expect(toPartnerOrder(order!, 'Europe/Moscow')).toMatchObject({
			deliveryCost: 390.5,
			deliveryDate: null,
			approvedAt: null,
			phone2: '',
			goods: [{ name: 'x', article: '', price: 1590, quantity: 1 }],
		});
	});

	it.each([
		[1001, 1001],
		['1001', 1001],
		[false, false],
		[0, false],
		['0', false],
		[' 00 ', false],
		[-1, false],
		['-17', false],
		[-0, false],
		['9007199254740993', '9007199254740993'],
		['-9007199254740993', false],
	])('has a CRM number: %j', (result, expected) => {
		expect(readAddOrderResult(result)).toBe(expected);
	});

	it.each([[null], [true], ['ok'], [{}], [1.5], ['']])('has none: %j', (result) => {
		expect(() => readAddOrderResult(result)).toThrow('neither a number nor false');
	});

	it.each([
		['that cannot be text', JSON.parse('{"toString":0}') as unknown, '{"toString":0}'],
		['that JSON does not know', { number: 1n }, 'an object'],
		['of megabytes', 'x'.repeat(1e7), `${'x'.repeat(60)}…`],
	])('is refused in words with a value %s', (_, value, shown) => {
		const zones = { crm: 'Europe/Moscow', workflow: 'Europe/Moscow' };
		const order = { orderId: '1', goodName: 'x', quantity: value };
		const refusals = [
			() => writeDateTime(value, zones),
			() => readRevision(value),
			() => orderToWire(order),
		];
		for (const refused of refusals) expect(refused).toThrow(`, not "${shown}"`);
	});

	it('keeps a field with the name of an inherited property', () => {
		const customFields = JSON.parse('{"__proto__": {"ip": "x"}, "constructor": 1}') as object;
		const order = orderToWire({ orderId: 'A-1', goodName: 'x', customFields });
		expect(JSON.stringify(order)).toBe(
			'{"order_id":"A-1","good_id":"x","__proto__":{"ip":"x"},"constructor":1}',
		);
		expect(order.ip).toBeUndefined();
	});

	it('never sends absent fields', () => {
		expect(
			orderToWire({ orderId: 7, goodName: ' x ', comment: '', phone: null, quantity: '' }),
		).toEqual({
			order_id: '7',
			good_id: 'x',
		});
	});
});

/** As PHP's `json_encode` writes a `DateTime`. */
const php = (date: string, timezone_type: number, timezone: string) => ({
	date,
	timezone_type,
	timezone,
});

describe('whole numbers beyond 2^53', () => {
	const [LESS, MORE] = ['9007199254740992', '9007199254740993'];
	const zone = 'Europe/Moscow';

	it('come out as text of the same digits', () => {
		const wire = { nmb: MORE, status: 'paid', call_cnt: MORE, add_rev: LESS, upd_rev: ` ${MORE}` };
		expect(toOrderState(wire, zone)).toMatchObject({
			orderId: MORE,
			callCount: MORE,
			addRevision: LESS,
			updateRevision: MORE,
		});
		expect(toPartnerOrder({ number: MORE, deliveryCost: MORE }, zone)).toMatchObject({
			orderId: MORE,
			deliveryCost: MORE,
		});
	});

	it('are compared digit by digit', () => {
		const rows = [row('a', 'later'), row('a', 'earlier')].map((cells, at) =>
			cells.map((cell, place) => (place === 6 ? [MORE, LESS][at] : cell)),
		);
		for (const answer of [rows, [...rows].reverse()]) {
			expect(matchOrders(['a'], readStatusAnswer(answer)).get('a')?.status).toBe('later');
			expect(revisionAfter(readStatusAnswer(answer), LESS)).toBe(MORE);
		}
		expect(revisionAfter(readStatusAnswer([]), MORE)).toBe(MORE);
		expect(revisionAfter(readStatusAnswer({ rev: MORE, orders: [] }), 0)).toBe(MORE);
	});

	it('are asked from without quotes', () => {
		expect(readRevision(MORE)).toBe(MORE);
		expect(getOrderStatusRCall(MORE, 'object').params).toEqual([9007199254740993n, 1]);
		expect(() => readRevision(2 ** 60)).toThrow('too long to keep all its digits');
	});

	it('of an order leave without quotes, and are refused where digits are lost', () => {
		const order = { orderId: MORE, goodName: 'x', quantity: MORE };
		expect(orderToWire(order)).toMatchObject({ order_id: MORE, kolvo: 9007199254740993n });
		for (const customFields of [{ a: 2 ** 60 }, { a: { b: [2 ** 60] } }]) {
			expect(() => orderToWire({ orderId: '1', goodName: 'x', customFields })).toThrow(
				'contains a number too long to keep all its digits',
			);
		}
	});
});

describe('what is of another shape', () => {
	const call = { date: '2026-03-01 10:00:00', state: '1', recall: '', comment: 'да' };
	const read = { date: '2026-03-01T10:00:00+03:00', state: 1, recall: null, comment: 'да' };

	it.each<[string, unknown, unknown[]]>([
		['text among entries', [call, 'перезвонил', call], [read, 'перезвонил', read]],
		['a number, a list and true', [7, call, ['x'], true], [7, read, ['x'], true]],
		['an object with other names', [{ when: 'x' }, call], [{ when: 'x' }, read]],
		['entries that say nothing', [null, false, '', [], {}, call], [read]],
		['a list with gaps', { 0: call, 5: 'x' }, [read, 'x']],
		['JSON text', JSON.stringify([call, 'x']), [read, 'x']],
		['JSON text of one entry', JSON.stringify(call), [read]],
		['one entry', call, [read]],
		['text', 'перезвонил', ['перезвонил']],
		['nothing', '', []],
		['null', null, []],
		['an empty list as text', '[]', []],
	])('is kept in a call log: %s', (_, callLog, expected) => {
		const state = toOrderState({ nmb: 'A-1', call_log: callLog }, 'Europe/Moscow');
		expect(state.callLog).toEqual(expected);
	});

	it('is read up to a thousand calls; a longer list is kept unchanged', () => {
		const call = { date: '2026-01-01', recall: '20260101T101010', state: '1', comment: '' };
		const read = { date: '2026-01-01', recall: '2026-01-01T10:10:10+03:00', state: 1, comment: '' };
		const logOf = (calls: number) => {
			const call_log = Array<object>(calls).fill(call);
			return toOrderState({ nmb: 'A-1', call_log }, 'Europe/Moscow').callLog;
		};
		expect(logOf(1_000)).toEqual(Array<object>(1_000).fill(read));
		expect(logOf(1_001)).toEqual(Array<object>(1_001).fill(call));
	});

	it('is kept among goods', () => {
		const goods = [{ goodName: 'x', price: '1', quantity: 1 }, 'подарок'];
		const read = [{ name: 'x', article: '', price: 1, quantity: 1 }, 'подарок'];
		expect(toPartnerOrder({ goodItems: goods }, 'UTC').goods).toEqual(read);
		expect(toPartnerOrder({ goodItems: JSON.stringify(goods) }, 'UTC').goods).toEqual(read);
	});

	it('is kept where a number or text is documented', () => {
		const order = { call_cnt: { n: 1 }, upd_rev: [2], comment: ['a', 'б'], call_comment: true };
		expect(toOrderState(order, 'UTC')).toMatchObject({
			callCount: { n: 1 },
			updateRevision: [2],
			comment: '["a","б"]',
			callComment: 'true',
		});
	});
});

describe('a list of approved orders', () => {
	it.each([[null], [false], [[]], [''], [0]])('has no order where it says %j', (nothing) => {
		expect(readPartnerOrders([{ number: 1 }, nothing])).toEqual([{ number: 1 }]);
		expect(readPartnerOrders([nothing])).toEqual([]);
	});

	it.each<[unknown]>([['not found'], [7], [true], [['x']]])(
		'keeps the others and what is no order: %j',
		(odd) => {
			const orders = readPartnerOrders({ 0: { number: 1 }, 3: odd, 4: { number: 2 } });
			expect(orders).toEqual([{ number: 1 }, { unexpected: odd }, { number: 2 }]);
			expect(orders.map((order) => toPartnerOrder(order, 'UTC'))).toMatchObject([
				{ orderId: '1' },
				{ orderId: '', unexpected: odd },
				{ orderId: '2' },
			]);
			expect(toPartnerOrder({ number: 1 }, 'UTC')).not.toHaveProperty('unexpected');
			expect(() => readPartnerOrders([odd])).toThrow('something other than a list of orders');
		},
	);
});

describe('moments', () => {
	const zones = { crm: 'Europe/Moscow', workflow: 'Asia/Yekaterinburg' };

	it.each([
		['2026-03-01T12:00:00+05:00', '2026-03-01 10:00:00'],
		['2026-03-01 12:00:00', '2026-03-01 10:00:00'],
		['2026-03-01', '2026-02-28 22:00:00'],
		[new Date('2026-03-01T07:00:00Z'), '2026-03-01 10:00:00'],
	])('go out in the time zone of the CRM: %s', (value, expected) => {
		expect(writeDateTime(value, zones)).toBe(expected);
	});

	it.each([
		[''],
		['завтра'],
		[null],
		[{}],
		[new Date('x')],
		['2026-13-01'],
		['18:00'],
		['T18:00'],
		['153000'],
		['15'],
		['2026'],
		['2026-02'],
		['01-31'],
		['2026-W05'],
		['18:00+03:00'],
		['2026-03-01 10:00:00 IST'],
	])('are refused: %j', (value) => {
		expect(() => writeDateTime(value, zones)).toThrow('must be a date and time');
	});

	it.each([
		['2014-09-11 15:30:39', '2014-09-11T15:30:39+04:00'],
		['2026-03-01T10:00:00', '2026-03-01T10:00:00+03:00'],
		['2026-03-01T10:00:00+07:00', '2026-03-01T10:00:00+07:00'],
		['2026-03-01T10:00:00Z', '2026-03-01T10:00:00Z'],
		['2026-03-01', '2026-03-01'],
		['завтра', 'завтра'],
		['', null],
		[null, null],
		['0000-00-00 00:00:00', null],
		[php('2014-09-11 15:30:39.000000', 3, 'Europe/Moscow'), '2014-09-11T15:30:39+04:00'],
		[php('2026-03-01 10:00:00.000000', 3, 'Asia/Yekaterinburg'), '2026-03-01T10:00:00+05:00'],
		[php('2026-03-01 10:00:00.123000', 3, 'UTC'), '2026-03-01T10:00:00.123Z'],
		[php('2026-03-01 10:00:00.000000', 1, '+05:30'), '2026-03-01T10:00:00+05:30'],
		[php('2026-03-01 10:00:00.000000', 1, '-03:00'), '2026-03-01T10:00:00-03:00'],
		[php('2026-03-01 10:00:00.000000', 1, '+00:00'), '2026-03-01T10:00:00Z'],
		[php('2026-03-01 10:00:00.000000', 2, 'MSK'), '2026-03-01T10:00:00+03:00'],
		[php('2026-03-01 10:00:00.000000', 2, 'EDT'), '2026-03-01T10:00:00-04:00'],
		[php('2026-03-01 10:00:00.000000', 2, 'Z'), '2026-03-01T10:00:00Z'],
		[php('-0001-11-30 00:00:00.000000', 3, 'UTC'), null],
		[1767225600, '2026-01-01T03:00:00+03:00'],
		['1767225600', '2026-01-01T03:00:00+03:00'],
		[1767225600.5, '2026-01-01T03:00:00.500+03:00'],
		[966_000_000, '2000-08-11T17:20:00+04:00'],
		['20260301', '2026-03-01'],
		['20260301T100000', '2026-03-01T10:00:00+03:00'],
		['2026-03-01T10', '2026-03-01T10:00:00+03:00'],
		['2026-03-01 10:00', '2026-03-01T10:00:00+03:00'],
		['2026-03-01 10:00:00 Asia/Yekaterinburg', '2026-03-01T10:00:00+05:00'],
		['2026-03-01 10:00:00 MSK', '2026-03-01T10:00:00+03:00'],
		[php('2026-03-01 10:00:00.000000', 2, 'GMT'), '2026-03-01T10:00:00Z'],
		[php('2026-03-01 10:00:00.000000', 2, 'msd'), '2026-03-01T10:00:00+04:00'],
		[php('2026-03-01 10:00:00.000000', 3, 'Etc/GMT-3'), '2026-03-01T10:00:00+03:00'],
	])('come in with their offset: %j', (value, expected) => {
		expect(readDateTime(value, 'Europe/Moscow')).toBe(expected);
	});

	it.each<[unknown]>([
		[0],
		[17],
		[1767225600123],
		['1767225600123'],
		[-1767225600],
		[true],
		[false],
		[[2026, 3, 1]],
		[{ year: 2026 }],
		[php('завтра', 3, 'Europe/Moscow')],
		[php('2026-03-01 10:00:00.000000', 2, 'XYZ')],
		[{ date: '2026-03-01 10:00:00' }],
		['18:00'],
		['18:00:00'],
		['T18:00'],
		['18:00+03:00'],
		['15'],
		['1530'],
		['153000'],
		['01-31'],
		['31.01'],
		['2026'],
		['2026-02'],
		['202602'],
		['2026-W05'],
		['2026-W05-2'],
		['2026-032'],
		['20261301'],
		[php('18:00:00.000000', 3, 'Europe/Moscow')],
		[php('2026-03.000000', 3, 'Europe/Moscow')],
		...['IST', 'AST', 'SST', 'NST', 'HST', 'KST', 'local', 'system', 'default', 'Europe'].flatMap(
			(zone): Array<[unknown]> => [
				[php('2026-03-01 10:00:00.000000', 2, zone)],
				[php('2026-03-01 10:00:00.000000', 3, zone)],
				[`2026-03-01 10:00:00 ${zone}`],
			],
		),
		[php('2026-03-01 10:00:00.000000', 3, 'EST')],
		[php('2026-03-01 10:00:00.000000', 3, 'CET')],
		[php('2026-03-01 10:00:00.000000', 3, 'Europe/Nowhere')],
	])('that cannot be read come out as they came: %j', (value) => {
		expect(readDateTime(value, 'Europe/Moscow')).toEqual(value);
		const order = toPartnerOrder({ deliveryDate: value, date: value }, 'Europe/Moscow');
		expect(order).toMatchObject({ deliveryDate: value, createdAt: value });
	});

	it('of a call that are a time alone are not of today', () => {
		const { callLog } = toOrderState({ call_log: [{ date: '10:00', recall: '18:00' }] }, 'UTC');
		expect(callLog).toMatchObject([{ date: '10:00', recall: '18:00' }]);
	});

	it('that are a day come in as one', () => {
		const dayOf = (value: unknown) => toPartnerOrder({ deliveryDate: value }, 'UTC').deliveryDate;
		expect(dayOf(php('2026-03-01 00:00:00.000000', 3, 'Europe/Moscow'))).toBe('2026-03-01');
		expect(dayOf(php('2026-03-01 10:00:00.000000', 3, 'UTC'))).toBe('2026-03-01T10:00:00Z');
		expect(dayOf('2026-03-01')).toBe('2026-03-01');
		expect(dayOf('20260301')).toBe('2026-03-01');
	});
});
