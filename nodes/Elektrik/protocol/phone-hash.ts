import * as crypto from 'node:crypto';
import {
	NATIONAL_DIGITS,
	nationalProblem,
	type PhoneProblem,
	readWrittenPhone,
} from '../../shared/wire/phone';
import { ElektrikInputError } from './errors';

type OneShotHash = (algorithm: string, text: string) => string;

/** Exists in Node.js 20.12 and later. For short texts it is four times as fast as a Hash object. */
const { hash } = crypto as { hash?: OneShotHash };

/** Computes md5 of the text's UTF-8 bytes as 32 lower-case hex digits, as PHP's md5() does. */
export const md5: (text: string) => string = hash
	? (text) => hash('md5', text)
	: (text) => crypto.createHash('md5').update(text).digest('hex');

/**
 * Converts a phone number as people type it to the portal's form: 7 and ten digits
 * (docs/protocols/elektrik.md, 1.5). The first of eleven digits must be 7, or the 8 that is dialed
 * within Russia; after a plus only 7 is Russia. A guess could have the hash of another person, so ten
 * digits must be a complete number, see {@link nationalProblem}.
 *
 * @param value text, or a number from a spreadsheet or a database
 * @returns the eleven digits, or the reason why the value has no such number
 *
 * @example
 * elektrik.readPhone('8 (900) 000-00-01'); // => '79000000001'
 * elektrik.readPhone('+375 29 000-00-01');
 * // => { reason: 'has another country code than 7, and the portal knows only numbers with 7' }
 */
export function readPhone(value: unknown): string | PhoneProblem {
	const phone = readWrittenPhone(value);
	if ('reason' in phone) return phone;
	const { country, digits } = phone;
	if (country === 'russia') return digits;
	if (country === 'unsaid' && digits.length === NATIONAL_DIGITS) {
		return nationalProblem(digits) ?? `7${digits}`;
	}
	return { reason: 'has another country code than 7, and the portal knows only numbers with 7' };
}

/**
 * Computes the hash that replaces a phone in every message: md5(phone + uid)
 * (docs/protocols/elektrik.md, 1.6).
 *
 * @param phone in the portal's form
 * @param uid the distributor's identifier
 * @returns 32 lower-case hex digits
 *
 * @example
 * elektrik.hashOfPhone('79000000001', 'invented'); // => '075a4d61c06b55e99f26a6adc213ab72'
 */
export function hashOfPhone(phone: string, uid: string): string {
	return md5(phone + uid);
}

/**
 * Reads a phone as {@link readPhone} does and computes its hash as {@link hashOfPhone} does.
 *
 * @throws ElektrikInputError that names `field` and the reason
 *
 * @example
 * elektrik.hashPhone('8 (900) 000-00-01', 'invented'); // => '075a4d61c06b55e99f26a6adc213ab72'
 * elektrik.hashPhone('+375 29 000-00-01', 'invented');
 * // throws ElektrikInputError: has another country code than 7, and the portal knows only numbers with 7
 */
export function hashPhone(value: unknown, uid: string, field = 'phone'): string {
	const phone = readPhone(value);
	if (typeof phone !== 'string') throw new ElektrikInputError(field, phone.reason);
	return hashOfPhone(phone, uid);
}

const HASH = /^[0-9a-f]{32}$/;

/**
 * Reads a phone hash and returns it in lower case.
 *
 * @returns `undefined` for any other value
 *
 * @example
 * elektrik.readPhoneHash('5D41402ABC4B2A76B9719D911017C592'); // => '5d41402abc4b2a76b9719d911017c592'
 * elektrik.readPhoneHash('79000000001'); // => undefined
 */
export function readPhoneHash(value: unknown): string | undefined {
	if (typeof value !== 'string') return undefined;
	const hash = value.trim().toLowerCase();
	return HASH.test(hash) ? hash : undefined;
}
