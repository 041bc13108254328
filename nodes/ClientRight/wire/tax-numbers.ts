import { asText, FieldError, previewValue, type ValueWriter } from './values';

/** Weights of the control digits, as the tax service's rules for the INN set them. */
const INN_10 = [2, 4, 10, 3, 5, 9, 4, 6, 8];
const INN_12_FIRST = [7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
const INN_12_SECOND = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];

/** Blanks, dashes and what else stands between groups of digits; none of it belongs to a number. */
const BETWEEN = /[\s\p{Z}\p{Cf}\p{Pd}\u2212.,_'’]/gu;
/** What may be decimals behind a number: its last group of zeros, or of one or two digits. */
const DECIMALS = /^(.*\d)\s*([.,])\s*(0+|\d\d?)$/su;
/** Digits as programs write a number: without groups, or in groups of three. */
const WHOLE = /^(?:\d+|\d{1,3}(?:[\s\p{Z}\p{Cf}.,_'’]+\d{3})+)$/u;

/**
 * An INN: 10 digits of a company or 12 of a person. Control digits are checked on request only,
 * since the CRM's own examples fail them (docs/protocols/clientright.md, 5.5).
 */
export const inn: ValueWriter = (field, value, { validateChecksums }) => {
	const digits = digitsOf(field, value);
	if (!/^(\d{10}|\d{12})$/.test(digits)) {
		const problem = `must be an INN of 10 or 12 digits, not "${previewValue(value)}"`;
		throw new FieldError(
			field,
			/^(\d{9}|\d{11})$/.test(digits) ? `${problem}. ${zeroLost(digits)}` : problem,
		);
	}
	if (validateChecksums && !isInn(digits)) {
		throw new FieldError(field, `is not an INN: the control digits of "${digits}" are wrong`);
	}
	return digits;
};

/** An OGRN: digits. Length and control digit are checked on request only: the CRM's own
 * example has 11 (docs/protocols/clientright.md, 6.3). */
export const ogrn: ValueWriter = (field, value, { validateChecksums }) => {
	const digits = digitsOf(field, value);
	if (!/^\d+$/.test(digits) || /^0+$/.test(digits)) {
		throw new FieldError(field, `must be an OGRN, digits only, not "${previewValue(value)}"`);
	}
	if (typeof value === 'number' && /^(\d{12}|\d{14})$/.test(digits)) {
		throw new FieldError(
			field,
			`must be an OGRN of 13 or 15 digits, not "${previewValue(value)}". ${zeroLost(digits)}`,
		);
	}
	if (validateChecksums && !isOgrn(digits)) {
		throw new FieldError(
			field,
			`is not an OGRN: it must have 13 or 15 digits, and the last one must fit, not "${digits}"`,
		);
	}
	return digits;
};

/** Whether 10 or 12 digits have the right control digits. */
export function isInn(digits: string): boolean {
	if (/^\d{10}$/.test(digits)) return digits.endsWith(controlDigit(digits, INN_10));
	if (!/^\d{12}$/.test(digits)) return false;
	const last = controlDigit(digits, INN_12_FIRST) + controlDigit(digits, INN_12_SECOND);
	return digits.endsWith(last);
}

/** Whether 13 digits (OGRN) or 15 (OGRNIP) have the right last digit. */
export function isOgrn(digits: string): boolean {
	if (!/^(\d{13}|\d{15})$/.test(digits)) return false;
	const number = BigInt(digits.slice(0, -1));
	const remainder = number % BigInt(digits.length - 2);
	return digits.endsWith(String(remainder % 10n));
}

function digitsOf(field: string, value: unknown): string {
	const text = asText(field, value);
	return withoutDecimals(field, text).replace(BETWEEN, '');
}

/**
 * Leaves out the zeros that a spreadsheet puts behind a number. Appended to its digits they would make
 * another number, so what is not clearly a number and its zeros is refused.
 */
function withoutDecimals(field: string, text: string): string {
	const [, whole = '', mark = '', decimals = ''] = DECIMALS.exec(text) ?? [];
	if (decimals === '') return text;
	const isWhole = WHOLE.test(whole) && !whole.includes(mark);
	if (isWhole && Number(decimals) === 0) return whole;
	// 77.07.08.38.93 is in pairs: a decimal mark is there once.
	const isInPairs = whole.split(mark).length > 1 && whole.split(mark).every(isPair);
	if (isInPairs || (Number(decimals) > 0 && whole.includes(mark) && !WHOLE.test(whole)))
		return text;
	// 7.707.083.000 is a number in groups, of which the last is of zeros.
	if (
		decimals.length === 3 &&
		WHOLE.test(text) &&
		whole.replace(BETWEEN, '') === whole.split(mark).join('')
	)
		return text;
	throw new FieldError(
		field,
		`must be digits only, not "${previewValue(text)}": it ends in decimals ("${mark}${decimals}")`,
	);
}

function isPair(group: string): boolean {
	return /^\d\d$/.test(group);
}

function zeroLost(digits: string): string {
	return `One digit is missing. A spreadsheet that stores the value as a number drops a leading zero: if that happened, enter it as text, "0${digits}"`;
}

function controlDigit(digits: string, weights: readonly number[]): string {
	const sum = weights.reduce((total, weight, at) => total + weight * Number(digits[at]), 0);
	return String((sum % 11) % 10);
}
