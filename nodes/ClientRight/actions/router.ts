import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';
import { toNodeError } from '../../shared/errors';
import {
	isRawOutput,
	optionsField,
	readRunOptions,
	shownFor,
	toolNotice,
} from '../../shared/fields';
import { createHttpClient } from '../../shared/http';
import {
	chosenOperation,
	nothingSentNote,
	type Operations,
	parameterReader,
	runItems,
	runMemoryFor,
} from '../../shared/items';
import { poolFor, WebserviceClient } from '../client/client';
import { CLIENT_RIGHT_CREDENTIAL, readCredential } from '../client/credential';
import { operationFields, operationOperations } from './custom-operation';
import { documentFields, documentOperations } from './document';
import { account, contact, project } from './documented-records';
import { fileFields, fileOperations } from './file';
import {
	type ClientRightOperation,
	type ClientRightRun,
	hintsOf,
	outputField,
	readSessionOptions,
	timeoutOption,
} from './operation';
import { recordFields, recordOperations } from './record';
import { webFormFields, webFormOperations } from './web-form';

/** `session.logIn`: opens a session for requests of the user's own (challenge and login). */
export const logIn: ClientRightOperation = {
	fields: shownFor('session', 'logIn', [
		{
			displayName:
				'The other operations log in by themselves. A session name is a secret: anyone who has it can act as the user. n8n shows it in the output and saves it with the execution, unless the workflow settings turn off saving executions.',
			name: 'sessionNotice',
			type: 'notice',
			default: '',
		},
		toolNotice('its model would get the session, and anyone who has a session can act as the user'),
		outputField,
		optionsField(timeoutOption),
	]),

	async execute(run) {
		return await runItems<undefined>(
			run.node,
			{
				isWrite: false,
				prepare: () => undefined,
				carryOut: async (_, signal) => {
					const { raw, ...session } = await run.client.logIn(signal);
					return [run.raw ? (raw as IDataObject) : { ...session }];
				},
			},
			run.concurrency,
		);
	},
};

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
			action: 'Log in',
			description: 'Open a CRM session (getchallenge and login)',
		},
	],
	default: 'logIn',
};

const sessionOperations = { logIn };

const sessionFields: INodeProperties[] = [operationField, ...logIn.fields];

const operations: Operations<ClientRightOperation> = {
	account: account.operations,
	contact: contact.operations,
	document: documentOperations,
	file: fileOperations,
	operation: operationOperations,
	project: project.operations,
	record: recordOperations,
	session: sessionOperations,
	webForm: webFormOperations,
};

const resourceField: INodeProperties = {
	displayName: 'Resource',
	name: 'resource',
	type: 'options',
	noDataExpression: true,
	options: [
		{ name: 'Account', value: 'account', description: 'A company (контрагент-юрлицо)' },
		{ name: 'Contact', value: 'contact', description: 'A client (клиент-физлицо)' },
		{
			name: 'Custom Operation',
			value: 'operation',
			description: 'Any operation of the CRM, vtiger’s own or the operator’s (любая операция CRM)',
		},
		{
			name: 'Document',
			value: 'document',
			description: 'A document with its file, of any record (документ с файлом)',
		},
		{ name: 'File', value: 'file', description: 'A file of a client (файл клиента)' },
		{
			name: 'Project',
			value: 'project',
			description: 'A client’s claim against a company (проект)',
		},
		{
			name: 'Record',
			value: 'record',
			description: 'A record of any module: lead, task, contact (любая запись CRM)',
		},
		{ name: 'Session', value: 'session', description: 'A session of the CRM (сессия)' },
		{
			name: 'Web Form',
			value: 'webForm',
			description: 'A form that a site registers clients with (веб-форма)',
		},
	],
	default: 'contact',
};

/** All fields of the node, each shown for its resource and operation. */
export const properties: INodeProperties[] = [
	resourceField,
	...account.fields,
	...contact.fields,
	...documentFields,
	...fileFields,
	...operationFields,
	...project.fields,
	...recordFields,
	...sessionFields,
	...webFormFields,
];

/** Runs the chosen operation over all input items. */
export async function router(node: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const operation = chosenOperation(node, operations);
	return await operation.execute(await prepareRun(node, operation.fields));
}

async function prepareRun(
	node: IExecuteFunctions,
	fields: readonly INodeProperties[],
): Promise<ClientRightRun> {
	const parameter = parameterReader(node);
	const stored = await node.getCredentials<Record<string, unknown>>(CLIENT_RIGHT_CREDENTIAL);
	try {
		const credential = readCredential(stored);
		const { timeout, concurrency } = readRunOptions(parameter);
		const { sessions, newSessionPerExecution } = readSessionOptions(parameter);
		const send = createHttpClient(node.helpers);
		const hints = hintsOf(node);
		hints.onConnection(credential);
		const executionId = newSessionPerExecution ? node.getExecutionId() : undefined;
		return {
			node,
			items: node.getInputData(),
			fields,
			client: new WebserviceClient(
				{ credential, send, timeout, onPrintedAround: hints.onPrintedAround },
				{ pool: poolFor(credential, executionId), limit: sessions },
				runMemoryFor(node),
			),
			hints,
			send,
			credential,
			parameter,
			rules: {
				timeZone: node.getTimezone(),
				validateChecksums: parameter('options.validateChecksums', 0, false) === true,
				normalizeMobile: false,
			},
			timeout,
			concurrency,
			raw: isRawOutput(parameter),
		};
	} catch (error) {
		throw toNodeError(node.getNode(), error, 0, [nothingSentNote(node)]);
	}
}
