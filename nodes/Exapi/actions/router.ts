import {
	NodeOperationError,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
} from 'n8n-workflow';
import { toNodeError } from '../../shared/errors';
import { createHttpClient } from '../../shared/http';
import { parameterReader, recall } from '../../shared/items';
import { EXAPI_CREDENTIAL, readCredential } from '../transport/credential';
import { ExapiClient } from '../transport/exapi-client';
import type { ExapiOperation, ExapiRun, LocalOperation } from './operation';
import { readRunOptions } from './options';
import { orderFields, orderOperations } from './order';
import { requestFields, requestOperations } from './request';

const operations: Record<string, Record<string, ExapiOperation | LocalOperation>> = {
	order: orderOperations,
	request: requestOperations,
};

const resourceField: INodeProperties = {
	displayName: 'Resource',
	name: 'resource',
	type: 'options',
	noDataExpression: true,
	options: [
		{ name: 'Order', value: 'order' },
		{ name: 'Request', value: 'request' },
	],
	default: 'order',
};

/** All fields of the node, each shown for its resource and operation. */
export const properties: INodeProperties[] = [resourceField, ...orderFields, ...requestFields];

/**
 * Runs the chosen operation over all input items. Resource and operation take no expressions, so
 * they are the same for every item.
 */
export async function router(node: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const resource = node.getNodeParameter('resource', 0);
	const name = node.getNodeParameter('operation', 0);
	const operation = operations[resource]?.[name];
	if (!operation) {
		throw new NodeOperationError(node.getNode(), `There is no operation "${resource}.${name}"`);
	}
	return 'executeLocally' in operation
		? await operation.executeLocally(node)
		: await operation.execute(await prepareRun(node));
}

async function prepareRun(node: IExecuteFunctions): Promise<ExapiRun> {
	const parameter = parameterReader(node);
	const fields = await node.getCredentials<Record<string, unknown>>(EXAPI_CREDENTIAL);
	try {
		const credential = readCredential(fields);
		return {
			node,
			items: node.getInputData(),
			client: new ExapiClient(credential, createHttpClient(node.helpers), recall(node)),
			credential,
			parameter,
			options: readRunOptions(parameter),
			raw: parameter('output', 0, 'simplified') === 'raw',
		};
	} catch (error) {
		throw toNodeError(node.getNode(), error, 0, ['Nothing was sent.']);
	}
}
