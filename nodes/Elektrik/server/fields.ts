import type { IHookFunctions, INodeProperties, IWebhookFunctions } from 'n8n-workflow';
import {
	AllowedAddresses,
	allowedAddressesOption,
	deadlineField,
	readDeadline,
	readWaitingLimits,
	type ResponseMode,
	responseModeField,
	triggerOptionsField,
	type WaitingLimits,
	waitingOptions,
} from '../../shared/webhook';

const options = triggerOptionsField(
	...waitingOptions,
	allowedAddressesOption(
		'IP addresses and networks that may send checks. Requests from other addresses get an error. Leave empty to allow all. Behind a proxy, set N8N_PROXY_HOPS, or all requests have the address of the proxy.',
	),
);

/** The fields of the Elektrik.ru Trigger. */
export const triggerFields: INodeProperties[] = [
	{
		displayName:
			'The portal does not sign its requests: anyone who knows the URL can send checks. Let n8n generate the path, or choose one that cannot be guessed, and add the portal’s addresses to <b>Allowed IP Addresses</b>.',
		name: 'noSignatureNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Path',
		name: 'path',
		type: 'string',
		default: '',
		placeholder: 'e.g. elektrik-3f0c9d0e7b52',
		hint: "Send the portal the Production URL shown under 'Webhook URLs' above; append ?wsdl for SOAP",
		description:
			'Path of the URL that the portal sends checks to. Leave empty to let n8n generate a path that cannot be guessed.',
	},
	responseModeField({
		node: 'Elektrik.ru',
		lastNode: 'The item of the last node is the response',
		description: 'Which node provides the response',
	}),
	{
		displayName:
			'The output of the last node is the response. One item with <b>points</b>: the electrician exists. No item, an empty one, or one with <b>exist</b> set to false: the electrician does not exist. Other fields are not sent.',
		name: 'answerNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { responseMode: ['lastNode'] } },
	},
	deadlineField('After this time the portal gets an error, and the workflow continues'),
	options,
];

/** The validated parameters of a trigger. */
export interface TriggerSettings {
	responseMode: ResponseMode;
	/** Milliseconds after which the portal gets an error. */
	deadline: number;
	allowed: AllowedAddresses;
	waiting: WaitingLimits;
}

/**
 * Reads the parameters of a trigger.
 *
 * @throws InputError that names the parameter
 */
export function readSettings(node: IWebhookFunctions | IHookFunctions): TriggerSettings {
	const options = node.getNodeParameter('options', {}) as { allowedIps?: string };
	return {
		responseMode: node.getNodeParameter('responseMode') as ResponseMode,
		deadline: readDeadline(node),
		allowed: new AllowedAddresses(options.allowedIps ?? ''),
		waiting: readWaitingLimits(options),
	};
}
