import { sendable } from '../../shared/wire/text';
import { FieldError } from './values';

/** vtiger gives no more records at once, whatever LIMIT says (docs/protocols/vtiger.md, 9.7). */
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

/** A condition whose values are as the CRM stores them. */
export interface Condition {
	field: string;
	operator: Operator;
	/** None for the operators of empty fields, several for `in`. */
	values: readonly string[];
}

/** A query without its page. */
export interface Query {
	module: string;
	/** What stands behind SELECT, such as `*`. */
	select: string;
	/**
	 * One of these must be true; each is a text of conditions joined by AND. VTQL has no brackets, and its
	 * AND binds before its OR. None means all records.
	 */
	alternatives: readonly string[];
	orderBy: readonly string[];
	/** One direction for all fields: VTQL knows no other. */
	descending: boolean;
	/** Records to leave out at the beginning. */
	offset: number;
	/** Whether the module has ids that can be paged by: users' records have, the CRM's own lists not. */
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
 * Checks the name of a module or of a field: VTQL has no quotes for names.
 *
 * @param parameter in which it was given
 * @throws FieldError for anything else
 */
export function checkName(parameter: string, name: string): string {
	const trimmed = name.trim();
	if (trimmed === '') throw new FieldError(parameter, 'is missing');
	if (NAME.test(trimmed)) return trimmed;
	throw new FieldError(
		parameter,
		`must be a name of the CRM, in Latin letters, digits and "_", not ${JSON.stringify(trimmed.slice(0, 40))}`,
	);
}

/**
 * A text as a value of VTQL: in single quotes, a quote inside doubled. A backslash reaches the database,
 * which reads it as the beginning of an escape, so it is doubled as well (docs/protocols/vtiger.md, 9.3).
 */
export function quoted(value: string): string {
	return `'${sendable(value).replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

/** As {@link quoted}, with what LIKE takes for more than itself escaped for it. */
function pattern(before: string, value: string, after: string): string {
	const literal = sendable(value)
		.replace(/[\\%_]/g, '\\$&')
		.replaceAll('\\\\', '\\\\\\\\');
	return `'${before}${literal.replaceAll("'", "''")}${after}'`;
}

/**
 * Writes one condition.
 *
 * @throws FieldError for what VTQL cannot say: a comparison with an empty text, a list without values
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
 * @param matchAll whether all must be true, or any
 */
export function alternativesOf(conditions: readonly Condition[], matchAll: boolean): string[] {
	const written = conditions.map(writeCondition);
	if (written.length === 0) return [];
	return matchAll ? [written.join(' AND ')] : written;
}

/** Which records of a query are asked for. */
export interface Page {
	/** The id of the last record of the page before; paged by it where {@link isPagedByKey} says so. */
	after?: string | undefined;
	/** How many records came before this page. */
	done: number;
	size: number;
}

/**
 * Whether pages continue behind the last id: the quickest way, and none is left out or comes twice when
 * records are created or deleted meanwhile. Any other order is paged by offset.
 */
export function isPagedByKey({ orderBy, offset, isEntity }: Query): boolean {
	return isEntity && offset === 0 && (orderBy.length === 0 || orderBy.join() === 'id');
}

/** Writes the VTQL of one page, with the `;` that ends it. */
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

/** Without brackets, what must hold beside several alternatives must stand in each. */
function distributed(alternatives: readonly string[], behind: string): string {
	if (behind === '') return alternatives.join(' OR ');
	if (alternatives.length === 0) return behind;
	return alternatives.map((alternative) => `${alternative} AND ${behind}`).join(' OR ');
}

/** The id comes last, so that records that are equal otherwise have one order on all pages. */
function orderOf({ orderBy, isEntity }: Query): string {
	const names = orderBy.includes('id') || !isEntity ? orderBy : [...orderBy, 'id'];
	return names.join(', ');
}

/**
 * What stands behind SELECT for the fields that are wanted: all without any. The id comes along by itself.
 *
 * @throws FieldError for what is no name of a field
 */
export function selectOf(fields: readonly string[]): string {
	const names = fields.map((field) => checkName('fields', field)).filter((name) => name !== 'id');
	if (names.length > 0) return [...new Set(names)].join(', ');
	return fields.length > 0 ? 'id' : '*';
}
