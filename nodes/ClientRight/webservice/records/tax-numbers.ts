import { FieldError, show } from './field-error';
import type { ValueWriter } from './fields';
import { asText } from './values';

/** Weights of the control digits, as the tax service's rules for the INN set them. */
const INN_10 = [2, 4, 10, 3, 5, 9, 4, 6, 8];
const INN_12_FIRST = [7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
const INN_12_SECOND = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];

/** Blanks, dashes and what else stands between groups of digits; none of it belongs to a number. */
const BETWEEN = /[\s\p{Z}\p{Cf}\p{Pd}\u2212.,_'’]/gu;
/** Behind the digits of a number that was a fraction for a program, of no value. */
const FRACTION = /^(\d+)[.,]0+$/;

/**
 * An INN: 10 digits of a company or 12 of a person. Control digits are checked on request only,
 * since the document's own examples fail them.
 */
export const inn: ValueWriter = (field, value, { validateChecksums }) => {
	const digits = digitsOf(field, value);
	if (!/^(\d{10}|\d{12})$/.test(digits)) {
		const problem = `must be an INN of 10 or 12 digits, not "${show(value)}"`;
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

/** An OGRN: digits. Length and control digit are checked on request only: the document's has 11. */
export const ogrn: ValueWriter = (field, value, { validateChecksums }) => {
	const digits = digitsOf(field, value);
	if (!/^\d+$/.test(digits) || /^0+$/.test(digits)) {
		throw new FieldError(field, `must be an OGRN, digits only, not "${show(value)}"`);
	}
	if (typeof value === 'number' && /^(\d{12}|\d{14})$/.test(digits)) {
		throw new FieldError(
			field,
			`must be an OGRN of 13 or 15 digits, not "${show(value)}". ${zeroLost(digits)}`,
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
	return (FRACTION.exec(text)?.[1] ?? text).replace(BETWEEN, '');
}

function zeroLost(digits: string): string {
	return `One digit is missing. A spreadsheet that stores the value as a number drops a leading zero: if that happened, enter it as text, "0${digits}"`;
}

function controlDigit(digits: string, weights: readonly number[]): string {
	const sum = weights.reduce((total, weight, at) => total + weight * Number(digits[at]), 0);
	return String((sum % 11) % 10);
}
