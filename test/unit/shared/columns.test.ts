import fc from 'fast-check';
import { columnsOf } from '../../../nodes/shared/fields';

const WANTED = ['inn', 'lastName'];

describe('a column of the input', () => {
	it.each([
		'\ufeffinn',
		'\ufeff inn',
		'inn\u00a0',
		'\u00a0inn',
		' inn ',
		'inn\t',
		'inn\r',
		'\u200binn\u200b',
		'\u202ainn\u202c',
		'inn\u2009',
		'\u00ef\u00bb\u00bfinn',
		'\u043f\u00bb\u0457inn',
		'\ufeff"inn"',
		'\ufeff"inn "',
		'\u00ef\u00bb\u00bf"inn"',
		'\u043f\u00bb\u0457"inn"\r',
	])('is found as %j', (column) => {
		expect(columnsOf({ [column]: '7707083893', other: 1 }, WANTED).inn).toBe('7707083893');
	});

	it.each([
		'INN',
		'in n',
		'inn.',
		'"inn"',
		' "inn"',
		'\ufeff"inn',
		'\ufeff""',
		'inn2',
		'i\u00a0nn',
		'\u00a0',
	])('is another one as %j', (column) => {
		expect(columnsOf({ [column]: 1 }, WANTED).inn).toBeUndefined();
	});

	it('of exactly the name wins, whatever it holds', () => {
		expect(columnsOf({ '\ufeffinn': 1, inn: 2 }, WANTED).inn).toBe(2);
		expect(columnsOf({ inn: '', 'inn\u00a0': 1, ' inn': 2 }, WANTED).inn).toBe('');
	});

	it('that is there twice with one value is that', () => {
		expect(columnsOf({ '\ufeffinn': 1, 'inn\u00a0': 1 }, WANTED).inn).toBe(1);
	});

	it('that is there twice with two values is an error that names both', () => {
		expect(() => columnsOf({ '\ufeffinn': 1, 'inn\u00a0': 2 }, WANTED)).toThrow(
			'Two input columns match the field "inn" and have different values: "\\ufeffinn" and "inn\\u00a0"',
		);
	});

	it('may have any form if it is not requested', () => {
		const json = { 'note\u00a0': 1, '\u00a0note': 2, inn: 3 };
		expect(columnsOf(json, WANTED)).toBe(json);
	});

	it('changes nothing about an item without such columns, nor the item itself', () => {
		const json = Object.freeze({ '\ufeffinn': 1, lastName: 'a' });
		expect(columnsOf(json, WANTED)).toEqual({ ...json, inn: 1 });
		fc.assert(
			fc.property(
				fc.dictionary(fc.stringMatching(/^[a-zа-я0-9 _-]*[a-zа-я]$/), fc.anything()),
				(item) => {
					const input = item as Parameters<typeof columnsOf>[0];
					const known = Object.fromEntries(
						Object.entries(input).filter(([name]) => name === name.trim()),
					);
					expect(columnsOf(known, WANTED)).toBe(known);
				},
			),
		);
	});

	it('costs nothing to speak of, also of names that are all blanks', () => {
		const before = process.cpuUsage().user;
		columnsOf({ [`a${' '.repeat(1_000_000)}b`]: 1, [' '.repeat(1_000_000)]: 2 }, WANTED);
		const items = Array.from({ length: 100_000 }, (_, index) => ({
			inn: index,
			lastName: 'Ы',
			x: 1,
		}));
		for (const item of items) columnsOf(item, WANTED);
		expect((process.cpuUsage().user - before) / 1000).toBeLessThan(1_000);
	});
});
