import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { toNodeError } from '../../shared/errors';
import { isRawOutput, readRunOptions } from '../../shared/fields';
import { createHttpClient } from '../../shared/http';
import {
	chosenOperation,
	type LocalOperation,
	nothingSentNote,
	type Operations,
	parameterReader,
	runMemoryFor,
} from '../../shared/items';
import { ExapiClient } from '../client/client';
import { EXAPI_CREDENTIAL, readCredential } from '../client/credential';
import type { ExapiOperation, ExapiRun } from './operation';
import { create } from './order/create';
import { getAll } from './order/getAll';
import { getStatus, getStatusChanges } from './order/getStatus';
import { requestFields, requestOperations } from './request';

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

const orderOperations = { create, getAll, getStatus, getStatusChanges };

export const orderFields: INodeProperties[] = [
	operationField,
	...Object.values(orderOperations).flatMap(({ fields }) => fields),
];

const operations: Operations<ExapiOperation | LocalOperation> = {
	order: orderOperations,
	request: requestOperations,
};

const resourceField: INodeProperties = {
	displayName: 'Resource',
	name: 'resource',
	type: 'options',
	noDataExpression: true,
	options: [
		{ name: 'Order', value: 'order', description: 'An order in the CRM (заказ)' },
		{
			name: 'Request',
			value: 'request',
			description: 'Any method of the CRM, or the response to a partner’s request (запрос)',
		},
	],
	default: 'order',
};

/** All fields of the node, each shown for its resource and operation. */
export const properties: INodeProperties[] = [resourceField, ...orderFields, ...requestFields];

/** Runs the chosen operation over all input items. */
export async function router(node: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const operation = chosenOperation(node, operations);
	return 'executeLocally' in operation
		? await operation.executeLocally(node)
		: await operation.execute(await prepareRun(node, operation.fields));
}

async function prepareRun(
	node: IExecuteFunctions,
	fields: readonly INodeProperties[],
): Promise<ExapiRun> {
	const parameter = parameterReader(node);
	const stored = await node.getCredentials<Record<string, unknown>>(EXAPI_CREDENTIAL);
	try {
		const credential = readCredential(stored);
		return {
			node,
			items: node.getInputData(),
			fields,
			client: new ExapiClient(credential, createHttpClient(node.helpers), runMemoryFor(node)),
			credential,
			parameter,
			options: readRunOptions(parameter),
			raw: isRawOutput(parameter),
		};
	} catch (error) {
		throw toNodeError(node.getNode(), error, 0, [nothingSentNote(node)]);
	}
}
