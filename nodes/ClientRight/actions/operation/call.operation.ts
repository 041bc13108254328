import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { optionsField, outputField, shownFor, toolNotice } from '../../../shared/fields';
import { runItems } from '../../../shared/items';
import type { WebserviceCall } from '../../webservice/exchange';
import { readingResult } from '../../webservice/result-failures';
import { holdsUnstorable } from '../../webservice/records';
import { refuseUndone } from '../../webservice/results';
import type { ClientRightOperation } from '../operation';
import { callOptions } from '../options';
import { readOperationName, readParameters } from './call-input';

const fields: INodeProperties[] = [
	toolNotice('its model could change or delete anything that the user of the credential may'),
	{
		displayName: 'Operation Name',
		name: 'operationName',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. query',
		description:
			'Name of the CRM’s operation (operation). Most often it is query: with HTTP Method GET and the parameters {"query": "SELECT * FROM Contacts LIMIT 10;"} it gives records.',
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
			'Parameters as a JSON object. Values are sent as they are, objects and lists as JSON, null not at all. Write zero as "0.0": the CRM receives 0 as an empty value.',
	},
];

const ownOutputField = outputField({
	simplified: 'Only the result',
	raw: 'The whole answer, with success and result',
});

/** `operation.call`: any operation, for what a CRM has beyond docs/protocols/clientright.md. */
export const call: ClientRightOperation = {
	fields: shownFor('operation', 'call', [...fields, ownOutputField, optionsField(...callOptions)]),

	async execute(run) {
		const unstorable = new Set<number>();
		const output = await runItems<WebserviceCall>(
			run.node,
			{
				// What an operation does is not known here, so none is carried out twice.
				isWrite: true,
				prepare: (item) => {
					const named = run.parameter('operationName', item, '');
					const operation = readOperationName(run.fields, named);
					const method = run.parameter('httpMethod', item, 'POST') === 'GET' ? 'GET' : 'POST';
					const fields = readParameters(run.fields, run.parameter('parameters', item, '{}'));
					if (method === 'POST' && Object.values(fields).some(holdsUnstorable)) {
						unstorable.add(item);
					}
					return { operation, method, fields };
				},
				carryOut: async (wanted, signal) => {
					const { result, raw } = await run.client.call(wanted, { effect: 'write', signal });
					readingResult(() => refuseUndone(wanted.operation, result));
					return [(run.raw ? raw : { result: result ?? null }) as IDataObject];
				},
			},
			run.concurrency,
		);
		run.hints.onUnstorable([...unstorable]);
		return output;
	},
};
