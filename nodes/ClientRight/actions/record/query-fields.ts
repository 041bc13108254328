import type { INodeProperties } from 'n8n-workflow';
import { limitFields } from '../../../shared/fields';
import { moduleField } from './fields';

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

/** Which records are wanted, in which order and with which fields. */
export const queryFields: INodeProperties[] = [
	queryMode,
	byConditions(moduleField),
	...[conditions, matchAll].map(byConditions),
	vtql,
	...[fieldNames, sort].map(byConditions),
	...limitFields,
];
