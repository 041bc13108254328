import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { optionsField, shownFor } from '../../../shared/fields';
import { runItems } from '../../../shared/items';
import type { WebserviceCall } from '../../webservice/exchange';
import { refuseFailed } from '../../webservice/results';
import type { ClientRightOperation } from '../operation';
import { callOptions, outputField } from '../options';
import { readOperationName, readParameters } from './call-input';

const fields: INodeProperties[] = [
	{
		displayName: 'Operation Name',
		name: 'operationName',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. listtypes',
		description: 'Name of the operation that the CRM is to carry out (operation)',
	},
	{
		displayName: 'HTTP Method',
		name: 'httpMethod',
		type: 'options',
		options: [
			{
				name: 'GET',
				value: 'GET',
				description: 'For operations that read, such as query, retrieve and listtypes',
			},
			{ name: 'POST', value: 'POST', description: 'For operations that change something' },
		],
		default: 'POST',
		description:
			'The method that the operation is registered with. With the other one, the CRM reports no error, but all parameters arrive empty.',
	},
	{
		displayName: 'Parameters',
		name: 'parameters',
		type: 'json',
		default: '{}',
		required: true,
		description:
			'Parameters as a JSON object. Values are sent as they are, objects and lists as JSON, null not at all. The CRM receives 0 as an empty value; 0.0 in quotes arrives.',
	},
];

/** `operation.call`: any operation, for what a CRM has beyond the document. */
export const call: ClientRightOperation = {
	fields: shownFor('operation', 'call', [...fields, outputField, optionsField(...callOptions)]),

	async execute(run) {
		return await runItems<WebserviceCall>(
			run.node,
			{
				// What an operation does is not known here, so none is carried out twice.
				isWrite: true,
				prepare: (item) => ({
					operation: readOperationName(run.fields, run.parameter('operationName', item, '')),
					method: run.parameter('httpMethod', item, 'POST') === 'GET' ? 'GET' : 'POST',
					fields: readParameters(run.fields, run.parameter('parameters', item, '{}')),
				}),
				carryOut: async (wanted, signal) => {
					const { result, raw } = await run.client.call(wanted, { effect: 'write', signal });
					refuseFailed(wanted.operation, result);
					return [(run.raw ? raw : { result }) as IDataObject];
				},
			},
			run.concurrency,
		);
	},
};
