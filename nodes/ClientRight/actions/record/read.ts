import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { limitFields, optionsField, shownFor } from '../../../shared/fields';
import { type JobResult, prepareItems, runItems } from '../../../shared/items';
import { queryRecords, recordUrl, retrieveRecord, type WireRecord } from '../../client/records';
import { type ModuleDescription, readRecord } from '../../wire/describe';
import { writeRecordId } from '../../wire/field-values';
import type { Query } from '../../wire/query';
import { recordIdField } from '../locator';
import {
	callOptions,
	type ClientRightOperation,
	type ClientRightRun,
	outputField,
	withInputErrors,
} from '../operation';
import { moduleField } from './fields';
import { type Asked, queryOf, readAsked, type Row } from './input';
import { askForModules, chosenRecord } from './modules';

const queryMode: INodeProperties = {
	displayName: 'Query By',
	name: 'queryMode',
	type: 'options',
	options: [
		{
			name: 'Conditions',
			value: 'conditions',
			description: 'Rows of a field, an operator and a value',
		},
		{
			name: 'VTQL',
			value: 'vtql',
			description: 'A query in vtiger’s own language, as text',
		},
	],
	default: 'conditions',
	description: 'How to say which records are wanted',
};

const byConditions = (field: INodeProperties): INodeProperties => ({
	...field,
	displayOptions: { show: { queryMode: ['conditions'] } },
});

const fieldChoice = (description: string): INodeProperties => ({
	displayName: 'Field Name or ID',
	name: 'field',
	type: 'options',
	typeOptions: { loadOptionsMethod: 'getFields', loadOptionsDependsOn: ['module'] },
	default: '',
	description: `${description}. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.`,
});

const conditions: INodeProperties = {
	displayName: 'Conditions',
	name: 'conditions',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Condition',
	default: {},
	description: 'Which records are wanted; all of the module without any',
	options: [
		{
			displayName: 'Condition',
			name: 'condition',
			values: [
				fieldChoice('Field to compare'),
				{
					displayName: 'Operator',
					name: 'operator',
					type: 'options',
					options: [
						{ name: 'Contains', value: 'contains' },
						{ name: 'Ends With', value: 'endsWith' },
						{ name: 'Equals', value: 'equals' },
						{ name: 'Greater', value: 'greater' },
						{ name: 'Greater or Equal', value: 'greaterOrEqual' },
						{ name: 'Is Empty', value: 'isEmpty' },
						{ name: 'Is Not Empty', value: 'isNotEmpty' },
						{ name: 'Is One Of', value: 'in' },
						{ name: 'Less', value: 'less' },
						{ name: 'Less or Equal', value: 'lessOrEqual' },
						{ name: 'Not Equal', value: 'notEquals' },
						{ name: 'Starts With', value: 'startsWith' },
					],
					default: 'equals',
					description: 'How to compare',
				},
				{
					displayName: 'Value',
					name: 'value',
					type: 'string',
					default: '',
					description:
						'What to compare with. Is One Of takes a list, or a text with commas. A moment without an offset is in the workflow’s time zone.',
					displayOptions: { hide: { operator: ['isEmpty', 'isNotEmpty'] } },
				},
			],
		},
	],
};

const matchAll: INodeProperties = {
	displayName: 'Match All',
	name: 'matchAll',
	type: 'boolean',
	default: true,
	description: 'Whether all conditions must be true, or any one of them',
};

const vtql: INodeProperties = {
	displayName: 'VTQL',
	name: 'vtql',
	type: 'string',
	typeOptions: { rows: 3 },
	default: '',
	required: true,
	placeholder: "e.g. SELECT lastname, mobile FROM Contacts WHERE mobile LIKE '+7%'",
	description:
		"Query in VTQL. The node adds the ';' at its end and reads all pages of 100 records. A LIMIT in the query is respected.",
	displayOptions: { show: { queryMode: ['vtql'] } },
};

const fieldNames: INodeProperties = {
	displayName: 'Field Names or IDs',
	name: 'fields',
	type: 'multiOptions',
	typeOptions: { loadOptionsMethod: 'getFields', loadOptionsDependsOn: ['module'] },
	default: [],
	description:
		'Which fields to get; all without any. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
};

