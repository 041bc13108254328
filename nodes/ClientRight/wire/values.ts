import { FieldError, nameType, previewValue } from '../../shared/wire/field-error';
import {
	NATIONAL_DIGITS,
	nationalProblem,
	type PhoneProblem,
	readWrittenPhone,
	type WrittenPhone,
} from '../../shared/wire/phone';
import { sendable } from '../../shared/wire/text';
import type { WireFields } from './envelope';

/** The settings for writing values. */
export interface WritingRules {
	/** IANA name of the workflow's time zone, which decides the day of a date and time. */
	timeZone: string;
	/** Whether to check the control digits of INN and OGRN. */
	validateChecksums: boolean;
	/** Whether to write Russian mobile numbers as `+7XXXXXXXXXX`. */
	normalizeMobile: boolean;
}

/**
 * Writes one value for vtiger.
 *
 * @param value a value that is not empty
 * @throws FieldError when the value must not be sent
 */
export type ValueWriter = (field: string, value: unknown, rules: WritingRules) => string;

/** How to write a field on the wire. */
export interface FieldDefinition {
	/** Its name on the wire. */
	wire: string;
	write: ValueWriter;
	mandatory?: true;
}

/** The fields of an operation by our field names. */
export type FieldTable = Readonly<Record<string, FieldDefinition>>;

/** A field of a documented operation: its name on the wire, its check, and how the editor shows it. */
export interface DocumentedField extends FieldDefinition {
	displayName: string;
	description: string;
	placeholder?: string;
	/** The number of lines that the editor shows of its text. */
	rows?: number;
	/** The module of the record whose ID it contains, if it is known, and the words for its picker. */
	idOf?: { module: string; one: string; example: string };
}

/** The fields of a documented operation by our field names, in the order of the document. */
export type DocumentedFields = Readonly<Record<string, DocumentedField>>;

/**
 * Returns the names of the required fields, and of the optional ones.
 *
 * @example
 * clientright.namesOf(clientright.FILES_FIELDS); // => { required: ['inn', 'smsCode'], optional: [] }
 */
export function namesOf(table: FieldTable): { required: string[]; optional: string[] } {
	const names = Object.keys(table);
	return {
		required: names.filter((name) => table[name]?.mandatory),
		optional: names.filter((name) => !table[name]?.mandatory),
	};
}

/**
 * Checks values and writes them for the wire. vtiger accepts invalid values and stores nothing
 * (docs/protocols/vtiger.md, 10.7), so all checks are here.
 *
 * @param input values by our field names. Values that are absent, `null` or blank are omitted
 * @throws FieldError that names the field that is missing or cannot be sent
 *
 * @example
 * const rules = { timeZone: 'Europe/Moscow', normalizeMobile: true, validateChecksums: false };
 * const input = { inn: 500100732259, smsCode: '1234' };
 * clientright.writeFields(clientright.FILES_FIELDS, input, rules);
 * // => { inn: '500100732259', sms: '1234' }
 * clientright.writeFields(clientright.FILES_FIELDS, {}, rules); // throws FieldError: is missing
 */
export function writeFields(
	table: FieldTable,
	input: Readonly<Record<string, unknown>>,
	rules: WritingRules,
): WireFields {
	const given = Object.entries(table).filter(([name, { mandatory }]) => {
		if (isGiven(input[name])) return true;
		if (mandatory) throw new FieldError(name, 'is missing');
		return false;
	});
	return Object.fromEntries(
		given.map(([name, { wire, write }]) => [wire, write(name, input[name], rules)]),
	);
}

function isGiven(value: unknown): boolean {
	if (value === undefined || value === null) return false;
	return typeof value !== 'string' || sendable(value).trim() !== '';
}

const PLAIN_NUMBER = /^\d+(\.\d+)?$/;
/**
 * An ID of module and record, as `query` and `retrieve` return it. The CRM's own operations use only the
 * record (docs/protocols/clientright.md, 1.7).
 */
const OWN_FORM = /^([1-9]\d*)x(\d+)$/;
/** Russian Excel writes true and false as истина and ложь. */
const YES = new Set(['да', 'yes', 'y', 'true', 'истина', 'on', '1']);
const NO = new Set(['нет', 'no', 'n', 'false', 'ложь', 'off', '0']);

/** Writes the number of a record, also from vtiger's own form with the module: `12x83859`. */
export const recordId: ValueWriter = (field, value, rules) => {
	const written = asText(field, value);
	return id(field, OWN_FORM.exec(written)?.[2] ?? value, rules);
};

/** Returns the number of the module in an ID of vtiger's own form; `undefined` if it has none. */
export function idPrefix(value: unknown): string | undefined {
	return typeof value === 'string' ? OWN_FORM.exec(value.trim())?.[1] : undefined;
}

/**
 * Writes text without whitespace around it, also from a number of a spreadsheet. It rejects a text of just
 * `0`, which vtiger stores as empty (docs/protocols/vtiger.md, 2.6).
 */
export const text: ValueWriter = (field, value) => {
	const written = asText(field, value);
	if (written === '0') {
		throw new FieldError(field, 'must not be "0": the CRM receives it as an empty value');
	}
	return written;
};

