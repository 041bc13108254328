import { foreignIsSplit, hasDigitBehind, nationalIsSplit } from './phone-parts';

/** The reason why a value is not a phone number, to continue a sentence after "The phone". */
export interface PhoneProblem {
	readonly reason: string;
}

/**
 * A phone number as it was written. Its country is `russia` for 7 and ten digits, or 8 instead of the 7;
 * `foreign` for a plus and another country code; and `unsaid` for ten digits, or eleven that begin with
 * neither 7 nor 8.
 */
export interface WrittenPhone {
	readonly country: 'russia' | 'foreign' | 'unsaid';
	/** All digits, with the country code if there is one; a Russian number begins with 7. */
	readonly digits: string;
	/** Whether the first digit is separate, as in `8 999 123-45-67`. */
	readonly isFirstApart: boolean;
}

export const NATIONAL_DIGITS = 10;
const FEWEST_FOREIGN = 8;
/** The digits of a number with the country code 1 of North America; no other code begins with 1. */
const NANP_DIGITS = 11;
/** The most digits of any number, by E.164. */
const MOST_DIGITS = 15;
/** The digits before a group in brackets that make it an extension, and the most digits of an extension. */
const NUMBER_BEFORE = 7;
const LONGEST_EXTENSION = 6;
const LONGEST_SHOWN = 24;
const SCHEME = 'tel:';

/** The kinds of characters below U+0080, by code. Those that are not set are not part of a number. */
const OTHER = 0;
const DIGIT = 1;
const SEPARATOR = 2;
const LETTER = 3;
const PLUS = 4;
const KINDS = new Uint8Array(0x80);
for (let code = 0x30; code <= 0x39; code++) KINDS[code] = DIGIT;
for (let code = 0x41; code <= 0x5a; code++) KINDS[code] = KINDS[code + 0x20] = LETTER;
// Control characters are invisible and are treated like spaces.
for (let code = 0; code < 0x20; code++) KINDS[code] = SEPARATOR;
for (const separator of ' -()[]./_') KINDS[separator.charCodeAt(0)] = SEPARATOR;
KINDS[0x2b] = PLUS;

/** Spaces, dashes, and the invisible marks in a number that was copied from a page. */
const WIDE_SEPARATOR =
	/[\p{Zs}\u2028\u2029\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\p{Pd}\u2212\u2043]/u;
const WIDE_LETTER = /\p{L}/u;
/** A number that a spreadsheet or a program converted to a decimal number. */
const FRACTION = /^\s*\+?\d+\.0+\s*$/;
const POWER_OF_TEN = /^\s*\d[\d.,]*e\+?\d+\s*$/i;
/** The most separators, because patterns take quadratic time. Real numbers have less than a tenth of it. */
const MOST_SEPARATORS = 200;
/** A group in brackets after a number. */
const LAST_BRACKETS = /[([]([^()[\]]*)[)\]][\s.]*$/;

/**
 * Reads a phone number as people type it. It never uses digits after the number: an extension, a note or a
 * second number is rejected.
 *
 * @param value text, or a number from a spreadsheet or a database
 * @returns the number, or the reason why the value has none
 */
export function readWrittenPhone(value: unknown): WrittenPhone | PhoneProblem {
	if (typeof value === 'number') {
		if (!Number.isSafeInteger(value) || value < 0) return { reason: 'is not a whole number' };
		return readText(String(value));
	}
	if (typeof value === 'string') return readText(value);
	if (value === undefined || value === null) return { reason: 'is empty' };
	return { reason: 'is neither a text nor a number' };
}

/** Reads a text in one pass over its characters, because a million numbers must take about a second. */
function readText(text: string): WrittenPhone | PhoneProblem {
	let number = 0;
	let first = -1;
	let firstAt = -1;
	let isFirstApart = false;
	let digits = 0;
	let plus = false;
	let separators = 0;
	let brackets = false;
	let mayBeSplit = false;
	for (let index = schemeLength(text); index < text.length; index++) {
		const code = text.charCodeAt(index);
		const kind = code < 0x80 ? KINDS[code] : wideKind(text[index]!);
		if (kind === DIGIT) {
			if (digits === 0) {
				first = code - 0x30;
				firstAt = index;
			} else if (digits === 1) isFirstApart = index > firstAt + 1;
			digits++;
			// Digits beyond the longest number are only counted.
			if (digits <= MOST_DIGITS) number = number * 10 + code - 0x30;
		} else if (kind === PLUS && digits === 0 && !plus) plus = true;
		else if (kind === SEPARATOR) {
			separators++;
			if (digits > 0 && maySplit(text, index)) mayBeSplit = true;
			if ((code === 0x28 || code === 0x5b) && digits >= NUMBER_BEFORE) brackets = true;
		} else return characterProblem(text, index, kind, digits);
	}
	if (separators > MOST_SEPARATORS) return { reason: 'has too many characters between its digits' };
	const addition = additionIn(text, brackets, separators);
	if (addition) return addition;
	if (plus) {
		const isOurs = first === 7;
		const fits = isOurs
			? digits === NATIONAL_DIGITS + 1
			: first === 1
				? digits === NANP_DIGITS
				: digits >= FEWEST_FOREIGN && digits <= MOST_DIGITS;
		if (!fits) return lengthProblem(digits, first, plus);
		if (first === 0) return { reason: 'has no country code: none begins with 0' };
		const isSplit =
			mayBeSplit && (isOurs ? nationalIsSplit(text, plus, isOurs) : foreignIsSplit(text));
		if (isSplit) return secondNumber();
		return {
			country: isOurs ? 'russia' : 'foreign',
			digits: digitsOf(number, digits),
			isFirstApart,
		};
	}
	const isRussian = digits === NATIONAL_DIGITS + 1 && (first === 7 || first === 8);
	if (digits !== NATIONAL_DIGITS && digits !== NATIONAL_DIGITS + 1) {
		return lengthProblem(digits, first, plus);
	}
	if (mayBeSplit && nationalIsSplit(text, plus, isRussian)) return secondNumber();
	if (isRussian) {
		if (separators > 0 && !isFirstApart && hasDigitBehind(text)) return secondNumber();
		return {
			country: 'russia',
			digits: `7${digitsOf(number % 1e10, NATIONAL_DIGITS)}`,
			isFirstApart,
		};
	}
	return { country: 'unsaid', digits: digitsOf(number, digits), isFirstApart };
}

