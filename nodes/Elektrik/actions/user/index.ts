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
			action: 'Ask an endpoint about an electrician',
			description: 'Ask an endpoint about an electrician as the portal does, to try it',
		},
		{
			name: 'Find',
			value: 'find',
			action: 'Find an electrician by phone hash',
			description: 'Find the electrician with a phone hash among all input items',
		},
		{
			name: 'Update Points',
			value: 'updatePoints',
			action: 'Update points of an electrician',
			description: 'Tell the portal how many points an electrician has',
		},
	],
	default: 'updatePoints',
};

export const userOperations = { check, find, updatePoints };

export const userFields: INodeProperties[] = [
	operationField,
	...Object.values(userOperations).flatMap(({ fields }) => fields),
];
