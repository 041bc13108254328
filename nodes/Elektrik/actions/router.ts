import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { toNodeError } from '../../shared/errors';
import { createHttpClient, isPlainHttp } from '../../shared/http';
import {
	chosenOperation,
	type LocalOperation,
	nothingSentNote,
	type Operations,
	parameterReader,
} from '../../shared/items';
import { ELEKTRIK_CREDENTIAL, readCredential } from '../client/portal';
import {
	type ElektrikOperation,
	type ElektrikRun,
	requestFields,
	requestOperations,
} from './operation';
import { phoneFields, phoneOperations } from './phone';
import { check } from './user/check';
import { find } from './user/find';
import { updatePoints } from './user/updatePoints';

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

const userOperations = { check, find, updatePoints };

const userFields: INodeProperties[] = [
	operationField,
	...Object.values(userOperations).flatMap(({ fields }) => fields),
];

const operations: Operations<ElektrikOperation | LocalOperation> = {
	phone: phoneOperations,
	request: requestOperations,
	user: userOperations,
};

const resourceField: INodeProperties = {
	displayName: 'Resource',
	name: 'resource',
	type: 'options',
	noDataExpression: true,
	options: [
		{ name: 'Phone', value: 'phone', description: 'Hashes of phones (хеш телефона)' },
		{
			name: 'Request',
			value: 'request',
			description: 'A check that an Elektrik.ru Trigger received',
		},
		{ name: 'User', value: 'user', description: 'An electrician (электрик)' },
	],
	default: 'user',
};

/** All fields of the node, each shown for its resource and operation. */
export const properties: INodeProperties[] = [
	resourceField,
	...phoneFields,
	...requestFields,
	...userFields,
];

const PLAIN_HTTP =
	'The URL in the credential begins with http://, so the UID is sent unencrypted. Use https:// if the portal supports it.';

/** Runs the chosen operation over all input items. */
export async function router(node: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const operation = chosenOperation(node, operations);
	if ('executeLocally' in operation) return await operation.executeLocally(node);
	const run = await prepareRun(node, operation.fields);
	if (operation === userOperations.updatePoints && isPlainHttp(run.credential)) {
		node.addExecutionHints({ message: PLAIN_HTTP, location: 'outputPane' });
	}
	return await execute(operation, run);
}

async function execute(
	operation: ElektrikOperation,
	run: ElektrikRun,
): Promise<INodeExecutionData[]> {
	try {
		return await operation.execute(run);
	} catch (error) {
		throw toNodeError(run.node.getNode(), error, 0);
	}
}

async function prepareRun(
	node: IExecuteFunctions,
	fields: readonly INodeProperties[],
): Promise<ElektrikRun> {
	const stored = await node.getCredentials<Record<string, unknown>>(ELEKTRIK_CREDENTIAL);
	try {
		return {
			node,
			items: node.getInputData(),
			fields,
			send: createHttpClient(node.helpers),
			credential: readCredential(stored),
			parameter: parameterReader(node),
		};
	} catch (error) {
		throw toNodeError(node.getNode(), error, 0, [nothingSentNote(node)]);
	}
}
