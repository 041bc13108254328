import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { sign, writeRequest, type ExapiKey } from '../../../nodes/Exapi/protocol';
import { authenticate } from '../../../nodes/Exapi/server/authentication';
import { BanList } from '../../../nodes/Exapi/server/bans';
import { readPartners } from '../../../nodes/Exapi/server/partners';
import { checkPrototypes } from './harmless';
import { LONG } from './hostile';

const KEY: ExapiKey = { sender: 'partner_7', secret: 'invented 41c2' };
const OTHER: ExapiKey = { sender: 'partner_8', secret: 'invented 77aa' };
const PARTNERS = { [KEY.sender]: [KEY.secret, 'an older one'], [OTHER.sender]: OTHER.secret };
const partners = readPartners(JSON.stringify(PARTNERS));

/** What a stranger has seen on the way: a signed request, its signature, its text. */
const seen = writeRequest(
	{
		method: 'addOrder',
		params: [{ order_id: 'A-7', good_id: 'Чайник \ufffd', kolvo: 2 }],
		id: '7',
	},
	KEY,
);
const { sign: signature, request } = JSON.parse(seen) as { sign: string; request: string };
const wanted = request.replace('A-7', 'A-8');

/** A forged message, as the text of a body. It differs in meaning from the one that was seen. */
type Forgery = fc.Arbitrary<string>;

const HEX = Array.from('0123456789abcdef');
const LIKE: Record<string, string[]> = {
	a: ['а', 'ａ', 'ɑ', 'A'],
	c: ['с', 'ｃ', 'C'],
	e: ['е', 'ｅ', 'é', 'E'],
	p: ['р', 'ｐ', 'P'],
	r: ['г', 'ｒ', 'R'],
	t: ['т', 'ｔ', 'T'],
	n: ['п', 'ｎ', 'N'],
	_: ['＿', '‗', '-'],
	'7': ['７', '٧', '𝟕'],
	'0': ['０', 'O', 'о', '٠'],
	'1': ['１', 'l', '١'],
	'2': ['２', '٢'],
};

const body = (fields: object): string => JSON.stringify({ sender: KEY.sender, request, ...fields });
/** One character for another that looks, folds or reads like it. */
const lookalike = (text: string): fc.Arbitrary<string> =>
	fc.tuple(fc.nat(text.length - 1), fc.nat()).map(([start, which]) => {
		for (let step = 0; step < text.length; step++) {
			const at = (start + step) % text.length;
			const others = LIKE[text[at]!];
			if (others) return text.slice(0, at) + others[which % others.length]! + text.slice(at + 1);
		}
		return `${text}\u200b`;
	});
const invisible = fc.constantFrom(
	'\u0000',
	'\u200b',
	'\ufeff',
	' ',
	'\n',
	'\u00ad',
	'\u0301',
	'\\',
);

