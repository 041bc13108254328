import fc from 'fast-check';
import { ExapiPartnersApi } from '../../../credentials/ExapiPartnersApi.credentials';
import { readPartners } from '../../../nodes/Exapi/server/partners';
import { InputError } from '../../../nodes/shared/errors';

const SECRET = 'never-to-be-seen 7d1f';

describe('readPartners', () => {
	it.each<[string, unknown]>([
		['as text', '{"partner_7":"new","партнёр / 8":["new 8","old"]}'],
		['as an object', { partner_7: 'new', 'партнёр / 8': ['new 8', 'old'] }],
		['with a list of one', { partner_7: ['new'], 'партнёр / 8': ['new 8', 'old'] }],
	])('accepts one or two secrets: %s', (_, value) => {
		expect([...readPartners(value)]).toEqual([
			['partner_7', ['new']],
			['партнёр / 8', ['new 8', 'old']],
		]);
	});

	it('accepts names of inherited properties, but only if they are in the credential', () => {
		const names = ['__proto__', 'constructor', 'toString'];
		const all = readPartners(`{${names.map((name) => `"${name}":"of ${name}"`).join()}}`);
		for (const name of names) expect(all.get(name)).toEqual([`of ${name}`]);
		const one = readPartners('{"partner_7":"x"}');
		for (const name of names) expect(one.get(name)).toBeUndefined();
	});

	it('rejects the default value of the form, which is public', () => {
		const form = new ExapiPartnersApi().properties.find(({ name }) => name === 'partners');
		expect(() => readPartners(form?.default)).toThrow(
			'The sender "partner_…" (number 1) must have a secret',
		);
	});

	it('accepts names of 64 characters', () => {
		expect(readPartners({ ['x'.repeat(64)]: SECRET }).size).toBe(1);
	});

	it.each<[string, unknown, string]>([
		['bad JSON', `{"partner_7": "${SECRET}"`, 'The partners are not JSON'],
		['nothing', '', 'The partners are not JSON'],
		['absent', undefined, 'not a JSON object'],
		['null', 'null', 'not a JSON object'],
		['a list', [SECRET], 'not a JSON object'],
		['a text', JSON.stringify(SECRET), 'not a JSON object'],
		['empty', '{}', 'There is no partner'],
		['no secret', { partner_7: [] }, 'The sender "partner_…" (number 1) must have a secret'],
		['an empty secret', { partner_7: '' }, 'The sender "partner_…" (number 1) must have a secret'],
		[
			'an empty secret beside another',
			{ partner_7: [SECRET, ''] },
			'The sender "partner_…" (number 1) must have a secret',
		],
		[
			'three secrets',
			{ partner_7: [SECRET, SECRET, SECRET] },
			'The sender "partner_…" (number 1) must have a secret',
		],
		['a number', { partner_7: 7 }, 'The sender "partner_…" (number 1) must have a secret'],
		[
			'null for a secret',
			{ partner_7: null },
			'The sender "partner_…" (number 1) must have a secret',
		],
		[
			'an object for a secret',
			{ partner_7: { secret: SECRET } },
			'The sender "partner_…" (number 1) must have a secret',
		],
		[
			'a list in a list',
			{ partner_7: [[SECRET]] },
			'The sender "partner_…" (number 1) must have a secret',
		],
		['no name', { '': SECRET }, 'must have 1 to 64 characters'],
		['a long name', { ['x'.repeat(65)]: SECRET }, 'must have 1 to 64 characters'],
		['a secret for a name that has no secret', { [`${SECRET} 1`]: '' }, 'The sender "never-to…"'],
		['a name of emoji', { ['👍'.repeat(9)]: '' }, `The sender "${'👍'.repeat(8)}…" (number 1)`],
		['the second of two', { a: 'x', partner_7: '' }, 'The sender "partner_…" (number 2)'],
		['a secret for a name', { [SECRET.repeat(4)]: 'partner_7' }, '1 to 64 characters'],
	])('rejects the credential without showing a secret: %s', (_, value, message) => {
		const error = errorOf(value);
		expect(error).toMatchObject({
			name: 'InputError',
			message: expect.stringContaining(message),
			description: 'Correct the Exapi Partners API credential.',
		});
		expect(error.message).not.toContain(SECRET);
	});

	it('rejects two senders with the same secret, because each could sign as the other', () => {
		const common = errorOf({ partner_7: ['new', SECRET], partner_8: 'other', partner_9: SECRET });
		expect(common).toMatchObject({
			name: 'InputError',
			message:
				'The senders 1 ("partner_…") and 3 ("partner_…") have the same secret, so that each could sign as the other',
			description: 'Give each its own secret. Correct the Exapi Partners API credential.',
		});
		expect(readPartners({ partner_7: [SECRET, SECRET] }).size).toBe(1);
		const mixedUp = errorOf({ [`${SECRET} 1`]: 'partner_7', [`${SECRET} 2`]: 'partner_7' });
		expect(mixedUp.message).not.toContain(SECRET);
	});

	it.each<[string, object, string]>([
		['are the same text', { shop: '2-tail', shop2: '-tail' }, '1 ("shop") and 2 ("shop2")'],
		['are the same, the other way round', { shop2: '-tail', shop: '2-tail' }, '1 ("shop2") and 2'],
		[
			'are the same, of old secrets',
			{ shop: ['x', '2-tail'], shop2: ['y', '-tail'] },
			'1 ("shop")',
		],
		['are the same, of an old and a new one', { shop: ['x', '2-t'], shop2: '-t' }, '1 ("shop")'],
		['are the same in Cyrillic', { магазин: '2-я', магазин2: '-я' }, '1 ("магазин")'],
		['are the same bytes', { 'a\ud800': 'b', a: '\ufffdb' }, '1 ('],
		['end alike behind a beginning of the name', { shop2: '-tail', op: '2-tail' }, '2 ("op")'],
		['end alike behind the whole name', { shop: 'a-tail', a: '-tail' }, '2 ("a")'],
	])('rejects partners whose sender and secret %s', (_, partners, named) => {
		const error = errorOf(partners);
		expect(error).toMatchObject({
			name: 'InputError',
			message: expect.stringContaining('could be taken for each other'),
			description: 'Give each a long random secret. Correct the Exapi Partners API credential.',
		});
		expect(error.message).toContain(named);
		expect(error.message).not.toContain('-tail');
	});

	it.each<[string, object]>([
		['begin alike', { shop: '2-tail', shop2: '-tail2' }],
		['differ in the name alone', { shop: 'abc-tail', shop2: 'xyz-tail' }],
		['are two of one partner', { shop: ['2-tail', '-tail'] }],
		[
			'end alike behind some of the secret, which nobody else knows',
			{ shop: 'xa-tail', a: '-tail' },
		],
	])('accepts partners whose sender and secret %s', (_, partners) => {
		expect(readPartners(partners).size).toBe(Object.keys(partners).length);
	});

	it('accepts no partners that could sign for each other, with any names and secrets', () => {
		const text = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 4 });
		const beginnings = (name: string) =>
			Array.from({ length: name.length + 1 }, (_, length) => name.slice(0, length));
		fc.assert(
			fc.property(text, text, text, text, (sender, secret, other, otherSecret) => {
				fc.pre(sender !== other);
				// What the other can sign is text, its name and its secret.
				const canSign = (as: string, its: string, by: string, byIts: string) =>
					beginnings(as).some((beginning) => as + its === beginning + by + byIts);
				const isForged =
					secret === otherSecret ||
					canSign(sender, secret, other, otherSecret) ||
					canSign(other, otherSecret, sender, secret);
				const read = () => readPartners({ [sender]: secret, [other]: otherSecret });
				if (isForged) expect(read).toThrow(InputError);
				else expect(read().size).toBe(2);
			}),
		);
	});

	it('never shows a secret in an error', () => {
		const secret = fc.string({ minLength: 6 }).map((text) => `${SECRET}${text}`);
		const wrong = fc.oneof(
			fc.array(secret, { minLength: 3 }),
			fc.record({ secret }),
			fc.constant(''),
		);
		fc.assert(
			fc.property(wrong, secret, (value, other) => {
				const partners = JSON.stringify({ partner_7: other, partner_8: value });
				expect(JSON.stringify(errorOf(partners))).not.toContain(SECRET);
				expect(errorOf(partners).message).toContain('"partner_…" (number 2)');
				expect(errorOf(partners.slice(0, -1)).message).not.toContain(SECRET);
			}),
		);
	});
});

function errorOf(value: unknown): Error {
	try {
		readPartners(value);
	} catch (error) {
		return error as Error;
	}
	throw new Error('These partners were taken');
}
