import type { INodeProperties } from 'n8n-workflow';
import { upsert } from './upsert.operation';

const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['contact'] } },
	options: [
		{
			name: 'Create or Update',
			value: 'upsert',
			action: 'Create or update a client contact',
			description: 'Create a new record, or update the current one if it already exists (upsert)',
		},
	],
	default: 'upsert',
};

export const contactOperations = { upsert };

export const contactFields: INodeProperties[] = [operationField, ...upsert.fields];
