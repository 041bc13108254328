import { sendable } from '../../../shared/wire/control-characters';
import { FieldError, show } from './field-error';
import type { ValueWriter } from './fields';

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
			`must be a number of digits only, and not zero, not "${show(value)}"`,
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
			`must be a number, 0 or more, such as 1500.50, not "${show(value)}"`,
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
	throw new FieldError(field, `must be true, false, да or нет, not "${show(value)}"`);
};

/** Text, or a number that lost no digit on its way, as text. */
export function asText(field: string, value: unknown): string {
	if (typeof value === 'string') return sendable(value).trim();
	if (typeof value !== 'number' || !Number.isFinite(value)) {
		throw new FieldError(field, `must be text or a number, not ${kindOf(value)}`);
	}
	if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
		throw new FieldError(
			field,
			'came as a number too long to keep all its digits. Give it as text',
		);
	}
	return String(value);
}

function kindOf(value: unknown): string {
	return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
}
