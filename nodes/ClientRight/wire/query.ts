import { sendable } from '../../shared/wire/text';
import { FieldError } from '../../shared/wire/field-error';

/** The most records that vtiger returns at once, with any LIMIT (docs/protocols/vtiger.md, 9.7). */
export const PAGE_SIZE = 100;

/** How a condition compares. */
export type Operator =
	| 'contains'
	| 'endsWith'
	| 'equals'
	| 'greater'
	| 'greaterOrEqual'
	| 'in'
	| 'isEmpty'
	| 'isNotEmpty'
	| 'less'
	| 'lessOrEqual'
	| 'notEquals'
	| 'startsWith';

/** A condition with values as the CRM stores them. */
export interface Condition {
	field: string;
	operator: Operator;
	/** No value for the operators of empty fields, several for `in`. */
	values: readonly string[];
}

/** A query without its page. */
export interface Query {
	module: string;
	/** The text after SELECT, such as `*`. */
	select: string;
	/**
	 * Texts of conditions joined by AND, of which at least one must be true. VTQL has no brackets, and AND
	 * takes precedence over OR. An empty list means all records.
	 */
	alternatives: readonly string[];
	orderBy: readonly string[];
	/** The direction for all fields: VTQL supports only one. */
	descending: boolean;
	/** The number of records to skip. */
	offset: number;
	/** Whether pages can continue after an id: for users' records, but not for the CRM's own lists. */
	isEntity: boolean;
}

const COMPARISONS: Partial<Record<Operator, string>> = {
	equals: '=',
	notEquals: '!=',
	greater: '>',
	greaterOrEqual: '>=',
	less: '<',
	lessOrEqual: '<=',
};

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Checks the name of a module or of a field, because VTQL has no quotes for names.
 *
 * @param parameter the parameter that contains the name
 * @throws FieldError for any other text
 */
export function checkName(parameter: string, name: string): string {
	const trimmed = name.trim();
	if (trimmed === '') throw new FieldError(parameter, 'is missing');
	if (NAME.test(trimmed)) return trimmed;
	throw new FieldError(
		parameter,
		`must be a name in the CRM, with Latin letters, digits and "_", not ${JSON.stringify(trimmed.slice(0, 40))}`,
	);
}

/**
 * Quotes a text as a value of VTQL: in single quotes, with quotes inside doubled. A backslash is doubled as
 * well, because the database reads it as the start of an escape (docs/protocols/vtiger.md, 9.3).
 *
 * @example
 * clientright.quoted("O'Hara"); // => "'O''Hara'"
 */
export function quoted(value: string): string {
	return `'${sendable(value).replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

/** Quotes a text as {@link quoted} does, and escapes the wildcards of LIKE. */
function pattern(before: string, value: string, after: string): string {
	const literal = sendable(value)
		.replace(/[\\%_]/g, '\\$&')
		.replaceAll('\\\\', '\\\\\\\\');
	return `'${before}${literal.replaceAll("'", "''")}${after}'`;
}

/**
 * Writes one condition.
 *
 * @throws FieldError for a comparison with an empty text or a list without values, which VTQL does not support
 *
 * @example
 * clientright.writeCondition({ field: 'lastname', operator: 'startsWith', values: ['Обр'] });
 * // => "lastname LIKE 'Обр%'"
 * clientright.writeCondition({ field: 'cf_inn', operator: 'in', values: ['1', '2'] });
 * // => "cf_inn IN ('1','2')"
 */
export function writeCondition({ field, operator, values }: Condition): string {
	const name = checkName('conditions', field);
	const [value = ''] = values;
	switch (operator) {
		case 'isEmpty':
			return `${name} = ' '`;
		case 'isNotEmpty':
			return `${name} != ' '`;
		case 'in': {
			const given = values.filter((entry) => entry !== '');
			if (given.length === 0) {
				throw new FieldError(
					'conditions',
					`must have at least one value for 'Is One Of' of "${name}"`,
				);
			}
			return `${name} IN (${given.map(quoted).join(',')})`;
		}
		default:
			if (value === '') {
				throw new FieldError(
					'conditions',
					`must have a value for "${name}": the CRM’s query language has no empty text. Use 'Is Empty' for empty fields`,
				);
			}
			return `${name} ${comparison(operator, value)}`;
	}
}

