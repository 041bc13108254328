import fc from 'fast-check';
import {
	matchOrders,
	readStatusAnswer,
	toOrderState,
	wordsOf,
	type WireOrderState,
} from '../../../nodes/Exapi/protocol';

const row = (number: unknown, status = 'paid', revision = 1) => [
	number,
	status,
	0,
	'',
	'',
	1,
	revision,
	[],
];
const named = (number: unknown, status = 'paid') => ({ nmb: number, status });

/** The status found for each number, in the order asked; `undefined` for an order that is not found. */
function find(asked: string[], result: unknown): unknown[] {
	const found: Map<string, WireOrderState> = matchOrders(asked, readStatusAnswer(result));
	return asked.map((number) => found.get(number)?.status);
}

describe('an order is found by its place, where its number differs only in', () => {
	it.each<[string, string, unknown]>([
		['leading zeros', '00123', '123'],
		['leading zeros and type', '00123', 123],
		['missing zeros', '123', '000123'],
		['case', 'ABC-1', 'abc-1'],
		['case of other letters', 'ЗАКАЗ-1', 'заказ-1'],
		['blanks around', 'A-1', ' A-1 '],
		['blanks within', 'A 1', 'A1'],
		['all of these', '00ab 1', ' AB1'],
		['nothing but zeros', '00', 0],
	])('%s', (_, asked, answered) => {
		expect(find([asked], [row(answered)])).toEqual(['paid']);
		expect(find(['x', asked], [null, row(answered)])).toEqual([undefined, 'paid']);
		expect(find(['x', asked], { 1: row(answered) })).toEqual([undefined, 'paid']);
		expect(find(['x', asked], { rev: 1, orders: [false, named(answered)] })).toEqual([
			undefined,
			'paid',
		]);
	});

	it.each<[string, string[], unknown, unknown[]]>([
		['another number', ['A-1', 'A-2'], [row('A-3'), row('A-4')], [undefined, undefined]],
		['zeros within', ['A-01'], [row('A-1')], [undefined]],
		['zeros behind', ['100'], [row('1')], [undefined]],
		['another sign', ['A-1'], [row('A_1')], [undefined]],
		['a longer list', ['00123'], [row('123'), row('x')], [undefined]],
		['a shorter list', ['00123', 'x'], [row('123')], [undefined, undefined]],
		['another place', ['00123', 'x'], [row('x'), row('123')], [undefined, 'paid']],
	])('and not with %s', (_, asked, result, expected) => {
		expect(find(asked, result)).toEqual(expected);
	});
});

describe('123 and 00123 in one question', () => {
	const asked = ['123', '00123'];

	it.each<[string, unknown, unknown[]]>([
		['in their places', [row('123', 'a'), row('00123', 'b')], ['a', 'b']],
		['in each other’s places', [row('00123', 'b'), row('123', 'a')], ['a', 'b']],
		['of which one is known', [row('123', 'a'), null], ['a', undefined]],
		['of which the other is known', [null, row('00123', 'b')], [undefined, 'b']],
		['in a shorter answer', [row('123', 'a')], ['a', undefined]],
		['where 123 stands in the place of 00123', [null, row('123', 'a')], ['a', undefined]],
		['where the CRM knows no zeros', [row('123', 'a', 1), row('123', 'b', 2)], ['a', undefined]],
		['whatever the order', { 0: row('123', 'a', 1), 1: row('123', 'b', 2) }, ['a', undefined]],
		['by number', { '00123': named('00123', 'b'), '123': named(123, 'a') }, ['a', 'b']],
		['by number alone', { '00123': { status: 'b' }, '123': { status: 'a' } }, ['a', 'b']],
	])('never take each other’s answer: %s', (_, result, expected) => {
		expect(find(asked, result)).toEqual(expected);
	});
});

