import fc from 'fast-check';
import { ACCOUNT_FIELDS, FieldError, writeFields } from '../../../nodes/ClientRight/wire/records';
import { isInn, isOgrn } from '../../../nodes/ClientRight/wire/text-values';

const account = (inn: unknown, ogrn: unknown, validateChecksums = false) =>
	writeFields(
		ACCOUNT_FIELDS,
		{ accountName: 'ООО "Три бобра"', inn, ogrn },
		{ timeZone: 'utc', validateChecksums, normalizeMobile: false },
	);
const digits = (length: number) =>
	fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length });

/** Control digits by the rules as they are published, one weight after the other. */
function innOf(first: readonly number[]): string {
	const control = (numbers: readonly number[], weights: readonly number[]) =>
		(numbers.reduce((sum, digit, at) => sum + digit * weights[at]!, 0) % 11) % 10;
	const weights = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
	if (first.length === 9) return [...first, control(first, weights.slice(2))].join('');
	const eleven = [...first, control(first, weights.slice(1))];
	return [...eleven, control(eleven, weights)].join('');
}

describe('the INN', () => {
	it.each(['7707083893', '7736050003', '500100732259'])('%s has its control digits', (inn) => {
		expect(isInn(inn)).toBe(true);
	});

	it('has one right last digit in ten', () => {
		for (const length of [9, 10]) {
			fc.assert(
				fc.property(digits(length), fc.integer({ min: 1, max: 9 }), (first, off) => {
					const inn = innOf(first);
					expect(isInn(inn)).toBe(true);
					const wrong = (Number(inn.at(-1)) + off) % 10;
					expect(isInn(inn.slice(0, -1) + String(wrong))).toBe(false);
				}),
			);
		}
	});

	it.each(['123456789', '12345678901', '1234567890123', '12345678ab', 123456789])(
		'is refused unless it has 10 or 12 digits: %s',
		(inn) => expect(() => account(inn, '1')).toThrow(FieldError),
	);

	it.each([
		'7707 083 893',
		'7707\u00a0083\u00a0893',
		'77-07-083893',
		' 7707083893\u200b',
		'7 707 083 893',
		'7,707,083,893',
		'7707083893.0',
		'7707.083.893',
	])('loses blanks and separators: %s', (inn) =>
		expect(account(inn, '1 027\u00a0700-132 195')).toMatchObject({
			inn: '7707083893',
			ogrn: '1027700132195',
		}),
	);

	it.each([
		'7 707 083 893,00',
		'7,707,083,893.00',
		"7'707'083'893.00",
		'7\u2019707\u2019083\u2019893.0',
		'7\u00a0707\u00a0083\u00a0893,00',
		'7\u202f707\u202f083\u202f893,000',
		'7.707.083.893,00',
		' 7 707 083 893, 00 ',
		'7707083893,00',
	])('loses the zeros of a number with decimals, also of one in groups: %s', (inn) => {
		expect(account(inn, '1')).toMatchObject({ inn: '7707083893' });
		const ogrn = inn.replace(/^(\D*)7(\D*)707/, '$11$2027$2707');
		expect(account('7707083893', ogrn)).toMatchObject({ ogrn: '1027707083893' });
	});

	it.each(['1 027 700 132 195,00', '1,027,700,132,195.00', "1'027'700'132'195.0"])(
		'and so does an OGRN: %s',
		(ogrn) => expect(account('7707083893', ogrn)).toMatchObject({ ogrn: '1027700132195' }),
	);

	it.each([
		'7707 083893,00',
		'77 07 083893.00',
		'7.707.083.893.00',
		'7,707,083,893,00',
		'7 707 083 893,50',
		'7707083893.5',
		7707083893.5,
		'77 07 08 38,00',
	])('never appends decimals: %s', (number) => {
		const reason = `"${number}": it ends in decimals`;
		expect(() => account(number, '1')).toThrow(reason);
		expect(() => account('7707083893', number)).toThrow(reason);
	});

	it.each([
		['77.07.08.38.93', '7707083893'],
		['77.07.08.38.00', '7707083800'],
		['7707.0838.93', '7707083893'],
		['77-07-08-38-93', '7707083893'],
	])('keeps the last of several groups: %s', (number, inn) => {
		expect(account(number, '1')).toMatchObject({ inn });
	});

	it('keeps three zeros at its end that are a group', () => {
		expect(account('7.707.083.000', '1')).toMatchObject({ inn: '7707083000' });
		expect(account('7,707,083,000', '1')).toMatchObject({ inn: '7707083000' });
		expect(account('7 707 083 000', '1')).toMatchObject({ inn: '7707083000' });
	});

	it.each([277045333, '277045333', 50010073225, '50010073225'])(
		'that a spreadsheet made a number and that is one zero short says so: %s',
		(inn) => {
			expect(() => account(inn, '1')).toThrow(
				`must be an INN of 10 or 12 digits, not "${inn}". One digit is missing. A spreadsheet that stores the value as a number drops a leading zero: if that happened, enter it as text, "0${inn}"`,
			);
		},
	);

	it.each([12345678, 123456789012345, '12345 доб'])(
		'says nothing of a zero otherwise: %s',
		(inn) => {
			expect(() => account(inn, '1')).toThrow(/^must be an INN of 10 or 12 digits, not "[^"]*"$/);
		},
	);

	it('is taken without its control digits, as the document’s own is', () => {
		expect(account('1234567899', '32165498711')).toMatchObject({ inn: '1234567899' });
		expect(() => account('1234567899', '32165498711', true)).toThrow('the control digits of');
	});
});

describe('the OGRN', () => {
	it.each(['1027700132195', '1037739877295', '304500116000157'])('%s fits', (ogrn) => {
		expect(isOgrn(ogrn)).toBe(true);
	});

	it('has one right last digit in ten', () => {
		for (const length of [12, 14]) {
			fc.assert(
				fc.property(digits(length), (first) => {
					const body = first.join('');
					const fitting = Array.from({ length: 10 }, (_, last) => `${body}${last}`).filter(isOgrn);
					expect(fitting).toHaveLength(1);
				}),
			);
		}
	});

	it('may have any length unless checksums are validated', () => {
		expect(account('7707083893', '32165498711')).toMatchObject({ ogrn: '32165498711' });
		expect(() => account('7707083893', '32165498711', true)).toThrow('must have 13 or 15 digits');
		expect(account('7707083893', '1027700132195', true)).toMatchObject({ ogrn: '1027700132195' });
		expect(() => account('7707083893', 'O27700132195')).toThrow('digits only');
	});

	it('that came as a number with one digit less than an OGRN has says so', () => {
		expect(() => account('7707083893', 102770013219)).toThrow('One digit is missing');
		expect(() => account('7707083893', 30450011600015)).toThrow('One digit is missing');
		expect(account('7707083893', 32165498711)).toMatchObject({ ogrn: '32165498711' });
	});
});
