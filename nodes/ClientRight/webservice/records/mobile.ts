import { FieldError, show } from './field-error';
import type { ValueWriter } from './fields';
import { text } from './values';

/**
 * A phone number: as typed, or on request as `+7XXXXXXXXXX`. The CRM finds a contact by it, and
 * takes `+7…` and `8…` for two people.
 */
export const mobile: ValueWriter = (field, value, rules) => {
	const typed = text(field, value, rules);
	if (!rules.normalizeMobile) return typed;
	const normalized = normalizeMobile(typed);
	if (normalized !== undefined) return normalized;
	throw new FieldError(
		field,
		`must be a Russian number of 10 or 11 digits, or begin with + and a country code, not "${show(value)}"`,
	);
};

/**
 * @returns `+7` and ten digits; another country's number, which must begin with `+`, as `+` and its
 *   digits; `undefined` for what is neither
 */
export function normalizeMobile(typed: string): string | undefined {
	const digits = typed.replace(/\D/g, '');
	const international = typed.trim().startsWith('+');
	if (/^7\d{10}$/.test(digits) || /^89\d{9}$/.test(digits)) return `+7${digits.slice(1)}`;
	if (!international && /^8\d{10}$/.test(digits)) return `+7${digits.slice(1)}`;
	if (international && /^[1-9]\d{7,14}$/.test(digits)) return `+${digits}`;
	return !international && /^\d{10}$/.test(digits) ? `+7${digits}` : undefined;
}

/** What all spellings of a number have in common, to tell which contacts are the same. */
export function mobileKey(typed: string): string {
	return normalizeMobile(typed) ?? (typed.replace(/\D/g, '') || typed.trim().toLowerCase());
}
