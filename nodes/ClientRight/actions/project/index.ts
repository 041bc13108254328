import type { INodeProperties } from 'n8n-workflow';
import { create } from './create.operation';

const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['project'] } },
	options: [
		{
			name: 'Create',
			value: 'create',
			action: 'Create a project for a claim',
			description: 'Create a project for a client and an offending company (CreateProject)',
		},
	],
	default: 'create',
};

export const projectOperations = { create };

export const projectFields: INodeProperties[] = [operationField, ...create.fields];
