import fc from 'fast-check';
import { mobileKey, normalizeMobile } from '../../../nodes/ClientRight/webservice/records/mobile';

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
});
