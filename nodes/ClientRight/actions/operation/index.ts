import type { INodeProperties } from 'n8n-workflow';
import { call } from './call.operation';

const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['operation'] } },
	options: [
		{
			name: 'Call',
			value: 'call',
			action: 'Call a custom operation',
			description: 'Call any operation of the CRM with parameters of your own',
		},
	],
	default: 'call',
};

export const operationOperations = { call };

export const operationFields: INodeProperties[] = [operationField, ...call.fields];