const sort: INodeProperties = {
	displayName: 'Sort',
	name: 'sort',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Field',
	default: {},
	description: 'What to order the records by; by their IDs without any, which is also the fastest',
	options: [
		{
			displayName: 'Field',
			name: 'by',
			values: [
				fieldChoice('Field to order by'),
				{
					displayName: 'Direction',
					name: 'direction',
					type: 'options',
					options: [
						{ name: 'Ascending', value: 'asc' },
						{ name: 'Descending', value: 'desc' },
					],
					default: 'asc',
					description: 'All fields must have the same one: the CRM knows no other',
				},
			],
		},
	],
};

/** The fields for the conditions, the order and the fields of the records to read. */
const queryFields: INodeProperties[] = [
	queryMode,
	byConditions(moduleField),
	...[conditions, matchAll].map(byConditions),
	vtql,
	...[fieldNames, sort].map(byConditions),
	...limitFields,
];

/** Converts a record for the workflow. */
export function toOutput(
	run: ClientRightRun,
	module: string,
	description: ModuleDescription | undefined,
	record: WireRecord,
): IDataObject {
	return {
		recordId: record.id,
		...(readRecord(record, description, run.rules.timeZone) as IDataObject),
		url: recordUrl(run.credential, module, record.id),
	};
}

/** `record.get`: reads a record by its ID (`retrieve`). */
export const get: ClientRightOperation = {
	fields: shownFor('record', 'get', [
		moduleField,
		recordIdField,
		outputField,
		optionsField(...callOptions),
	]),

	async execute(run) {
		const given = prepareItems(run.node, (item) =>
			withInputErrors(run.fields, () => chosenRecord(run, item)),
		);
		const modules = await askForModules(run, modulesIn(given), () => [], false);
		return await runItems<{ module: string; id: string }>(
			run.node,
			{
				isWrite: false,
				prepare: (item) => {
					const { module, id } = valueOf(given[item]!);
					modules.check(module);
					const prefix = modules.of(module)?.idPrefix;
					return {
						module,
						id: withInputErrors(run.fields, () => writeRecordId('recordId', id, module, prefix)),
					};
				},
				carryOut: async ({ module, id }, signal) => {
					const { record, raw } = await retrieveRecord(run.client, id, signal);
					if (run.raw) return [raw as IDataObject];
					return [toOutput(run, module, modules.of(module), record)];
				},
			},
			run.concurrency,
		);
	},
};

/** Returns the modules of the items that were prepared successfully. */
export function modulesIn(given: ReadonlyArray<JobResult<{ module: string }>>): string[] {
	return given.flatMap((item) => (item.done ? [item.value.module] : []));
}

/** Returns the value of an item. @throws the error of the item */
export function valueOf<T>(result: JobResult<T>): T {
	if (result.done) return result.value;
	throw result.error;
}

/** `record.getAll`: reads the records of a module that match a query (`query`). */
export const getAll: ClientRightOperation = {
	fields: shownFor('record', 'getAll', [...queryFields, outputField, optionsField(...callOptions)]),

	async execute(run) {
		const asked = prepareItems(run.node, (item) =>
			withInputErrors(run.fields, () => readAsked(run, item)),
		);
		const rowsOf = (item: JobResult<Asked>): Row[] =>
			item.done && item.value.kind === 'rows' ? item.value.rows : [];
		const names = new Set(asked.flatMap(rowsOf).map(({ field }) => field));
		const modules = await askForModules(
			run,
			modulesIn(asked),
			({ fields }) =>
				[...fields.values()].flatMap(({ name, refersTo }) => (names.has(name) ? refersTo : [])),
			asked.some((item) => rowsOf(item).length > 0),
		);
		return await runItems<{ query: Query; limit: number }>(
			run.node,
			{
				isWrite: false,
				prepare: (item) => {
					const wanted = valueOf(asked[item]!);
					modules.check(wanted.module);
					const description = modules.of(wanted.module);
					const query = withInputErrors(run.fields, () =>
						queryOf(wanted, description, modules.rules),
					);
					return { query, limit: wanted.limit };
				},
				carryOut: async ({ query, limit }, signal) => {
					const records = await queryRecords(run.client, query, limit, { signal });
					const { module } = query;
					return records.map((record): IDataObject =>
						run.raw ? (record as IDataObject) : toOutput(run, module, modules.of(module), record),
					);
				},
			},
			run.concurrency,
		);
	},
};
