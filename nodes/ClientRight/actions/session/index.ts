import type { INodeProperties } from 'n8n-workflow';
import { logIn } from './logIn.operation';

const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['session'] } },
	options: [
		{
			name: 'Log In',
			value: 'logIn',
			action: 'Log in to a session',
			description: 'Open a session of the CRM (getchallenge and login)',
		},
	],
	default: 'logIn',
};

export const sessionOperations = { logIn };

export const sessionFields: INodeProperties[] = [operationField, ...logIn.fields];
