import type { INodeProperties } from 'n8n-workflow';
import { call } from './call.operation';
import { respond } from './respond.operation';

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
		{
			name: 'Respond',
			value: 'respond',
			action: 'Respond to a request',
			description:
				'Give the answer to a request that an Exapi Trigger received; the trigger signs it',
		},
	],
	default: 'call',
};

export const requestOperations = { call, respond };

export const requestFields: INodeProperties[] = [
	operationField,
	...Object.values(requestOperations).flatMap(({ fields }) => fields),
];
