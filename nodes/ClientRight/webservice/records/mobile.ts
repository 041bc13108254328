import {
	NATIONAL_DIGITS,
	nationalProblem,
	readWrittenPhone,
	type PhoneProblem,
	type WrittenPhone,
} from '../../../shared/wire/phone';
import { FieldError, show } from './field-error';
import type { ValueWriter } from './fields';
import { asText } from './values';

/** What a person does not see: it comes along when a number is copied from a page. */
const INVISIBLE = /\p{Cf}/gu;
const BLANK = /\p{Zs}/gu;
const SCHEME = /^\s*tel:\s*(?:\/\/)?/i;

/**
 * A mobile number: as typed, or on request as `+7XXXXXXXXXX`. The CRM finds a contact by it, so what
 * holds no phone would put one person's data over another's, and takes `+7…` and `8…` for two people.
 */
export const mobile: ValueWriter = (field, value, { normalizeMobile: isNormalized }) => {
	const typed = asText(field, value);
	const phone = readMobile(value);
	const written = 'reason' in phone ? phone : isNormalized ? normalize(phone) : asTyped(typed);
	if (typeof written === 'string') return written;
	throw new FieldError(
		field,
		`must be a Russian number of 10 or 11 digits, or begin with + and a country code, not "${show(value)}": it ${written.reason}`,
	);
};

/**
 * @returns `+7` and ten digits; another country's number, which must begin with `+`, as `+` and its
 *   digits; `undefined` for what is neither
 */
export function normalizeMobile(typed: string): string | undefined {
	const phone = readMobile(typed);
	const normalized = 'reason' in phone ? phone : normalize(phone);
	return typeof normalized === 'string' ? normalized : undefined;
}

/** What all spellings of a number have in common, to tell which contacts are the same. */
export function mobileKey(typed: string): string {
	const phone = readWrittenPhone(typed);
	if ('reason' in phone) return typed.replace(/\D/g, '') || typed.trim().toLowerCase();
	const normalized = normalize(phone);
	if (typeof normalized === 'string') return normalized;
	return phone.digits.length === NATIONAL_DIGITS ? `+7${phone.digits}` : phone.digits;
}

function readMobile(value: unknown): WrittenPhone | PhoneProblem {
	const phone = readWrittenPhone(value);
	return 'reason' in phone ? phone : (lostDigit(phone) ?? phone);
}

/**
 * Of a number without its country, ten digits with an 8 or a 7 that stands apart are eleven of which
 * one is missing; so are those that begin with 89 or 79, as no area code does. Eleven that begin with
 * 9 are a mobile number and one digit more.
 */
function lostDigit({ country, digits, isFirstApart }: WrittenPhone): PhoneProblem | undefined {
	if (country !== 'unsaid') return undefined;
	if (digits.length > NATIONAL_DIGITS) {
		return digits.startsWith('9')
			? { reason: 'has 11 digits and begins with 9: another country’s number needs + in front' }
			: undefined;
	}
	const hasCode = /^[78]/.test(digits) && (isFirstApart || digits[1] === '9');
	return hasCode ? nationalProblem(digits) : undefined;
}

function normalize({ country, digits }: WrittenPhone): string | PhoneProblem {
	if (country === 'russia') return `+${digits}`;
	// No country has the code 8: it is the 8 that is dialed within Russia.
	if (country === 'foreign')
		return /^89\d{9}$/.test(digits) ? `+7${digits.slice(1)}` : `+${digits}`;
	if (digits.length === NATIONAL_DIGITS) return nationalProblem(digits) ?? `+7${digits}`;
	return { reason: 'has 11 digits and begins with neither 7 nor 8' };
}

function asTyped(typed: string): string {
	return typed.replace(INVISIBLE, '').replace(SCHEME, '').replace(BLANK, ' ').trim();
}
