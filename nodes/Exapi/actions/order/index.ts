import type { INodeProperties } from 'n8n-workflow';
import { create } from './create';
import { getAll } from './getAll';
import { getStatus } from './getStatus';
import { getStatusChanges } from './getStatusChanges';

const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['order'] } },
	options: [
		{
			name: 'Create',
			value: 'create',
			action: 'Create order',
			description: 'Add an order to the CRM (addOrder)',
		},
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many orders',
			description: 'Get your orders since a date and time, with goods and delivery (getOrders)',
		},
		{
			name: 'Get Status',
			value: 'getStatus',
			action: 'Get order status',
			description: 'Get status, comments and calls of orders by their numbers (getOrderStatus)',
		},
		{
			name: 'Get Status Changes',
			value: 'getStatusChanges',
			action: 'Get order status changes',
			description: 'Get the orders that changed since a revision (getOrderStatusR)',
		},
	],
	default: 'create',
};

export const orderOperations = { create, getAll, getStatus, getStatusChanges };

export const orderFields: INodeProperties[] = [
	operationField,
	...Object.values(orderOperations).flatMap(({ fields }) => fields),
];
