import type { IDataObject } from 'n8n-workflow';
import { columnsOf, readLimit } from '../../../shared/fields';
import { isKnownEntity, type ModuleDescription, type ModuleField } from '../../wire/describe';
import {
	type ValueRules,
	writeComparedValue,
	writeRecordId,
	writeValue,
} from '../../wire/field-values';
import {
	alternativesOf,
	checkName,
	type Condition,
	type Operator,
	type Query,
	selectOf,
} from '../../wire/query';
import { FieldError } from '../../wire/records';
import { readVtql } from '../../wire/vtql';
import type { ClientRightRun } from '../operation';
import { checkField, chosenRecord, fieldName, moduleOf, readJsonFields } from './modules';

/** The values of an item, before its module is known. */
export interface GivenRecord {
	module: string;
	/** The record, for operations on an existing one. */
	id: unknown;
	/** Values by the CRM's field names, including empty ones. */
	values: Readonly<Record<string, unknown>>;
	/** Whether the values are properties of the item, which may have other properties as well. */
	isAutoMapped: boolean;
	/** The fields by which the record is found. */
	match: readonly string[];
}

/**
 * Reads the values of an item. Each column is read separately: n8n would convert the values of all columns
 * together, and change some.
 */
export function readGiven(run: ClientRightRun, item: number): GivenRecord {
	const isAutoMapped =
		run.parameter('columns.mappingMode', 0, 'defineBelow') === 'autoMapInputData';
	const mapped = isAutoMapped ? run.items[item]!.json : mappedValues(run, item);
	return {
		...chosenRecord(run, item),
		values: { ...mapped, ...readJsonFields(run, item) },
		isAutoMapped,
		match: matchFields(run, item),
	};
}

function mappedValues(run: ClientRightRun, item: number): IDataObject {
	const names = run.node.getNodeParameter('columns.value', 0, {}, { rawExpressions: true });
	if (typeof names !== 'object' || names === null) return {};
	return Object.fromEntries(
		Object.keys(names).map((name) => [name, run.parameter(`columns.value.${name}`, item, null)]),
	) as IDataObject;
}

function matchFields(run: ClientRightRun, item: number): string[] {
	const typed = run.parameter('matchFields', item, '');
	const named = typeof typed === 'string' ? typed.split(',') : [];
	const chosen = run.parameter('columns.matchingColumns', 0, []);
	const names: unknown[] = named.some((name) => name.trim() !== '')
		? named
		: Array.isArray(chosen)
			? chosen
			: [];
	return names
		.map((name) => (typeof name === 'string' ? name.trim() : ''))
		.filter((name) => name !== '');
}

/** The values of an item to store. */
export interface WrittenRecord {
	/** The fields with a value. */
	element: Record<string, string>;
	/** The fields to clear. */
	emptied: string[];
}

/**
 * Writes the values of an item as the CRM stores them.
 *
 * @throws FieldError that names the field that cannot be stored
 */
export function writeRecord(
	{ module, values, isAutoMapped }: GivenRecord,
	description: ModuleDescription | undefined,
	rules: ValueRules,
	keepsEmpty: boolean,
): WrittenRecord {
	const fields = description?.fields.size ? description.fields : undefined;
	const written: WrittenRecord = { element: {}, emptied: [] };
	const found =
		isAutoMapped && fields ? columnsOf(values as IDataObject, [...fields.keys()]) : values;
	for (const [name, value] of Object.entries(found)) {
		const field = fields?.get(name);
		if (isAutoMapped && fields && !field?.writable) continue;
		const called = fieldName(description, name);
		if (fields && !field) {
			throw new FieldError(called, `is no field of ${module}`);
		}
		if (field?.writable === false) throw new FieldError(called, 'cannot be written in the CRM');
		if (!isEmpty(value)) written.element[name] = writeValue(called, field, value, rules);
		else if (keepsEmpty) written.emptied.push(emptiable(called, name, field));
	}
	return written;
}

function emptiable(called: string, name: string, field: ModuleField | undefined): string {
	if (field?.mandatory !== true) return name;
	throw new FieldError(called, 'is mandatory in the CRM and cannot be emptied');
}

/** @throws FieldError for a missing mandatory field */
export function checkMandatory(
	element: Readonly<Record<string, string>>,
	description: ModuleDescription | undefined,
): void {
	for (const {
		name,
		mandatory,
		writable,
		hasDefault,
		type,
		refersTo,
	} of description?.fields.values() ?? []) {
		// The logged-in user is the creator, and the owner if there is no other.
		const isByItself = type === 'owner' || (type === 'reference' && refersTo.length === 0);
		if (!mandatory || !writable || hasDefault || isByItself || name in element) continue;
		throw new FieldError(fieldName(description, name), 'is missing');
	}
}

/** Whether a value is empty: an empty cell of a spreadsheet is an empty text, and an empty list has no choice. */
export function isEmpty(value: unknown): boolean {
	if (value === undefined || value === null) return true;
	if (Array.isArray(value)) return value.length === 0;
	return typeof value === 'string' && value.trim() === '';
}

