import type { INodeProperties } from 'n8n-workflow';
import { check } from './check';
import { find } from './find';
import { updatePoints } from './updatePoints';

const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['user'] } },
	options: [
		{
			name: 'Check',
			value: 'check',
			action: 'Check user at endpoint',
			description: 'Send an endpoint a check about an electrician, as the portal does',
		},
		{
			name: 'Find',
			value: 'find',
			action: 'Find user by phone hash',
			description: 'Find the electrician with a phone hash among all input items',
		},
		{
			name: 'Update Points',
			value: 'updatePoints',
			action: 'Update points',
			description: 'Send an electrician’s point balance to the portal',
		},
	],
	default: 'updatePoints',
};

export const userOperations = { check, find, updatePoints };

export const userFields: INodeProperties[] = [
	operationField,
	...Object.values(userOperations).flatMap(({ fields }) => fields),
];