describe('an object keyed by number is read', () => {
	it.each<[string, string[], unknown, unknown[]]>([
		[
			'of objects',
			['A-1', 'A-2'],
			{ 'A-2': named('A-2', 'b'), 'A-1': named('A-1', 'a') },
			['a', 'b'],
		],
		['of rows', ['A-1'], { 'A-1': row('A-1') }, ['paid']],
		['without numbers within', ['A-1', 'A-2'], { 'A-2': { status: 'b' } }, [undefined, 'b']],
		['of digits', ['1001', '1002'], { 1002: { status: 'b' }, 1001: { status: 'a' } }, ['a', 'b']],
		['of digits beyond 2^53', ['9007199254740993'], { '9007199254740993': { status: 'a' } }, ['a']],
		['with the number written otherwise', ['00123'], { '00123': named(123) }, ['paid']],
		['under orders', ['A-1'], { rev: 3, orders: { 'A-1': { status: 'a' } } }, ['a']],
		['with nulls', ['A-1', 'A-2'], { 'A-1': null, 'A-2': { status: 'b' } }, [undefined, 'b']],
		['of a list with gaps', ['A-1', 'A-2'], { 1: { status: 'b' } }, [undefined, 'b']],
	])('%s', (_, asked, result, expected) => {
		expect(find(asked, result)).toEqual(expected);
	});

	it('gives changes their numbers', () => {
		const { orders } = readStatusAnswer({ rev: 3, orders: { 'A-1': { status: 'paid' } } });
		const numbers = orders.map(({ order, key }) => toOrderState(order, 'UTC', key).orderId);
		expect(numbers).toEqual(['A-1']);
	});

	it.each([[{ a: 1 }], [{ error: null }], [{ message: 'no' }], [{ status: [] }]])(
		'and not where it says nothing of an order: %j',
		(result) =>
			expect(() => readStatusAnswer(result)).toThrow('something other than a list of orders'),
	);
});

it('the order in its own place goes before one of the same number elsewhere', () => {
	const twice = (number: string) => [row(number, 'a', 1), row(number, 'b', 2)];
	expect(find(['abc', 'ABC'], twice('abc'))).toEqual(['a', undefined]);
	expect(find(['abc', 'ABC'], twice('ABC'))).toEqual([undefined, 'b']);
	expect(find(['00123', '123'], twice('123'))).toEqual([undefined, 'b']);
	expect(find(['123', '00123'], [...twice('123'), null])).toEqual(['b', undefined]);
});

describe('a key that is a number asked for and a place of another', () => {
	const of = (...statuses: Array<[key: string, status: unknown]>) =>
		Object.fromEntries(statuses.map(([key, status]) => [key, { status }]));

	it.each<[string, string[], unknown, unknown[]]>([
		[
			'is a number where all are',
			['1', '2', '3'],
			of(['1', 'paid'], ['2', 'rejected']),
			['paid', 'rejected', undefined],
		],
		['is a number also in another order', ['1', '0'], of(['0', 'a'], ['1', 'b']), ['b', 'a']],
		['is a place where one is no number', ['1', '2'], of(['0', 'a'], ['1', 'b']), ['a', 'b']],
		[
			'is a place where a number within says so',
			['1', '2', '3'],
			{ 1: named('2', 'b'), 2: { status: 'c' } },
			[undefined, 'b', 'c'],
		],
		[
			'is a number where a number within says so',
			['1', '2', '0'],
			{ 0: { status: 'c' }, 1: named('1', 'a') },
			['a', undefined, 'c'],
		],
		[
			'is neither where the numbers within disagree',
			['1', '2', '3', '4'],
			{ 1: named('1', 'a'), 2: named('3', 'c'), 3: { status: 'x' } },
			['a', undefined, 'c', undefined],
		],
		[
			'is neither where one is neither',
			['1', '2', '3'],
			of(['1', 'a'], ['5', 'b']),
			[undefined, undefined, undefined],
		],
		[
			'is neither where the numbers are spelled otherwise',
			['01', '02', '03'],
			of(['1', 'a'], ['2', 'b']),
			[undefined, undefined, undefined],
		],
		[
			'is a number where spelled otherwise and of no place',
			['01', '02'],
			of(['1', 'a'], ['2', 'b']),
			['a', 'b'],
		],
	])('%s', (_, asked, result, expected) => {
		expect(find(asked, result)).toEqual(expected);
		expect(find(asked, { rev: 3, orders: result })).toEqual(expected);
	});

	it('never gives an order the status of another, in a list with gaps or by number', () => {
		const digits = fc.uniqueArray(fc.nat(6).map(String), { minLength: 1, maxLength: 6 });
		fc.assert(
			fc.property(digits, fc.func(fc.boolean()), (asked, isKnown) => {
				const known = asked.filter((number) => isKnown(number));
				const result = Object.fromEntries(known.map((number) => [number, { status: number }]));
				if (known.length > 0) {
					expect(find(asked, result)).toEqual(
						asked.map((number) => (known.includes(number) ? number : undefined)),
					);
				}
				const gaps = Object.fromEntries(
					asked.flatMap((number, at) => (isKnown(number) ? [[at, named(number, number)]] : [])),
				);
				for (const [at, status] of find(asked, gaps).entries()) {
					expect([undefined, asked[at]]).toContain(status);
				}
			}),
		);
	});
});

