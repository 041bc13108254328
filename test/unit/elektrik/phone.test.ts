import fc from 'fast-check';
import { hashOfPhone, hashPhone, readPhone, readPhoneHash } from '../../../nodes/Elektrik/protocol';
import { PHONES } from '../../phones';
import vectors from '../../vectors/elektrik-messages.json';

/** Ways to write the country code, each with what stands around the digits that follow. */
const BEGINNINGS = [
	'', '7', '8', '+7', '+7 ', '8 ', '7-', '8-', '+7-', '8.', ' +7', '+ 7 ', 'tel:', 'tel:+7',
	'TEL: 8', '\u00a0+7\u00a0', '\u202a+7', '(8)', '[+7]', '+7\u2009',
]; // prettier-ignore
/** Ways to write ten digits. */
const SHAPES = [
	'9490123456', '949 012 34 56', '949 012-34-56', '949-012-34-56', '(949) 012-34-56',
	'(949)012-34-56', '949)012 34 56', '949.012.34.56', '949/012/34/56', '949_012_34_56',
	'949\u00a0012\u00a034\u00a056', '949\u2011012\u201134\u201156', '949\u2013012\u201334\u201356',
	'949 — 012 — 34 — 56', '949\u2212012\u22123456', '9 4 9 0 1 2 3 4 5 6', '949\u200b0123456',
	'949\u202f012\u202f34\u202f56', '949\t012\t3456', '( 949 ) 0123456', '949 0123456', '949-0123456',
	'94 90 12 34 56', '949012 3456', '(9490) 12-34-56', '949\u00ad0123456', '949  012  34  56',
	'[949] 012 34 56', '949 - 012 - 34 - 56', '949\u3000012\u30003456',
]; // prettier-ignore
const ENDINGS = ['', ' ', '\n', '\u202c', '.'];

describe('a thousand and more ways to write a phone', () => {
	const ways = BEGINNINGS.flatMap((beginning) =>
		SHAPES.flatMap((shape) => ENDINGS.map((ending) => beginning + shape + ending)),
	);

	it('are a thousand and more', () => {
		expect(new Set(ways).size).toBeGreaterThan(1_000);
	});

	it.each(BEGINNINGS)('are read, beginning with %j', (beginning) => {
		const written = ways.filter((way) => way.startsWith(beginning));
		for (const way of written) expect([way, readPhone(way)]).toEqual([way, '79490123456']);
	});
});

describe('a truncated phone', () => {
	const cut = (way: string, count: number) => {
		const ends = [...way.matchAll(/\d/g)].at(-count)!.index;
		return way.slice(0, ends);
	};

	it.each(BEGINNINGS)('is no other phone: beginning with %j', (beginning) => {
		for (const shape of SHAPES) {
			for (const count of [1, 2, 3, 9]) {
				const way = cut(beginning + shape, count);
				expect([way, readPhone(way)]).toEqual([way, { reason: expect.any(String) }]);
			}
		}
	});
});

describe('ten digits', () => {
	it.each(['9490123456', '3430123456', '4950123456'])(
		'are a number without its code: %s',
		(ten) => {
			expect(readPhone(ten)).toBe(`7${ten}`);
		},
	);

	it.each(['7949012345', '8949012345', '8 (949) 012-34-5', '8001234567', '7012345678'])(
		'may be eleven of which one is missing: %s',
		(ten) => {
			expect(readPhone(ten)).toEqual({
				reason: expect.stringMatching(/^has 10 digits and begins with [78]: .*7 in front/),
			});
		},
	);

	it.each(['0490123456', '1490123456', '2490123456', '5490123456', '6490123456'])(
		'are no number of the country: %s',
		(ten) => {
			expect(readPhone(ten)).toEqual({
				reason: expect.stringMatching(/^has 10 digits and begins with \d, .*7 in front/),
			});
		},
	);

	it.each(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])(
		'may be any behind the country code: %s',
		(first) => {
			for (const code of ['7', '8', '+7 ']) {
				expect(readPhone(`${code}${first}490123456`)).toBe(`7${first}490123456`);
			}
		},
	);
});

