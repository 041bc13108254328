import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { InputError } from '../errors';
import type { ParameterReader } from '../items';
import { FieldError } from '../wire/field-error';
import { fieldLabel } from './fields';

/**
 * Characters that a spreadsheet's CSV leaves around a column name: whitespace, also no-break spaces, and
 * invisible marks.
 */
const AROUND = /[\s\p{Z}\p{Cf}]/u;
/** A byte order mark, also one that was decoded as Latin or Cyrillic letters. */
const MARKS = ['\ufeff', '\u00ef\u00bb\u00bf', '\u043f\u00bb\u0457'];
const QUOTED = /^"([^"]+)"$/;

/**
 * Finds the properties of an item by the wanted names. A property with exactly this name takes precedence;
 * otherwise it uses a column whose name matches without the whitespace and marks around it.
 *
 * @returns the item's own properties if no name had to be corrected
 * @throws InputError when several such columns have different values
 */
export function columnsOf(json: IDataObject, wanted: readonly string[]): IDataObject {
	let found: IDataObject | undefined;
	const foundAs = new Map<string, string>();
	for (const column of Object.keys(json)) {
		const name = trimmed(column);
		if (name === column || Object.hasOwn(json, name) || !wanted.includes(name)) continue;
		const earlier = foundAs.get(name);
		if (earlier !== undefined && json[earlier] !== json[column]) throw twice(name, earlier, column);
		foundAs.set(name, column);
		found ??= { ...json };
		found[name] = json[column];
	}
	return found ?? json;
}

function trimmed(column: string): string {
	const mark = MARKS.find((start) => column.startsWith(start));
	const name = withoutBlanks(mark === undefined ? column : column.slice(mark.length));
	// After a byte order mark, CSV readers treat the quotes of the first column as part of its name.
	return mark === undefined ? name : withoutBlanks(QUOTED.exec(name)?.[1] ?? name);
}

function withoutBlanks(name: string): string {
	let start = 0;
	let end = name.length;
	while (start < end && isAround(name, start)) start++;
	while (start < end && isAround(name, end - 1)) end--;
	return end - start === name.length ? name : name.slice(start, end);
}

function isAround(column: string, at: number): boolean {
	const code = column.charCodeAt(at);
	return code <= 0x20 || (code >= 0x7f && AROUND.test(column[at]!));
}

function twice(name: string, ...columns: string[]): InputError {
	return new InputError(
		`Two input columns match the field "${name}" and have different values: ${columns.map(shown).join(' and ')}`,
		'Remove one of them, or rename one to exactly this name.',
	);
}

/** Shows a column name with its invisible characters as escapes. */
function shown(column: string): string {
	const text = JSON.stringify(column).replace(
		/(?! )[\p{Z}\p{Cf}]/gu,
		(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
	return text;
}

const AUTO_MAP = 'autoMapInputData';

/** The properties that an input item must have, and those that it may have. */
export interface AutoMapped {
	required: readonly string[];
	optional?: readonly string[];
}

/**
 * Returns the fields that choose between fields in the node and properties of the input items. The latter
 * need no expressions, which makes them fast for many items.
 *
 * @param names the properties that are read from an item, for the notice
 */
export function dataModeFields(names: AutoMapped): INodeProperties[] {
	return [
		{
			displayName: 'Data Mode',
			name: 'dataMode',
			type: 'options',
			options: [
				{
					name: 'Define Below',
					value: 'defineBelow',
					description: 'Set each field here, by hand or by expression',
				},
				{
					name: 'Auto-Map Input Data',
					value: AUTO_MAP,
					description:
						'Take each field from the input item’s property of the same name. Fastest for many items.',
				},
			],
			default: 'defineBelow',
			description: 'Where the fields come from',
		},
		{
			displayName: noticeOf(names),
			name: 'autoMapNotice',
			type: 'notice',
			default: '',
			displayOptions: { show: { dataMode: [AUTO_MAP] } },
		},
	];
}

function noticeOf({ required, optional = [] }: AutoMapped): string {
	return [
		`Each input item must have: <b>${required.join(', ')}</b>.`,
		optional.length > 0 ? `It may have: ${optional.join(', ')}.` : '',
		'Its other properties are ignored.',
	]
		.filter((sentence) => sentence !== '')
		.join(' ');
}

/** Shows a field only if fields are set in the node. */
export function definedBelow(field: INodeProperties): INodeProperties {
	return { ...field, displayOptions: { show: { dataMode: ['defineBelow'] } } };
}

/** Whether fields are read from the input items. */
export function isAutoMapped(parameter: ParameterReader): boolean {
	return parameter('dataMode', 0, 'defineBelow') === AUTO_MAP;
}

/**
 * Prepares what is to be sent.
 *
 * @param fields of the operation, by which the error calls the one that cannot be sent
 * @throws InputError naming the field that cannot be sent
 */
export function withInputErrors<T>(fields: readonly INodeProperties[], prepare: () => T): T {
	try {
		return prepare();
	} catch (error) {
		throw asInputError(fields, error);
	}
}

/** What {@link withInputErrors} throws for an error; any other error as it is. */
export function asInputError(fields: readonly INodeProperties[], error: unknown): unknown {
	if (!(error instanceof FieldError)) return error;
	return new InputError(
		`The field ${fieldLabel(fields, error.field)} ${error.message}`,
		'Correct the field in the node or in the input item.',
	);
}
