import type { INodeProperties } from 'n8n-workflow';
import { hash } from './hash.operation';

const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['phone'] } },
	options: [
		{
			name: 'Hash',
			value: 'hash',
			action: 'Hash phones',
			description: 'Add the hash that the portal knows a phone by to each item',
		},
	],
	default: 'hash',
};

export const phoneOperations = { hash };

export const phoneFields: INodeProperties[] = [operationField, ...hash.fields];
