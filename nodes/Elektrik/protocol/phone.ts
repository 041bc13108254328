import { ElektrikInputError } from './errors';
import { md5 } from './md5';

/** Why something is no phone number that the portal knows, to follow "The phone" in a sentence. */
export interface PhoneProblem {
	readonly reason: string;
}

/** The country code that every number of the document begins with, times ten to the tenth. */
const COUNTRY = 70_000_000_000;
const NATIONAL_DIGITS = 10;
const SCHEME = 'tel:';

/** Kinds of characters below U+0080, by code; those not set here are of no use in a number. */
const OTHER = 0;
const DIGIT = 1;
const SEPARATOR = 2;
const LETTER = 3;
const PLUS = 4;
const KINDS = new Uint8Array(0x80);
for (let code = 0x30; code <= 0x39; code++) KINDS[code] = DIGIT;
for (let code = 0x41; code <= 0x5a; code++) KINDS[code] = KINDS[code + 0x20] = LETTER;
for (const separator of '\t\n\v\f\r -()[]./_') KINDS[separator.charCodeAt(0)] = SEPARATOR;
KINDS[0x2b] = PLUS;

/** Spaces, dashes and the invisible marks that come along when a number is copied from a page. */
const WIDE_SEPARATOR =
	/[\p{Zs}\u2028\u2029\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\p{Pd}\u2212\u2043]/u;
const WIDE_LETTER = /\p{L}/u;

/**
 * Turns a phone number as people type it into the document's form: 7 and ten digits (elektrik.md).
 * Of eleven digits the first must be 7, or the 8 that is dialled within Russia; after a plus only 7
 * is Russia's. What ten digits are without their country code, {@link isWhole} tells.
 *
 * @param value text, or a number as spreadsheets and databases have it
 * @returns the eleven digits, or why there is no such number in it
 */
export function readPhone(value: unknown): string | PhoneProblem {
	if (typeof value === 'number') {
		if (!Number.isSafeInteger(value) || value < 0) return { reason: 'is no whole number' };
		return readText(String(value));
	}
	if (typeof value === 'string') return readText(value);
	if (value === undefined || value === null) return { reason: 'is empty' };
	return { reason: 'is neither a text nor a number' };
}

/** One pass over the characters: a million numbers have to go through here within a second. */
function readText(text: string): string | PhoneProblem {
	let number = 0;
	let first = -1;
	let digits = 0;
	let plus = false;
	for (let index = schemeLength(text); index < text.length; index++) {
		const code = text.charCodeAt(index);
		const kind = code < 0x80 ? KINDS[code] : wideKind(text[index]!);
		if (kind === DIGIT) {
			if (digits === 0) first = code - 0x30;
			digits++;
			// More digits than a number has are only counted.
			if (digits <= NATIONAL_DIGITS + 1) number = number * 10 + code - 0x30;
		} else if (kind === PLUS && digits === 0 && !plus) plus = true;
		else if (kind !== SEPARATOR) return characterProblem(text[index]!, kind);
	}
	if (digits === NATIONAL_DIGITS && !plus) {
		return isWhole(first) ? String(COUNTRY + number) : nationalProblem(first);
	}
	if (digits === NATIONAL_DIGITS + 1 && (first === 7 || (first === 8 && !plus))) {
		return String(COUNTRY + (number % 1e10));
	}
	return lengthProblem(digits, first, plus);
}

/**
 * Whether ten digits without a country code are a whole number, by the first of them. The portal is
 * about people's own phones: mobile numbers begin with 9, and landlines may with 3 or 4. Ten that
 * begin with 7 or 8 are as likely eleven of which one was lost, and the hash of a guess would be
 * another person's: whoever means a landline of 8 or a Kazakh number has to write the 7 in front.
 * With 0, 1, 2, 5 or 6 none begins.
 */
function isWhole(first: number): boolean {
	return first === 9 || first === 3 || first === 4;
}

function nationalProblem(first: number): PhoneProblem {
	const begins = `has 10 digits and begins with ${first}`;
	return first === 7 || first === 8
		? { reason: `${begins}: if none is missing, write the country code 7 in front` }
		: { reason: `${begins}, as no phone does: if it is right, write the country code 7 in front` };
}

/** Links to numbers are copied with their scheme. */
function schemeLength(text: string): number {
	const start = text.length - text.trimStart().length;
	const code = text.charCodeAt(start);
	if (code !== 0x74 && code !== 0x54) return start;
	return text.slice(start, start + SCHEME.length).toLowerCase() === SCHEME
		? start + SCHEME.length
		: start;
}

function wideKind(character: string): number {
	if (WIDE_SEPARATOR.test(character)) return SEPARATOR;
	return WIDE_LETTER.test(character) ? LETTER : OTHER;
}

function characterProblem(character: string, kind: number | undefined): PhoneProblem {
	if (kind === LETTER) return { reason: 'holds letters' };
	if (kind === PLUS) return { reason: 'has a "+" that is not at its beginning' };
	if (character === ',' || character === ';') {
		return { reason: `holds "${character}": give one number, without an extension` };
	}
	return { reason: `holds the character ${JSON.stringify(character)}` };
}

function lengthProblem(digits: number, first: number, plus: boolean): PhoneProblem {
	if (digits === 0) return { reason: 'is empty' };
	const foreign =
		(plus && first !== 7) || (digits === NATIONAL_DIGITS + 1 && first !== 7 && first !== 8);
	if (foreign) {
		return { reason: 'has another country code than 7, and the portal knows only numbers with 7' };
	}
	const expected = plus ? 'after "+" it needs 11, 7 and ten more' : 'it needs 10, or 11 with a 7';
	const length = digits < NATIONAL_DIGITS + 1 ? 'too short' : 'too long';
	return { reason: `is ${length}: it has ${digits} digits, ${expected}` };
}

/**
 * The hash that stands for a phone in every message: md5(phone + uid) (elektrik.md).
 *
 * @param phone in the document's form
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
