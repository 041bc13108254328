import type { INodeProperties } from 'n8n-workflow';
import { upsert } from './upsert.operation';

const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['account'] } },
	options: [
		{
			name: 'Create or Update',
			value: 'upsert',
			action: 'Create or update a company account',
			description: 'Create a new record, or update the current one if it already exists (upsert)',
		},
	],
	default: 'upsert',
};

export const accountOperations = { upsert };

export const accountFields: INodeProperties[] = [operationField, ...upsert.fields];
