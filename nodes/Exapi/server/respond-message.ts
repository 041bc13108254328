import type { RespondingService } from '../../shared/webhook';
import { isObject, isPlainJson, parseTypedJson, writeJson } from '../../shared/wire';

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

/** A result with whole numbers beyond 2^53 goes as text, since n8n would write them as numbers. */
type WrittenMessage = RespondMessage | { resultJson: string };

/** @param message has no result that is `undefined`: JSON cannot say it */
export function writeRespondMessage(message: RespondMessage): Record<string, WrittenMessage> {
	const isExact = 'result' in message && !isPlainJson(message.result);
	return { [MARK]: isExact ? { resultJson: writeJson(message.result) } : message };
}

/** The message in a body that n8n wrote; `undefined` for any other. */
export function readRespondMessage(body: unknown): RespondMessage | undefined {
	const message = isObject(body) ? body[MARK] : undefined;
	if (!isObject(message)) return undefined;
	if (typeof message.error === 'string') return { error: message.error };
	if (typeof message.resultJson === 'string') {
		const result = parseTypedJson(message.resultJson);
		return result === undefined ? undefined : { result };
	}
	return 'result' in message ? { result: message.result } : undefined;
}