describe('what is no phone of the portal', () => {
	it.each<[unknown, RegExp]>([
		['', /^is empty$/],
		['   ', /^is empty$/],
		['+', /^is empty$/],
		[undefined, /^is empty$/],
		[null, /^is empty$/],
		['949012345', /^is too short: it has 9 digits/],
		['+7949012345', /^is too short: it has 10 digits, after "\+"/],
		['79490123456789', /^is too long: it has 14 digits/],
		['9'.repeat(100_000), /^is too long: it has 100000 digits/],
		['+375 29 123-45-67', /another country code/],
		['+8 949 012-34-56', /another country code/],
		['+49 30 901820', /another country code/],
		['39490123456', /another country code/],
		['949 012-34-56 доб. 5', /^has an extension or a note, "доб\. 5"/],
		['8-800-ELEKTRIK', /^contains letters$/],
		['9490123456, 9490123457', /^contains ",": enter one number/],
		['tel:+79490123456;ext=5', /^has an extension or a note, ";ext=5"/],
		[`8${'('.repeat(300)}9490123456`, /too many characters between its digits/],
		['8+9490123456', /"\+" that is not at its beginning/],
		['++79490123456', /"\+" that is not at its beginning/],
		['949*0123456', /^contains the character "\*"$/],
		['٩٤٩٠١٢٣٤٥٦', /^contains the character/],
		[7949012345.5, /^is not a whole number$/],
		[-79490123456, /^is not a whole number$/],
		[Number.NaN, /^is not a whole number$/],
		['7.9490123456E+10', /^contains letters$/],
		[true, /^is neither a text nor a number$/],
		[{ phone: '79490123456' }, /^is neither a text nor a number$/],
		[['79490123456'], /^is neither a text nor a number$/],
	])('is refused with the reason: %j', (value, reason) => {
		expect(readPhone(value)).toEqual({ reason: expect.stringMatching(reason) });
		expect(() => hashPhone(value, 'uid', 'mobile')).toThrow(
			expect.objectContaining({ field: 'mobile', message: expect.stringMatching(reason) }),
		);
	});

	it('has a reason without the number', () => {
		const { reason } = readPhone('+375 29 123-45-67') as { reason: string };
		expect(reason).not.toMatch(/375|123/);
	});
});

describe('how people write phones', () => {
	it.each(PHONES)('$written', ({ written, number, refused, elektrik }) => {
		const reason = elektrik ?? refused;
		expect(readPhone(written)).toEqual(
			reason === undefined ? number?.slice(1) : { reason: expect.stringContaining(reason) },
		);
	});
});

describe('reading a phone', () => {
	const digits = (length: number) =>
		fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length });
	// A dash behind a blank may begin an extension, and so may a last digit by itself.
	const separator = fc.stringMatching(/^(?:[ \u00a0()]{0,3}|[()\-\u2010-\u2015.]{1,3})$/);

	it('reads numbers from spreadsheets', () => {
		expect(readPhone(9490123456)).toBe('79490123456');
		expect(readPhone(79490123456)).toBe('79490123456');
		expect(readPhone(89490123456)).toBe('79490123456');
	});

	it('returns 7 and ten digits, with any separators', () => {
		fc.assert(
			fc.property(
				digits(10),
				fc.array(separator, { maxLength: 9 }),
				fc.constantFrom('', '7', '8', '+7'),
				(...given) => {
					const [ten, separators, code] = given;
					fc.pre(code !== '' || [3, 4, 9].includes(ten[0]!));
					const written = ten.map((digit, index) => `${separators[index] ?? ''}${digit}`).join('');
					expect(readPhone(code + written)).toBe(`7${ten.join('')}`);
				},
			),
		);
	});

	it('is idempotent', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme' }), (text) => {
				const phone = readPhone(text);
				if (typeof phone === 'string') expect(readPhone(phone)).toBe(phone);
				else expect(phone.reason).not.toBe('');
			}),
		);
	});
});

describe('the hash', () => {
	it.each(vectors.hashes)('is PHP’s: $name', ({ phone, uid, hash }) => {
		expect(hashOfPhone(phone, uid)).toBe(hash);
		expect(hashPhone(`+7 (${phone.slice(1, 4)}) ${phone.slice(4)}`, uid)).toBe(hash);
		expect(readPhoneHash(hash)).toBe(hash);
		expect(readPhoneHash(` ${hash.toUpperCase()}\n`)).toBe(hash);
	});

	it.each([undefined, '', 'f'.repeat(31), 'f'.repeat(33), 'g'.repeat(32), 5, ['f'.repeat(32)]])(
		'is not %j',
		(value) => {
			expect(readPhoneHash(value)).toBeUndefined();
		},
	);

	it('of a million phones takes seconds at most, even on a busy machine', () => {
		const { uid } = vectors.hashes[0]!;
		const before = process.cpuUsage().user;
		for (let number = 0; number < 1_000_000; number++) {
			hashPhone(`+7 (949) ${1_000_000 + number}`, uid);
		}
		expect((process.cpuUsage().user - before) / 1e6).toBeLessThan(4);
	});
});
