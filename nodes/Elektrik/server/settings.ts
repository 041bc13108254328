import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';
import { InputError } from '../../shared/errors';
import { AllowedAddresses } from '../../shared/webhook';

/** What a trigger was set to, checked. */
export interface TriggerSettings {
	responseMode: 'lastNode' | 'responseNode';
	/** Milliseconds after which the portal is answered with an error. */
	deadline: number;
	allowed: AllowedAddresses;
}

const DEFAULT_DEADLINE_SECONDS = 25;
const MAX_DEADLINE_SECONDS = 3_600;

/**
 * Reads the parameters of a trigger.
 *
 * @throws InputError naming what is wrong
 */
export function readSettings(node: IWebhookFunctions | IHookFunctions): TriggerSettings {
	const seconds = Number(node.getNodeParameter('deadline', DEFAULT_DEADLINE_SECONDS));
	if (!(seconds >= 1 && seconds <= MAX_DEADLINE_SECONDS)) {
		throw new InputError(`"deadline" must be a number from 1 to ${MAX_DEADLINE_SECONDS}`);
	}
	const { allowedIps } = node.getNodeParameter('options', {}) as { allowedIps?: string };
	return {
		responseMode: node.getNodeParameter('responseMode') as TriggerSettings['responseMode'],
		deadline: seconds * 1000,
		allowed: new AllowedAddresses(allowedIps ?? ''),
	};
}
