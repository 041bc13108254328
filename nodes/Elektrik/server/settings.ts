import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';
import {
	AllowedAddresses,
	readDeadline,
	readWaitingLimits,
	type ResponseMode,
	type WaitingLimits,
} from '../../shared/webhook';

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
