import type { IDataObject } from 'n8n-workflow';
import { columnsOf } from '../../../shared/fields';
import type { ModuleDescription, ModuleField } from '../../wire/describe';
import { type ValueRules, writeValue } from '../../wire/field-values';
import { FieldError } from '../../wire/records';
import type { ClientRightRun } from '../operation';
import { fieldName, locatedId, moduleOf, readJsonFields } from './modules';

/** What an item gives, before the CRM was asked for its module. */
export interface GivenRecord {
	module: string;
	/** For operations on a record that is there. */
	id: unknown;
	/** Values by the CRM's names of the fields, the empty ones too. */
	values: Readonly<Record<string, unknown>>;
	/** Whether values were taken from the item, which may have other properties as well. */
	isAutoMapped: boolean;
	/** The fields that the record is found by. */
	match: readonly string[];
}

/**
 * Reads what an item gives. Each column is read on its own: n8n would convert the values of all of them
 * together, and damage some.
 */
export function readGiven(run: ClientRightRun, item: number): GivenRecord {
	const isAutoMapped =
		run.parameter('columns.mappingMode', 0, 'defineBelow') === 'autoMapInputData';
	const mapped = isAutoMapped ? run.items[item]!.json : mappedValues(run, item);
	return {
		module: moduleOf(run, item),
		id: locatedId(run.parameter('recordId', item, '')),
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

/** What is stored of an item. */
export interface WrittenRecord {
	/** The fields with a value. */
	element: Record<string, string>;
	/** The fields that are emptied. */
	emptied: string[];
}

/**
 * Writes the values of an item as the CRM stores them.
 *
 * @throws FieldError naming the field that cannot be stored
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

/** @throws FieldError for a field that the CRM would miss */
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
		// Who is logged in is the owner without another, and the creator.
		const isByItself = type === 'owner' || (type === 'reference' && refersTo.length === 0);
		if (!mandatory || !writable || hasDefault || isByItself || name in element) continue;
		throw new FieldError(fieldName(description, name), 'is missing');
	}
}

/** Empty cells of spreadsheets are empty texts; a list without values is none of a multipicklist. */
export function isEmpty(value: unknown): boolean {
	if (value === undefined || value === null) return true;
	if (Array.isArray(value)) return value.length === 0;
	return typeof value === 'string' && value.trim() === '';
}
