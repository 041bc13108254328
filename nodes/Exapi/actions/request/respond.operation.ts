import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { DEFAULT_TIME_ZONE, shownFor, titleOf, toolNotice } from '../../../shared/fields';
import { InputError } from '../../../shared/errors';
import type { LocalOperation } from '../../../shared/items';
import { respondNotice, runRespond } from '../../../shared/webhook';
import { parseTypedJson } from '../../../shared/wire';
import { resultFor, type ExapiRequest } from '../../protocol';
import {
	EXAPI_RESPOND,
	writeRespondMessage,
	type RespondMessage,
} from '../../server/respond-message';
import { checked } from '../checked';

const respondFields: INodeProperties[] = [
	toolNotice('it answers the request that started the workflow, in the workflow itself'),
	respondNotice(EXAPI_RESPOND.nodeTitle),
	{
		displayName: 'Respond With',
		name: 'respondWith',
		type: 'options',
		options: [
			{ name: 'Error', value: 'error', description: 'Tell the partner that it did not work' },
			{ name: 'Result', value: 'result', description: 'Give the partner the result' },
		],
		default: 'result',
		description: 'What to answer to the request that the Exapi Trigger received',
	},
	{
		displayName: 'Result',
		name: 'result',
		type: 'json',
		default: '',
		required: true,
		displayOptions: { show: { respondWith: ['result'] } },
		description:
			'As JSON. For addOrder: the order’s number in the CRM, or false for an order not added. For getOrderStatus, getOrderStatusR and getOrders: a list of orders with the fields that the Exapi node gives; the partner gets them as the document lays them out. For a method of your own: anything, and the partner gets just that. Only the first item counts: put an Aggregate node before it to answer with several.',
	},
	{
		displayName: 'Error Message',
		name: 'errorMessage',
		type: 'string',
		default: '',
		required: true,
		displayOptions: { show: { respondWith: ['error'] } },
		description: 'The text that the partner reads',
	},
];

/** `request.respond`: gives the Exapi Trigger the answer, which the trigger signs and sends. */
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
 * The trigger would refuse a result that is none of the method's, and answer with an error; said
 * here, the reason is where a user looks.
 *
 * @param emitted the request, as the trigger emitted it
 */
function checkResult(message: { result: unknown }, { method, params, id }: IDataObject): void {
	if (typeof method !== 'string' || !Array.isArray(params)) return;
	const request = { method, params, id } as unknown as ExapiRequest;
	checked(respondFields, () => resultFor(request, message, DEFAULT_TIME_ZONE));
}

/** A request has one answer: that of the first item. */
function readMessage(node: IExecuteFunctions): RespondMessage {
	if (node.getNodeParameter('respondWith', 0) === 'error') {
		return { error: node.getNodeParameter('errorMessage', 0) as string };
	}
	const result: unknown = node.getNodeParameter('result', 0);
	// As an expression gives it for a field that is not there.
	if (result === undefined) {
		throw new InputError(
			`The field ${titleOf(respondFields, 'result')} is missing`,
			'Its expression gives nothing.',
		);
	}
	return { result: typeof result === 'string' ? parse(result) : result };
}

function parse(text: string): unknown {
	const result = parseTypedJson(text);
	if (result !== undefined) return result;
	throw new InputError(
		`The field ${titleOf(respondFields, 'result')} is not JSON`,
		'Text has to stand in quotes; an expression may give a value of any type.',
	);
}
