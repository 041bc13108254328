import type { INodeProperties } from 'n8n-workflow';

/** The module of the records. */
export const moduleField: INodeProperties = {
	displayName: 'Module Name or ID',
	name: 'module',
	type: 'options',
	typeOptions: { loadOptionsMethod: 'getModules' },
	default: '',
	required: true,
	description:
		'Kind of the records (модуль). Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
};

/** The mapper of the module's fields. */
export function columnsField(mode: 'add' | 'map' | 'upsert'): INodeProperties {
	return {
		displayName: 'Columns',
		name: 'columns',
		type: 'resourceMapper',
		noDataExpression: true,
		default: { mappingMode: 'defineBelow', value: null },
		description:
			'Fields of the record with their values (поля записи). Dates, numbers and yes or no are read as people write them.',
		typeOptions: {
			loadOptionsDependsOn: ['module'],
			resourceMapper: {
				resourceMapperMethod: 'getColumns',
				mode,
				fieldWords: { singular: 'field', plural: 'fields' },
				addAllFields: false,
				multiKeyMatch: mode === 'upsert',
				supportAutoMap: true,
				...(mode === 'upsert' && {
					matchingFieldsLabels: {
						title: 'Fields to match on',
						description: 'The record whose fields have these values is updated',
						hint: 'Each must have a value in every item',
					},
				}),
			},
		},
	};
}

/** Fields as JSON, for CRM users who get no descriptions, and for whole records. */
export const jsonField: INodeProperties = {
	displayName: 'Fields as JSON',
	name: 'fieldsJson',
	type: 'json',
	default: '{}',
	description:
		'More fields by their names in the CRM, as a JSON object such as { "lastname": "Образцова" }. They take precedence over Columns. Use it alone if the CRM does not describe its modules to your user.',
};

export const checkOwnerOption: INodeProperties = {
	displayName: 'Check Owner',
	name: 'checkOwner',
	type: 'boolean',
	default: true,
	description:
		"Whether to find out first whether the user or group in 'Assigned To' exists. A vtiger stores a record of an owner that does not exist, and fails afterwards.",
};

export const emptyFieldsOption: INodeProperties = {
	displayName: 'Empty Fields Too',
	name: 'emptyFields',
	type: 'boolean',
	default: false,
	description:
		'Whether an empty value empties the field in the CRM. Otherwise empty values are not sent, and the fields keep what they have.',
};
