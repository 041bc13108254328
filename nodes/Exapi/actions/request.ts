import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { InputError } from '../../shared/errors';
import {
	DEFAULT_TIME_ZONE,
	fieldLabel,
	outputField,
	shownFor,
	toolNotice,
} from '../../shared/fields';
import { type LocalOperation, runItems } from '../../shared/items';
import { respondNotice, runRespond } from '../../shared/webhook';
import { hasLostDigits, parseTypedJson } from '../../shared/wire';
import { type ExapiRequest, type MethodCall, resultFor } from '../protocol';
import { EXAPI_RESPOND, type RespondMessage, writeRespondMessage } from '../server/answers';
import { withInputErrors, type ExapiOperation, optionsField } from './operation';

const callFields: INodeProperties[] = [
	{
		displayName: 'Method',
		name: 'method',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. getOrderStatus',
		description: 'Name of the CRM’s method to call',
	},
	{
		displayName: 'Parameters',
		name: 'params',
		type: 'json',
		default: '[]',
		required: true,
		description:
			'Parameters as a JSON array in the order of the method, such as [["A-1001"], 0]. They are sent unchanged.',
	},
];

const ownOutputField = outputField({
	simplified: 'Only the result',
	raw: 'The whole response, with result, error and id',
});

/** `request.call`: calls any method with any parameters (docs/protocols/exapi.md, 3.4). */
export const call: ExapiOperation = {
	fields: shownFor('request', 'call', [...callFields, ownOutputField, optionsField()]),

	async execute(run) {
		return await runItems<MethodCall>(
			run.node,
			{
				// The effect of a method is not known, so no call is repeated.
				isWrite: true,
				prepare: (item) => ({
					method: readMethod(run.parameter('method', item)),
					params: readParams(run.parameter('params', item)),
				}),
				carryOut: async (methodCall, signal) => {
					const answer = await run.client.call(methodCall, {
						changes: true,
						timeout: run.options.timeout,
						signal,
					});
					return [(run.raw ? { ...answer } : { result: answer.result }) as IDataObject];
				},
			},
			run.options.concurrency,
		);
	},
};

function readMethod(value: unknown): string {
	const method = typeof value === 'string' ? value.trim() : '';
	if (method === '') {
		throw new InputError(
			`The field ${fieldLabel(callFields, 'method')} is missing`,
			'Enter the name of the method to call.',
		);
	}
	return method;
}

function readParams(value: unknown): unknown[] {
	const params = typeof value === 'string' ? parseTypedJson(value) : value;
	if (!Array.isArray(params)) {
		throw new InputError(
			`The field ${fieldLabel(callFields, 'params')} is not a JSON array`,
			'exapi takes parameters as an array: write [ ] around them, for example [["A-1001"], 0].',
		);
	}
	if (hasLostDigits(params)) {
		throw new InputError(
			`The field ${fieldLabel(callFields, 'params')} contains a number too long to keep all its digits`,
			'Enter such a number as text, or the whole field as JSON text: an expression rounded it.',
		);
	}
	return params as unknown[];
}

const respondFields: INodeProperties[] = [
	toolNotice('it responds to the request that started the workflow, within that workflow'),
	respondNotice(EXAPI_RESPOND.nodeTitle),
	{
		displayName: 'Respond With',
		name: 'respondWith',
		type: 'options',
		options: [
			{ name: 'Error', value: 'error', description: 'Send the partner an error' },
			{ name: 'Result', value: 'result', description: 'Send the partner the result' },
		],
		default: 'result',
		description: 'How to respond to the request that the Exapi Trigger received',
	},
	{
		displayName: 'Result',
		name: 'result',
		type: 'json',
		default: '',
		required: true,
		displayOptions: { show: { respondWith: ['result'] } },
		description:
			'The result as JSON. For addOrder: the order’s number in the CRM, or false if the order was not added. For getOrderStatus, getOrderStatusR and getOrders: a list of orders with the fields that the Exapi node returns; the trigger converts them to exapi’s format. For a custom method: any value, which is sent unchanged. Only the first item counts: add an Aggregate node before this one to respond with several.',
	},
	{
		displayName: 'Error Message',
		name: 'errorMessage',
		type: 'string',
		default: '',
		required: true,
		displayOptions: { show: { respondWith: ['error'] } },
		description: 'Error text that the partner receives',
	},
];

/** `request.respond`: passes the response to the Exapi Trigger, which signs and sends it. */
export const respond: LocalOperation = {
	fields: shownFor('request', 'respond', respondFields),

	async executeLocally(node) {
		return await runRespond(node, EXAPI_RESPOND, ({ item }) => {
			const message = readMessage(node);
			if ('result' in message && item) checkResult(message, item.json);
			return writeRespondMessage(message);
		});
	},
};

/**
 * Checks that the result fits the method. The trigger would reject it and return an error, but a user
 * looks for the cause in this node.
 *
 * @param emitted the request, as the trigger emitted it
 */
function checkResult(message: { result: unknown }, { method, params, id }: IDataObject): void {
	if (typeof method !== 'string' || !Array.isArray(params)) return;
	const request = { method, params, id } as unknown as ExapiRequest;
	withInputErrors(respondFields, () => resultFor(request, message, DEFAULT_TIME_ZONE));
}

/** Reads the response from the first item: a request has one response. */
function readMessage(node: IExecuteFunctions): RespondMessage {
	if (node.getNodeParameter('respondWith', 0) === 'error') {
		return { error: node.getNodeParameter('errorMessage', 0) as string };
	}
	const result: unknown = node.getNodeParameter('result', 0);
	// An expression returns undefined for a missing field.
	if (result === undefined) {
		throw new InputError(
			`The field ${fieldLabel(respondFields, 'result')} is missing`,
			'Correct its expression: it returns nothing.',
		);
	}
	return { result: typeof result === 'string' ? parse(result) : result };
}

function parse(text: string): unknown {
	const result = parseTypedJson(text);
	if (result !== undefined) return result;
	throw new InputError(
		`The field ${fieldLabel(respondFields, 'result')} is not JSON`,
		'Put text in quotes. An expression may return a value of any type.',
	);
}

const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['request'] } },
	options: [
		{
			name: 'Call',
			value: 'call',
			action: 'Call method',
			description: 'Call any method of the CRM with parameters of your own',
		},
		{
			name: 'Respond',
			value: 'respond',
			action: 'Respond to request',
			description:
				'Respond to request that an Exapi Trigger received. The trigger signs the response.',
		},
	],
	default: 'call',
};

export const requestOperations = { call, respond };

export const requestFields: INodeProperties[] = [
	operationField,
	...Object.values(requestOperations).flatMap(({ fields }) => fields),
];
