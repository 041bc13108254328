import type { INodeProperties } from 'n8n-workflow';
import { call } from './call.operation';

const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['request'] } },
	options: [
		{
			name: 'Call',
			value: 'call',
			action: 'Call a method',
			description: 'Call any method of the CRM with parameters of your own',
		},
	],
	default: 'call',
};

export const requestOperations = { call };

export const requestFields: INodeProperties[] = [
	operationField,
	...Object.values(requestOperations).flatMap(({ fields }) => fields),
];
