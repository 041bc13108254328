import * as crypto from 'node:crypto';
import {
	NATIONAL_DIGITS,
	nationalProblem,
	type PhoneProblem,
	readWrittenPhone,
} from '../../shared/wire/phone';
import { ElektrikInputError } from './errors';

type OneShotHash = (algorithm: string, text: string) => string;

/** Node 20.12 and later; four times as fast as a Hash object for texts this short. */
const { hash } = crypto as { hash?: OneShotHash };

/** md5 of the text's UTF-8 bytes, as 32 lower-case hex digits, which is what PHP's md5() gives. */
export const md5: (text: string) => string = hash
	? (text) => hash('md5', text)
	: (text) => crypto.createHash('md5').update(text).digest('hex');

/**
 * Turns a phone number as people type it into the portal's form: 7 and ten digits (docs/protocols/elektrik.md, 1.5).
 * Of eleven digits the first must be 7, or the 8 that is dialled within Russia; after a plus only 7
 * is Russia's. The hash of a guess would be another person's, so ten digits have to be a whole
 * number, see {@link nationalProblem}.
 *
 * @param value text, or a number as spreadsheets and databases have it
 * @returns the eleven digits, or why there is no such number in it
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
 * The hash that stands for a phone in every message: md5(phone + uid) (docs/protocols/elektrik.md, 1.6).
 *
 * @param phone in the portal's form
 * @param uid the distributor's identifier
 * @returns 32 lower-case hex digits
 */
export function hashOfPhone(phone: string, uid: string): string {
	return md5(phone + uid);
}

/**
 * As {@link readPhone} and {@link hashOfPhone}.
 *
 * @throws ElektrikInputError naming `field` and why it holds no phone
 */
export function hashPhone(value: unknown, uid: string, field = 'phone'): string {
	const phone = readPhone(value);
	if (typeof phone !== 'string') throw new ElektrikInputError(field, phone.reason);
	return hashOfPhone(phone, uid);
}

const HASH = /^[0-9a-f]{32}$/;

/** A phone hash in lower case, or `undefined` for what is none. */
export function readPhoneHash(value: unknown): string | undefined {
	if (typeof value !== 'string') return undefined;
	const hash = value.trim().toLowerCase();
	return HASH.test(hash) ? hash : undefined;
}