const HALF = 1e6;

/**
 * The last digits of a number, with zeros in front. V8 writes numbers beyond 32 bits in a way that takes
 * half as long as reading a phone: two small ones take a quarter of that.
 */
function digitsOf(number: number, count: number): string {
	const high = Math.floor(number / HALF);
	const low = number - high * HALF;
	return String(high).padStart(count - 6, '0') + String(HALF + low).slice(1);
}

/** Whether a separator may start another number. */
function maySplit(text: string, index: number): boolean {
	const code = text.charCodeAt(index);
	if (code === 0x2f || (code >= 0x0a && code <= 0x0d)) return true;
	if (code === 0x2d)
		return text.charCodeAt(index - 1) <= 0x20 || text.charCodeAt(index - 1) >= 0x80;
	return code >= 0x80;
}

/** Finds an extension, or a decimal number, by the separators. */
function additionIn(text: string, brackets: boolean, separators: number): PhoneProblem | undefined {
	if (separators === 1 && FRACTION.test(text)) {
		return { reason: 'is a decimal number, as spreadsheets export it: format the column as text' };
	}
	const [group, inside = ''] = (brackets && LAST_BRACKETS.exec(text)) || [];
	if (group === undefined) return undefined;
	const count = inside.replace(/\D/g, '').length;
	return count > 0 && count <= LONGEST_EXTENSION ? extension(group) : undefined;
}

/** Returns the length of `tel:`, which a copied link to a number has. */
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

function characterProblem(
	text: string,
	at: number,
	kind: number | undefined,
	digitsBefore: number,
): PhoneProblem {
	if (kind === PLUS) return { reason: 'has a "+" that is not at its beginning' };
	if (digitsBefore >= NUMBER_BEFORE && !POWER_OF_TEN.test(text)) return additionFrom(text, at);
	if (kind === LETTER) return { reason: 'contains letters' };
	const character = String.fromCodePoint(text.codePointAt(at)!);
	return { reason: `contains the character ${JSON.stringify(character)}` };
}

/** Describes the text after a number, from a character on that no number has. */
function additionFrom(text: string, at: number): PhoneProblem {
	const before = text.slice(0, at);
	const opening = /[([]\s*$/.exec(before);
	const addition = text.slice(opening?.index ?? at);
	if (addition.replace(/\D/g, '').length < NUMBER_BEFORE) return extension(addition);
	const [mark = ''] = addition;
	return ',;'.includes(mark) ? { reason: `contains "${mark}": enter one number` } : secondNumber();
}

function extension(written: string): PhoneProblem {
	const shown = written.replace(/\s+/g, ' ').trim();
	const cut = shown.length > LONGEST_SHOWN ? `${shown.slice(0, LONGEST_SHOWN)}…` : shown;
	return { reason: `has an extension or a note, "${cut}": enter only the number` };
}

function secondNumber(): PhoneProblem {
	return { reason: 'is more than one number: enter one' };
}

function lengthProblem(digits: number, first: number, plus: boolean): PhoneProblem {
	if (digits === 0) return { reason: 'is empty' };
	const [needed, least] = !plus
		? ['it needs 10, or 11 with a 7', NATIONAL_DIGITS]
		: first === 7 || first === 1
			? [`after "+" it needs 11, ${first} and ten more`, NATIONAL_DIGITS + 1]
			: ['after "+" it needs 8 to 15', FEWEST_FOREIGN];
	const length = digits < least ? 'too short' : 'too long';
	return { reason: `is ${length}: it has ${digits} digits, ${needed}` };
}

/**
 * Checks by the first digit whether ten digits without a country code are a complete Russian number. Mobile
 * numbers begin with 9, and landlines may begin with 3 or 4. Ten digits that begin with 7 or 8 may be an
 * 11-digit number with a digit missing, so a landline with 8 or a Kazakh number needs the 7 in front. No
 * number begins with 0, 1, 2, 5 or 6.
 *
 * @returns the reason why it is not a number; `undefined` if it is
 */
export function nationalProblem(tenDigits: string): PhoneProblem | undefined {
	const [first = ''] = tenDigits;
	if ('349'.includes(first)) return undefined;
	const begins = `has 10 digits and begins with ${first}`;
	return '78'.includes(first)
		? { reason: `${begins}: if none is missing, write the country code 7 in front` }
		: { reason: `${begins}, as no phone does: if it is right, write the country code 7 in front` };
}
