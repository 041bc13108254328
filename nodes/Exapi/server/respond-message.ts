import type { RespondingService } from '../../shared/webhook';
import { isObject } from '../protocol/json';

/**
 * What `request.respond` hands to the trigger, which signs it: the secret stays there. It goes
 * through n8n as the body of a response, in queue mode from one process to another.
 */
export type RespondMessage = { result: unknown } | { error: string };

/** Who gives the answer, and who gets it. */
export const EXAPI_RESPOND: RespondingService = {
	node: 'exapi',
	nodeTitle: 'Exapi',
	trigger: 'exapiTrigger',
	triggerTitle: 'Exapi Trigger',
};

const MARK = 'exapiAnswer';

/** @param message has no result that is `undefined`: JSON cannot say it */
export function writeRespondMessage(message: RespondMessage): Record<string, RespondMessage> {
	return { [MARK]: message };
}

/** The message in a body that n8n wrote; `undefined` for any other. */
export function readRespondMessage(body: unknown): RespondMessage | undefined {
	const message = isObject(body) ? body[MARK] : undefined;
	if (!isObject(message)) return undefined;
	if (typeof message.error === 'string') return { error: message.error };
	return 'result' in message ? { result: message.result } : undefined;
}