const FORGERIES: Record<string, Forgery> = {
	'a bit of the signature': fc.tuple(fc.nat(31), fc.nat(6)).map(([at, bit]) => {
		const changed = String.fromCharCode(signature.charCodeAt(at) ^ (1 << bit));
		return body({ sign: signature.slice(0, at) + changed + signature.slice(at + 1) });
	}),
	'a guessed signature': fc
		.array(fc.constantFrom(...HEX), { minLength: 32, maxLength: 32 })
		.map((digits) => body({ sign: digits.join('') })),
	'a bit of the request': fc.tuple(fc.nat(request.length - 1), fc.nat(6)).map(([at, bit]) => {
		const changed = String.fromCharCode(request.charCodeAt(at) ^ (1 << bit));
		return body({
			request: request.slice(0, at) + changed + request.slice(at + 1),
			sign: signature,
		});
	}),
	'letter case': fc.nat().map((seed) => {
		const letters = Array.from(signature).map((digit, at) =>
			(seed >> (at % 30)) & 1 ? digit.toUpperCase() : digit,
		);
		const upper = letters.join('') === signature ? signature.toUpperCase() : letters.join('');
		return body({ sign: upper });
	}),
	'a signature that looks like it': lookalike(signature).map((sign) => body({ sign })),
	'a sender that looks like it': lookalike(KEY.sender).map((sender) =>
		body({ sender, sign: signature }),
	),
	'something invisible': fc
		.tuple(invisible, fc.nat(3))
		.map(
			([mark, where]) =>
				[
					body({ sign: signature + mark }),
					body({ sign: mark + signature }),
					body({ sender: KEY.sender + mark, sign: signature }),
					body({ request: request + mark, sign: signature }),
				][where]!,
		),
	'half a character': fc.integer({ min: 0xd800, max: 0xdfff }).map((code) => {
		const half = String.fromCharCode(code);
		return body({ request: request.replace('\ufffd', half), sign: signature });
	}),
	'a longer message': fc.tuple(fc.string({ maxLength: 40 }), fc.nat(80)).map(([more, length]) => {
		const padded = extended(signature, length, more);
		return body({ request: request + padded.tail, sign: padded.sign });
	}),
	'a boundary that is moved': fc.nat(KEY.sender.length - 2).map((kept) => {
		const sender = KEY.sender.slice(kept + 1);
		return body({ request: request + KEY.sender.slice(0, kept + 1), sender, sign: signature });
	}),
	'repeated names': fc.constantFrom('sender', 'sign', 'request').chain((name) =>
		fc.boolean().map((first) => {
			const right = { sender: KEY.sender, sign: signature, request };
			const wrong = { sender: OTHER.sender, sign: sign(wanted, OTHER), request: wanted };
			const pair = (value: string) => `${JSON.stringify(name)}:${JSON.stringify(value)}`;
			const rest = JSON.stringify({ ...right, [name]: undefined }).slice(1, -1);
			// The last one counts, for the signature as for the workflow.
			const pairs = first ? [pair(right[name]), pair(wrong[name])] : [pair(wrong[name])];
			return `{${[...pairs, rest].join(',')}}`;
		}),
	),
	'names that objects have from birth': fc
		.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf')
		.chain((name) =>
			fc.constantFrom(
				body({ sender: name, sign: sign(wanted, { sender: name, secret: '' }), request: wanted }),
				body({
					sender: name,
					sign: sign(wanted, { sender: name, secret: 'undefined' }),
					request: wanted,
				}),
				`{"${name}":${body({ sign: signature })}}`,
				`{"__proto__":{"sign":"${signature}"},"sender":"${KEY.sender}","request":"${name}"}`,
			),
		),
	'another kind of value': fc
		.constantFrom<unknown>(
			null,
			true,
			0,
			1,
			[],
			{},
			[signature],
			{ 0: signature },
			[[signature]],
			'',
		)
		.chain((value) =>
			fc.constantFrom(
				body({ sign: value }),
				body({ sign: { toString: signature } }),
				body({ sender: [KEY.sender], sign: signature }),
				body({ sender: value, sign: signature }),
				body({ request: value, sign: signature }),
				body({ request: [request], sign: signature }),
				body({ request: JSON.parse(request), sign: signature }),
			),
		),
	'numbers for text': fc
		.integer({ min: 0, max: 9 })
		.chain((digit) =>
			fc.constantFrom(
				body({ sign: Number('1'.repeat(20) + String(digit)) }),
				body({ sign: `0x${signature.slice(2)}` }),
				body({ sign: `${digit}e${'0'.repeat(29)}${digit}` }),
				body({ sign: `0e${String(digit).repeat(30)}` }),
				body({ sender: digit, sign: signature }),
			),
		),
	'the key of another partner': fc.constantFrom(
		body({ request: wanted, sign: sign(wanted, { ...KEY, secret: OTHER.secret }) }),
		body({ request: wanted, sign: sign(wanted, OTHER) }),
		body({ sender: OTHER.sender, sign: signature }),
		body({
			sender: OTHER.sender,
			request: wanted,
			sign: sign(wanted, { ...OTHER, sender: KEY.sender }),
		}),
	),
	'a signature made another way': fc
		.constantFrom('md5', 'sha1', 'sha256')
		.chain((algorithm) =>
			fc.tuple(fc.constant(algorithm), fc.constantFrom('', ' ', 'null', '{}', '0')),
		)
		.map(([algorithm, secret]) => {
			const hash = createHash(algorithm)
				.update(wanted + KEY.sender + secret)
				.digest('hex');
			return body({ request: wanted, sign: hash.slice(0, 32) });
		}),
};

/**
 * What can be had from a signature without the secret: the hash of the signed text, its padding and
 * more (RFC 1321, 3.1 to 3.4), as those forge who take md5 for a signature with the secret in front.
 */
function extended(digest: string, length: number, more: string): { tail: string; sign: string } {
	const padding = `\u0080${'\u0000'.repeat((119 - (length % 64)) % 64)}`;
	const continued = createHash('md5').update(Buffer.from(digest, 'hex')).update(more).digest('hex');
	return { tail: padding + more, sign: more === '' ? digest : continued };
}

function hasMeaningOf(text: string): boolean {
	try {
		const { sender, sign: given, request: inner } = JSON.parse(text) as Record<string, unknown>;
		return sender === KEY.sender && given === signature && inner === request;
	} catch {
		return false;
	}
}

const NAMES = Object.keys(FORGERIES);
const EACH = Math.ceil((LONG ? 200_000 : 6_000) / NAMES.length);
/** Never reached, so that each forgery is looked at. */
const rules = { maxFailures: 1e6, windowSeconds: 600, banSeconds: 3600 };

describe('no forged request is accepted', () => {
	it('while the one that was seen is', async () => {
		const bans = new BanList('forgery', rules);
		expect(await authenticate(seen, '203.0.113.7', partners, bans)).toMatchObject({ key: KEY });
	});

	it.each(NAMES)(
		'with %s',
		async (name) => {
			const bans = new BanList(name, rules);
			let tried = 0;
			const property = fc.asyncProperty(FORGERIES[name]!, async (forged) => {
				// A chance may have left everything as it was.
				if (hasMeaningOf(forged)) return;
				tried++;
				expect(await authenticate(forged, '203.0.113.7', partners, bans)).toBeUndefined();
			});
			await fc.assert(property, { numRuns: EACH });
			expect(tried).toBeGreaterThan(EACH * 0.9);
			checkPrototypes();
		},
		600_000,
	);
});
