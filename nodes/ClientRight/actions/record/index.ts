import type { INodeProperties } from 'n8n-workflow';
import { get, getAll } from './read';
import { create, remove, update, upsert } from './write';

const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['record'] } },
	options: [
		{
			name: 'Create',
			value: 'create',
			action: 'Create record',
			description: 'Create a record of any module',
		},
		{
			name: 'Create or Update',
			value: 'upsert',
			action: 'Create or update record',
			description: 'Create a new record, or update the current one if it already exists (upsert)',
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete record',
			description: 'Move a record to the recycle bin of the CRM',
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get record',
			description: 'Get a record by its ID',
		},
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many records',
			description: 'Get the records of a module that match conditions or a query',
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update record',
			description: 'Change fields of a record; the others keep what they have',
		},
	],
	default: 'getAll',
};

export const recordOperations = { create, delete: remove, get, getAll, update, upsert };

export const recordFields: INodeProperties[] = [
	operationField,
	...Object.values(recordOperations).flatMap(({ fields }) => fields),
];