describe('a key is a number that is written otherwise', () => {
	it.each<[string, string[], unknown, unknown[]]>([
		['with zeros', ['00123'], { 123: named('123') }, ['paid']],
		['with zeros and no number within', ['00123'], { 123: { status: 'paid' } }, ['paid']],
		['with case', ['ABC-1'], { 'abc-1': { status: 'paid' } }, ['paid']],
		['with case and a number', ['ABC-1'], { 'abc-1': named('abc-1') }, ['paid']],
		['with blanks', ['A-1'], { ' A-1 ': { status: 'paid' } }, ['paid']],
		['as a row', ['00123'], { 123: row(123) }, ['paid']],
		['and exactly another', ['00123', '123'], { 123: { status: 'a' } }, [undefined, 'a']],
		['of two', ['00123', '0123'], { 123: { status: 'a' } }, [undefined, undefined]],
		['of another order', ['ABC-1'], { 'abc-1': named('x') }, [undefined]],
		['of another order', ['00123'], { 124: named('124') }, [undefined]],
	])('%s', (_, asked, result, expected) => {
		expect(find(asked, result)).toEqual(expected);
		expect(find(asked, { rev: 1, orders: result })).toEqual(expected);
	});
});

describe('whatever a CRM does to numbers', () => {
	const number = fc.stringMatching(/^0{0,2}[a-zA-Z]?-?[1-9][0-9]{0,2}$/);
	const numbers = fc.uniqueArray(number, { minLength: 1, maxLength: 8 });
	const spelled = fc.constantFrom<(text: string) => string>(
		(text) => text,
		(text) => text.toUpperCase(),
		(text) => text.toLowerCase(),
		(text) => text.replace(/^0+/, ''),
		(text) => `0${text}`,
		(text) => ` ${text} `,
	);

	it('an order is that of its place, or of its exact number, and of no other', () => {
		fc.assert(
			fc.property(
				numbers,
				fc.array(spelled),
				fc.func(fc.boolean()),
				(asked, spellings, isKnown) => {
					const answered = asked.map((text, at) => (spellings[at] ?? ((same) => same))(text));
					const rows = answered.map((text, at) =>
						isKnown(text) ? row(text, `of place ${at}`) : null,
					);
					const found = matchOrders(asked, readStatusAnswer(rows));
					asked.forEach((text, at) => {
						const place = wordsOf(found.get(text)?.status).replace('of place ', '');
						const exact = answered.flatMap((other, index) =>
							other.trim() === text && rows[index] ? [String(index)] : [],
						);
						const own = rows[at] && !asked.includes(answered[at]!.trim()) ? [String(at)] : [];
						expect(exact.length > 0 ? exact : own.length > 0 ? own : ['']).toContain(place);
					});
				},
			),
		);
	});
});