/** The query of an item, before the module is known. */
export type Asked = { module: string; limit: number } & (
	| { kind: 'vtql'; written: ReturnType<typeof readVtql> }
	| { kind: 'rows'; rows: Row[]; matchAll: boolean; fields: string[]; sort: Row[] }
);

export interface Row {
	field?: unknown;
	operator?: unknown;
	value?: unknown;
	direction?: unknown;
}

/**
 * Reads the query of an item.
 *
 * @throws FieldError for an invalid query
 */
export function readAsked(run: ClientRightRun, item: number): Asked {
	const limit = readLimit(run.parameter, item);
	if (run.parameter('queryMode', item, 'conditions') === 'vtql') {
		const written = readVtql('vtql', run.parameter('vtql', item, ''));
		const { module } = written;
		return { kind: 'vtql', module, limit: Math.min(limit, written.limit), written };
	}
	return {
		kind: 'rows',
		module: moduleOf(run, item),
		limit,
		rows: rowsIn(run.parameter('conditions.condition', item, [])),
		matchAll: run.parameter('matchAll', item, true) !== false,
		fields: listOf(run.parameter('fields', item, [])),
		sort: rowsIn(run.parameter('sort.by', item, [])),
	};
}

function rowsIn(value: unknown): Row[] {
	return Array.isArray(value) ? (value as Row[]) : [];
}

/** Converts text and numbers to text; no other value is a name or a part of a text. */
function plain(value: unknown): string {
	return ['boolean', 'number', 'string'].includes(typeof value) ? String(value) : '';
}

/** Reads a list, or text with commas, as an expression may return them. */
function listOf(value: unknown): string[] {
	const parts: unknown[] = Array.isArray(value) ? value : plain(value).split(',');
	return parts.map((part) => plain(part).trim()).filter((part) => part !== '');
}

/** @throws FieldError for fields that the module does not have, and for a query that VTQL does not support */
export function queryOf(
	asked: Asked,
	description: ModuleDescription | undefined,
	rules: ValueRules,
): Query {
	const { module } = asked;
	const isEntity = description?.isEntity ?? isKnownEntity(module);
	if (asked.kind === 'vtql') {
		for (const name of asked.written.orderBy) checkField('vtql', description, name);
		return { ...asked.written, isEntity };
	}
	for (const name of asked.fields) checkField('fields', description, name);
	const written = asked.rows.map((row) => conditionOf(row, module, description, rules));
	return {
		module,
		select: selectOf(asked.fields),
		alternatives: alternativesOf(written, asked.matchAll),
		...orderOf(asked.sort, description),
		offset: 0,
		isEntity,
	};
}

/** Types of fields that are an empty text if empty; others are null or zero. */
const TEXT_TYPES = new Set([
	'',
	'email',
	'phone',
	'picklist',
	'multipicklist',
	'string',
	'text',
	'url',
]);
const PARTIAL = new Set<Operator>(['contains', 'endsWith', 'startsWith']);

function conditionOf(
	row: Row,
	module: string,
	description: ModuleDescription | undefined,
	rules: ValueRules,
): Condition {
	const name = checkName('conditions', plain(row.field));
	checkField('conditions', description, name);
	const field = description?.fields.get(name);
	const operator = (row.operator ?? 'equals') as Operator;
	if (operator === 'isEmpty' || operator === 'isNotEmpty') {
		if (!TEXT_TYPES.has(field?.type ?? '')) {
			throw new FieldError(
				'conditions',
				`must not ask whether "${name}" is empty: the CRM’s query language can say that of texts only`,
			);
		}
		return { field: name, operator, values: [] };
	}
	const given = operator === 'in' ? listOf(row.value) : [row.value ?? ''];
	const values = given.map((value) => {
		if (value === '' || PARTIAL.has(operator)) return plain(value);
		if (name === 'id') return writeRecordId('conditions', value, module, description?.idPrefix);
		return writeComparedValue(fieldName(description, name), typed(name, field), value, rules);
	});
	return { field: name, operator, values };
}

/** The times of creation and change, which are dates and times in every module. */
function typed(name: string, field: ReturnType<ModuleDescription['fields']['get']>) {
	if (field || (name !== 'createdtime' && name !== 'modifiedtime')) return field;
	const none = { choices: [], refersTo: [], mandatory: false, hasDefault: false, writable: false };
	return { ...none, name, label: name, type: 'datetime' };
}

function orderOf(
	rows: readonly Row[],
	description: ModuleDescription | undefined,
): Pick<Query, 'descending' | 'orderBy'> {
	const orderBy = rows.map(({ field }) => checkName('sort', plain(field)));
	for (const name of orderBy) checkField('sort', description, name);
	const directions = new Set(rows.map(({ direction }) => direction ?? 'asc'));
	if (directions.size > 1) {
		throw new FieldError(
			'sort',
			'must have one direction for all fields: the CRM’s query language knows no other',
		);
	}
	return { orderBy, descending: directions.has('desc') };
}
