import fc from 'fast-check';
import { InputError } from '../../../nodes/shared/errors';
import { checkAddress, HttpFailure, parseRetryAfter, textOfBody } from '../../../nodes/shared/http';
import { redirectTarget } from '../../../nodes/shared/http/client';
import {
	AllowedAddresses,
	isPrivate,
	networkOf,
	normalizeAddress,
} from '../../../nodes/shared/webhook';
import { harmless } from './harmless';
import { anything, broken, LARGE_RUNS, pumped, RUNS } from './hostile';

const addresses = ['203.0.113.7', '2001:db8::1', '::ffff:10.0.0.1', 'fe80::1%eth0', '10.0.0.0/8'];
const ADDRESS_PIECES = [
	'0',
	'9',
	'.',
	':',
	'::',
	'%',
	'/',
	'f',
	'x',
	',',
	' ',
	'-',
	'0x',
	'\u0660',
];

describe('an address', () => {
	const use = (address: string) => {
		harmless(address, () => {
			expect(networkOf(address).length).toBeLessThan(50);
			normalizeAddress(address);
			isPrivate(address);
			new AllowedAddresses('10.0.0.0/8, ::/0').allow(address);
		});
		harmless(address, () => new AllowedAddresses(address), InputError);
	};

	it('of a client is handled with any content', () => {
		fc.assert(fc.property(broken(addresses, ADDRESS_PIECES), use), RUNS);
		fc.assert(fc.property(pumped(addresses, ADDRESS_PIECES), use), LARGE_RUNS);
	});

	const urls = ['https://crm.example.com:8443/exapi?a=b', 'http://127.0.0.1', 'https://u:p@h/'];
	const URL_PIECES = [
		'//',
		'/',
		'\\',
		'@',
		':',
		'?',
		'#',
		'%',
		'[',
		']',
		'\t',
		' ',
		'http:',
		'é',
		'..',
	];

	it('of a partner is one of http, or is an error', () => {
		const check = (value: unknown) => {
			harmless(value, () => expect(checkAddress(value, 'URL')).toMatch(/^https?:/i), InputError);
		};
		fc.assert(fc.property(fc.oneof(anything, broken(urls, URL_PIECES)), check), RUNS);
		fc.assert(fc.property(pumped(urls, URL_PIECES), check), LARGE_RUNS);
	});

	it('of a redirect is on the same host and as secure, or is an error', () => {
		const status = fc.constantFrom(200, 301, 302, 303, 307, 308);
		const from = 'https://crm.example.com/exapi';
		fc.assert(
			fc.property(broken(urls, URL_PIECES), status, (location, code) => {
				const response = { status: code, headers: { location }, body: Buffer.alloc(0) };
				harmless(
					location,
					() => {
						const target = redirectTarget(from, response);
						if (target === undefined) return;
						expect(new URL(target)).toMatchObject({
							protocol: 'https:',
							hostname: 'crm.example.com',
						});
					},
					HttpFailure,
				);
			}),
			RUNS,
		);
	});
});

describe('an answer', () => {
	it('of any bytes and any charset is text', () => {
		const type = broken(
			['text/html; charset=windows-1251'],
			['charset', '=', '"', ' ', 'utf-7', '-'],
		);
		const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
		fc.assert(
			fc.property(bytes, type, (body, contentType) => {
				const response = { status: 200, headers: { 'content-type': contentType }, body };
				harmless(body, () => expect(typeof textOfBody(response)).toBe('string'));
			}),
			RUNS,
		);
	});

	it('that asks for a pause names no negative one', () => {
		const headers = broken(
			['120', 'Wed, 21 Oct 2026 07:28:00 GMT'],
			['-', '9', 'e', 'Infinity', ' '],
		);
		fc.assert(
			fc.property(headers, (header) => {
				harmless(header, () => expect(parseRetryAfter(header) ?? 0).toBeGreaterThanOrEqual(0));
			}),
			RUNS,
		);
	});
});
