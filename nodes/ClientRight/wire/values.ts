import {
	NATIONAL_DIGITS,
	nationalProblem,
	type PhoneProblem,
	readWrittenPhone,
	type WrittenPhone,
} from '../../shared/wire/phone';
import { sendable } from '../../shared/wire/text';
import type { WireFields } from './envelope';

/**
 * A value that must not be sent. `field` is its name in the node and in the items; the message
 * goes on from there ("is missing").
 */
export class FieldError extends Error {
	override readonly name = 'FieldError';

	constructor(
		readonly field: string,
		message: string,
	) {
		super(message);
	}
}

/** A refused value, cut short: a person must recognise it, a log need not keep it. */
export function previewValue(value: unknown): string {
	const text = typeof value === 'object' && value !== null ? written(value) : String(value);
	return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function written(value: object): string {
	try {
		// An object may say that it has no JSON.
		const json: unknown = JSON.stringify(value);
		return typeof json === 'string' ? json : 'an object';
	} catch {
		// It holds itself, or a number that JSON does not know.
		return 'an object';
	}
}

/** What decides how values are written. */
export interface WritingRules {
	/** IANA name of the workflow's time zone: it decides the day of a moment. */
	timeZone: string;
	/** Check the control digits of INN and OGRN. */
	validateChecksums: boolean;
	/** Write Russian mobile numbers as `+7XXXXXXXXXX`. */
	normalizeMobile: boolean;
}

/**
 * Writes one value as vtiger is to get it.
 *
 * @param value never empty: what is not given does not get here
 * @throws FieldError when it must not be sent
 */
export type ValueWriter = (field: string, value: unknown, rules: WritingRules) => string;

/** How a field of ours is written on the wire. */
export interface FieldDefinition {
	/** Name on the wire. */
	wire: string;
	write: ValueWriter;
	mandatory?: true;
}

/** The fields of an operation by their names in the node. */
export type FieldTable = Readonly<Record<string, FieldDefinition>>;

/** The names that must be given, and the others. */
export function namesOf(table: FieldTable): { required: string[]; optional: string[] } {
	const names = Object.keys(table);
	return {
		required: names.filter((name) => table[name]?.mandatory),
		optional: names.filter((name) => !table[name]?.mandatory),
	};
}

/**
 * Checks values and lays them out for the wire. vtiger takes nonsense for a success and stores
 * nothing (docs/protocols/vtiger.md, 10.7), so whatever is checked is checked here.
 *
 * @param input values by our names; those absent, `null` or blank are not sent
 * @throws FieldError naming the field that is missing or cannot be sent
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
 * Module and record, as `query` and `retrieve` give it; the CRM's own operations take the record
 * (docs/protocols/clientright.md, 1.7).
 */
const OWN_FORM = /^([1-9]\d*)x(\d+)$/;
/** In Excel's Russian, true and false are истина and ложь. */
const YES = new Set(['да', 'yes', 'y', 'true', 'истина', 'on', '1']);
const NO = new Set(['нет', 'no', 'n', 'false', 'ложь', 'off', '0']);

/** The number of a record, also in vtiger's own form with the module in front: `12x83859`. */
export const recordId: ValueWriter = (field, value, rules) => {
	const written = asText(field, value);
	return id(field, OWN_FORM.exec(written)?.[2] ?? value, rules);
};

/** The module that an id of vtiger's own form names by its number; `undefined` without one. */
export function idPrefix(value: unknown): string | undefined {
	return typeof value === 'string' ? OWN_FORM.exec(value.trim())?.[1] : undefined;
}

/**
 * Text as it was given, without blanks around it. Spreadsheets hand numbers over as numbers.
 * A lone `0` is refused: vtiger loses it on the way (docs/protocols/vtiger.md, 2.6).
 */
export const text: ValueWriter = (field, value) => {
	const written = asText(field, value);
	if (written === '0') {
		throw new FieldError(field, 'must not be "0": the CRM receives it as an empty value');
	}
	return written;
};

/** Digits, and not zero. */
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
 * A number, 0 or more. Zero leaves as `0.0`, since vtiger drops `0` but keeps that
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

/** Yes or no, which leave as `да` and `нет` (docs/protocols/clientright.md, 7.1). */
export const yesNo: ValueWriter = (field, value) => {
	const word = ['boolean', 'number', 'string'].includes(typeof value) ? String(value) : '';
	const answer = word.trim().toLowerCase();
	if (YES.has(answer)) return 'да';
	if (NO.has(answer)) return 'нет';
	throw new FieldError(field, `must be true, false, да or нет, not "${previewValue(value)}"`);
};

/** Text, or a number that lost no digit on its way, as text. */
export function asText(field: string, value: unknown): string {
	if (typeof value === 'string') return sendable(value).trim();
	if (typeof value !== 'number' || !Number.isFinite(value)) {
		throw new FieldError(field, `must be text or a number, not ${kindOf(value)}`);
	}
	if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
		throw new FieldError(field, 'is a number too long to keep all its digits. Enter it as text');
	}
	return String(value);
}

function kindOf(value: unknown): string {
	return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
}

/** Beyond the first plane of Unicode: emoji, rare letters. */
const BEYOND = /[\u{10000}-\u{10ffff}]/u;

/**
 * Whether a text holds characters that the tables of a vtiger, which are utf8mb3, do not: it stores
 * `????` in their place and reports a success (docs/protocols/vtiger.md, 3.9).
 */
export function holdsUnstorable(text: string): boolean {
	return BEYOND.test(text);
}

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
		`must be a Russian number of 10 or 11 digits, or begin with + and a country code, not "${previewValue(value)}": it ${written.reason}`,
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
