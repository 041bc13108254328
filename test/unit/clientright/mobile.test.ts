import fc from 'fast-check';
import { CONTACT_FIELDS, FieldError, writeFields } from '../../../nodes/ClientRight/wire/records';
import { mobileKey, normalizeMobile } from '../../../nodes/ClientRight/wire/values';
import { PHONES } from '../../phones';

const write = (mobile: unknown, isNormalized: boolean) =>
	writeFields(
		{ mobile: CONTACT_FIELDS.mobile! },
		{ mobile },
		{
			timeZone: 'utc',
			validateChecksums: false,
			normalizeMobile: isNormalized,
		},
	).mobile;
const problem = (mobile: unknown, isNormalized: boolean): string => {
	try {
		return `sent: ${write(mobile, isNormalized)}`;
	} catch (error) {
		if (error instanceof FieldError) return error.message;
		throw error;
	}
};

describe('a mobile number', () => {
	it.each([
		['+7(900) 000-00-01', '+79000000001'],
		['8 900 000-00-01', '+79000000001'],
		['+8 900 000-00-01', '+79000000001'],
		['900 000 00 01', '+79000000001'],
		['79000000001', '+79000000001'],
		['+375 29 123-45-67', '+375291234567'],
		['+852 1234 5678', '+85212345678'],
	])('%s is %s', (typed, normalized) => expect(normalizeMobile(typed)).toBe(normalized));

	it.each(['not a phone', '12345', '375 29 123-45-67', '+', ''])('%s is none', (typed) => {
		expect(normalizeMobile(typed)).toBeUndefined();
	});

	it('has one key for all its spellings', () => {
		const spelling = fc.constantFrom('', '+7', '8', '7', '8 (', '+7 ');
		const ten = fc.integer({ min: 9_000_000_000, max: 9_999_999_999 }).map(String);
		fc.assert(
			fc.property(ten, spelling, spelling, (number, one, other) => {
				const grouped = `${number.slice(0, 3)}) ${number.slice(3, 6)}-${number.slice(6)}`;
				expect(mobileKey(one + number)).toBe(mobileKey(other + grouped));
			}),
		);
	});

	it('is read by one table of spellings with Elektrik.ru', () => {
		expect(PHONES.length).toBeGreaterThanOrEqual(200);
	});

	const numbers = PHONES.filter(({ number }) => number !== undefined);
	it.each(numbers)('$written is $number, and sent as typed unless it is normalized', (phone) => {
		const { written, number } = phone;
		expect(write(written, true)).toBe(number);
		const typed = write(written, false)!;
		expect(written.replace(/\p{Cf}/gu, '')).toContain(typed.split(' ')[0]);
		expect(write(typed, true)).toBe(number);
		expect(mobileKey(typed)).toBe(number);
	});

	const others = PHONES.filter(({ refused }) => refused !== undefined);
	it.each(others)('$written is refused, since it $refused', ({ written, refused, typed }) => {
		expect(problem(written, true)).toMatch(/^must be a Russian number .*: it /s);
		expect(problem(written, true)).toContain(refused);
		if (typed) expect(write(written, false)).toBe(written);
		else expect(problem(written, false)).toContain(refused);
	});

	it('of a spreadsheet may be a number', () => {
		expect(write(89491234511, false)).toBe('89491234511');
		expect(write(9491234511, true)).toBe('+79491234511');
		expect(problem(8949123451, false)).toContain('write the country code 7 in front');
		expect(problem(-79491234511, true)).toContain('is not a whole number');
	});

	it('loses invisible characters, even if it is sent as typed', () => {
		expect(write('\u202a+7\u00a0949 123-45-11\u202c', false)).toBe('+7 949 123-45-11');
		expect(write('8 949 123 45 11\u0007', false)).toBe('8 949 123 45 11');
	});

	it.each(['tel:89491234511', 'tel://89491234511', ' TEL: //89491234511'])(
		'loses the scheme of a link, even when it is sent as typed: %s',
		(link) => expect(write(link, false)).toBe('89491234511'),
	);

	it('never takes a digit from behind the number, and needs all of its own', () => {
		const ten = fc.integer({ min: 9_000_000_000, max: 9_999_999_999 }).map(String);
		const start = fc.constantFrom('+7', '8', '7', '+7 (', '8-');
		const mark = fc.constantFrom(' доб. ', ', ', ' вн.', ' (', '#', ' x', ';ext=', ' - ', '/', ' ');
		fc.assert(
			fc.property(
				ten,
				start,
				mark,
				fc.integer({ min: 1, max: 9_999 }),
				(digits, begin, ...tail) => {
					const grouped = `${digits.slice(0, 3)}) ${digits.slice(3)}`;
					const extension = `${tail.join('')}${tail[0] === ' (' ? ')' : ''}`;
					for (const isNormalized of [true, false]) {
						expect(problem(begin + grouped + extension, isNormalized)).toMatch(/^must be/);
						for (const lost of [1, 2, 5]) {
							expect(problem(begin + digits.slice(0, -lost), isNormalized)).toMatch(/^must be/);
						}
					}
				},
			),
		);
	});
});
