import type { INodeProperties } from 'n8n-workflow';
import { respond } from './respond.operation';

const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['request'] } },
	options: [
		{
			name: 'Respond',
			value: 'respond',
			action: 'Respond to a check',
			description: 'Give the answer to a check that an Elektrik.ru Trigger received',
		},
	],
	default: 'respond',
};

export const requestOperations = { respond };

export const requestFields: INodeProperties[] = [operationField, ...respond.fields];
