import { sendable } from '../../../shared/wire/control-characters';
import type { WireFields } from '../form';
import { FieldError } from './field-error';

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
