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
		'IP addresses and networks that may ask. Others get an error. Empty for all. Behind a proxy set N8N_PROXY_HOPS, or all have the address of the proxy.',
	),
);

/** The fields of the Elektrik.ru Trigger. */
export const triggerFields: INodeProperties[] = [
	{
		displayName:
			'The portal does not sign its requests: whoever knows the address can ask. Leave the path to n8n, or choose one that nobody can guess, and put the portal’s addresses into <b>Allowed IP Addresses</b>.',
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
		hint: 'Give the portal the Production URL that stands under “Webhook URLs” above; for SOAP with ?wsdl at its end',
		description:
			'The path of the address that the portal sends to. Empty for one that n8n makes and nobody can guess.',
	},
	responseModeField({
		node: 'Elektrik.ru',
		lastNode: 'The item of the last node is the answer',
		description: 'Where the answer comes from',
	}),
	{
		displayName:
			'What the last node gives is the answer. One item with <b>points</b>: the electrician exists. No item, an empty one, or one with <b>exist</b> set to false: the electrician does not exist. Other fields are not sent.',
		name: 'answerNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { responseMode: ['lastNode'] } },
	},
	deadlineField('After this time the portal gets an error, and the workflow goes on'),
	options,
];

/** What a trigger was set to, checked. */
export interface TriggerSettings {
	responseMode: ResponseMode;
	/** Milliseconds after which the portal is answered with an error. */
	deadline: number;
	allowed: AllowedAddresses;
	waiting: WaitingLimits;
}

/**
 * Reads the parameters of a trigger.
 *
 * @throws InputError naming what is wrong
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
