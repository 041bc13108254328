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
		['where the CRM knows no zeros', [row('123', 'a', 1), row('123', 'b', 2)], ['b', undefined]],
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
		(result) => expect(() => readStatusAnswer(result)).toThrow('not a list of orders'),
	);
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