function comparison(operator: Operator, value: string): string {
	if (operator === 'contains') return `LIKE ${pattern('%', value, '%')}`;
	if (operator === 'startsWith') return `LIKE ${pattern('', value, '%')}`;
	if (operator === 'endsWith') return `LIKE ${pattern('%', value, '')}`;
	return `${COMPARISONS[operator] ?? '='} ${quoted(value)}`;
}

/**
 * Joins conditions to the alternatives of a query.
 *
 * @param matchAll whether all conditions must be true, or any
 *
 * @example
 * const conditions = [
 *   { field: 'lastname', operator: 'equals', values: ['Образцова'] },
 *   { field: 'email', operator: 'isEmpty', values: [] },
 * ];
 * clientright.alternativesOf(conditions, true);
 * // => ["lastname = 'Образцова' AND email = ' '"]
 * clientright.alternativesOf(conditions, false);
 * // => ["lastname = 'Образцова'", "email = ' '"]
 */
export function alternativesOf(conditions: readonly Condition[], matchAll: boolean): string[] {
	const written = conditions.map(writeCondition);
	if (written.length === 0) return [];
	return matchAll ? [written.join(' AND ')] : written;
}

/** The part of a query's records to request. */
export interface Page {
	/** The id of the last record of the previous page, if {@link isPagedByKey}. */
	after?: string | undefined;
	/** The number of records before this page. */
	done: number;
	size: number;
}

/**
 * Whether pages continue after the last id. This is the fastest way, and no record is missing or duplicated
 * when records are created or deleted meanwhile. Any other order is paged by offset.
 *
 * @example
 * const query = { module: 'Contacts', select: '*', alternatives: ["lastname = 'Образцова'"],
 *   orderBy: [], descending: false, offset: 0, isEntity: true };
 * clientright.isPagedByKey(query); // => true
 * clientright.isPagedByKey({ ...query, orderBy: ['lastname'] }); // => false
 */
export function isPagedByKey({ orderBy, offset, isEntity }: Query): boolean {
	return isEntity && offset === 0 && (orderBy.length === 0 || orderBy.join() === 'id');
}

/**
 * Writes the VTQL of one page, with the `;` that ends it.
 *
 * @example
 * const query = { module: 'Contacts', select: '*', alternatives: ["lastname = 'Образцова'"],
 *   orderBy: [], descending: false, offset: 0, isEntity: true };
 * clientright.writePage(query, { after: '12x7', done: 100, size: 100 });
 * // => "SELECT * FROM Contacts WHERE lastname = 'Образцова' AND id > '12x7' ORDER BY id LIMIT 100;"
 */
export function writePage(query: Query, { after, done, size }: Page): string {
	const byKey = isPagedByKey(query);
	const direction = query.descending ? ' DESC' : '';
	const behind = byKey && after !== undefined ? `id ${direction ? '<' : '>'} ${quoted(after)}` : '';
	const where = distributed(query.alternatives, behind);
	const order = orderOf(query);
	const start = byKey ? 0 : query.offset + done;
	return [
		`SELECT ${query.select} FROM ${query.module}`,
		where === '' ? '' : ` WHERE ${where}`,
		order === '' ? '' : ` ORDER BY ${order}${direction}`,
		` LIMIT ${start === 0 ? '' : `${start}, `}${size};`,
	].join('');
}

/** Adds a condition to each alternative, because VTQL has no brackets. */
function distributed(alternatives: readonly string[], behind: string): string {
	if (behind === '') return alternatives.join(' OR ');
	if (alternatives.length === 0) return behind;
	return alternatives.map((alternative) => `${alternative} AND ${behind}`).join(' OR ');
}

/** Returns the order, with the id as the last field, so that equal records have the same order on all pages. */
function orderOf({ orderBy, isEntity }: Query): string {
	const names = orderBy.includes('id') || !isEntity ? orderBy : [...orderBy, 'id'];
	return names.join(', ');
}

/**
 * Writes the text after SELECT for the wanted fields, or for all if there are none. vtiger always returns the
 * id.
 *
 * @throws FieldError for a text that is not the name of a field
 *
 * @example
 * clientright.selectOf(['lastname', 'email']); // => 'lastname, email'
 * clientright.selectOf([]); // => '*'
 */
export function selectOf(fields: readonly string[]): string {
	const names = fields.map((field) => checkName('fields', field)).filter((name) => name !== 'id');
	if (names.length > 0) return [...new Set(names)].join(', ');
	return fields.length > 0 ? 'id' : '*';
}