/** Writes digits other than zero. */
export const id: ValueWriter = (field, value) => {
	const digits = asText(field, value);
	if (!/^\d+$/.test(digits) || /^0+$/.test(digits)) {
		throw new FieldError(
			field,
			`must be a number of digits only, and not zero, not "${previewValue(value)}"`,
		);
	}
	return digits;
};

/**
 * Writes a number, 0 or more. Zero is sent as `0.0`, because vtiger drops `0`
 * (docs/protocols/vtiger.md, 2.6).
 */
export const amount: ValueWriter = (field, value) => {
	const digits = asText(field, value);
	if (!PLAIN_NUMBER.test(digits)) {
		throw new FieldError(
			field,
			`must be a number, 0 or more, such as 1500.50, not "${previewValue(value)}"`,
		);
	}
	return Number(digits) === 0 ? '0.0' : digits;
};

/** Writes a boolean as `да` or `нет` (docs/protocols/clientright.md, 7.1). */
export const yesNo: ValueWriter = (field, value) => {
	const word = ['boolean', 'number', 'string'].includes(typeof value) ? String(value) : '';
	const answer = word.trim().toLowerCase();
	if (YES.has(answer)) return 'да';
	if (NO.has(answer)) return 'нет';
	throw new FieldError(field, `must be true, false, да or нет, not "${previewValue(value)}"`);
};

/** Converts text, or a number that has lost no digits, to text. */
export function asText(field: string, value: unknown): string {
	if (typeof value === 'string') return sendable(value).trim();
	if (typeof value !== 'number' || !Number.isFinite(value)) {
		throw new FieldError(field, `must be text or a number, not ${nameType(value)}`);
	}
	if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
		throw new FieldError(field, 'is a number too long to keep all its digits. Enter it as text');
	}
	return String(value);
}

/** Characters outside of Unicode's basic plane: emoji, rare letters. */
const BEYOND = /[\u{10000}-\u{10ffff}]/u;

/**
 * Whether a text contains characters that vtiger's utf8mb3 tables cannot store: vtiger stores `????` instead
 * and reports a success (docs/protocols/vtiger.md, 3.9).
 *
 * @example
 * clientright.holdsUnstorable('Анна'); // => false
 * clientright.holdsUnstorable('Анна 🙂'); // => true
 */
export function holdsUnstorable(text: string): boolean {
	return BEYOND.test(text);
}

/** Invisible characters, which a number copied from a page may have. */
const INVISIBLE = /\p{Cf}/gu;
const BLANK = /\p{Zs}/gu;
const SCHEME = /^\s*tel:\s*(?:\/\/)?/i;

/**
 * Writes a mobile number as typed or, if requested, as `+7XXXXXXXXXX`. The CRM finds a contact by it: a value
 * that is not a phone would overwrite another person's data, and `+7…` and `8…` would be two people.
 */
export const mobile: ValueWriter = (field, value, { normalizeMobile: isNormalized }) => {
	const typed = asText(field, value);
	const phone = readMobile(value);
	const written = 'reason' in phone ? phone : isNormalized ? normalize(phone) : asTyped(typed);
	if (typeof written === 'string') return written;
	throw new FieldError(
		field,
		`must be a Russian number of 10 or 11 digits, or begin with + and a country code, not "${previewValue(value)}": it ${written.reason}`,
	);
};

/**
 * Normalizes a mobile number.
 *
 * @returns `+7` and ten digits; another country's number, which must begin with `+`, as `+` and its digits;
 *   `undefined` for any other text
 *
 * @example
 * clientright.normalizeMobile('8 (900) 000-00-01'); // => '+79000000001'
 * clientright.normalizeMobile('12345'); // => undefined
 */
export function normalizeMobile(typed: string): string | undefined {
	const phone = readMobile(typed);
	const normalized = 'reason' in phone ? phone : normalize(phone);
	return typeof normalized === 'string' ? normalized : undefined;
}

/**
 * Returns a key that is the same for all spellings of a number, to recognize the same contact.
 *
 * @example
 * clientright.mobileKey('8 (900) 000-00-01'); // => '+79000000001'
 * clientright.mobileKey('900 000 00 01'); // => '+79000000001'
 */
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
 * Finds a missing digit in a number without country code. Ten digits with a separate 8 or 7 are an 11-digit
 * number with a digit missing, and so are ten that begin with 89 or 79, because no area code does. Eleven that
 * begin with 9 are a mobile number with an additional digit.
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
	// No country code begins with 8: it is the 8 that is dialed within Russia.
	if (country === 'foreign')
		return /^89\d{9}$/.test(digits) ? `+7${digits.slice(1)}` : `+${digits}`;
	if (digits.length === NATIONAL_DIGITS) return nationalProblem(digits) ?? `+7${digits}`;
	return { reason: 'has 11 digits and begins with neither 7 nor 8' };
}

function asTyped(typed: string): string {
	return typed.replace(INVISIBLE, '').replace(SCHEME, '').replace(BLANK, ' ').trim();
}
