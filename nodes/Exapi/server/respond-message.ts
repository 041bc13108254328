import { InputError } from '../../shared/errors';
import { isObject } from '../protocol/json';

/**
 * What `request.respond` hands to the trigger, which signs it: the secret stays there. It goes
 * through n8n as the body of a response, in queue mode from one process to another.
 */
export type RespondMessage = { result: unknown } | { error: string };

const MARK = 'exapiAnswer';

/**
 * @throws InputError for a result that is `undefined`, as an expression gives it for a field that
 *   is not there: JSON cannot say it
 */
export function writeRespondMessage(message: RespondMessage): Record<string, RespondMessage> {
	if ('result' in message && message.result === undefined) {
		throw new InputError('The field "result" is missing', 'Its expression gives nothing.');
	}
	return { [MARK]: message };
}

/** The message in a body that n8n wrote; `undefined` for any other. */
export function readRespondMessage(body: unknown): RespondMessage | undefined {
	const message = isObject(body) ? body[MARK] : undefined;
	if (!isObject(message)) return undefined;
	if (typeof message.error === 'string') return { error: message.error };
	return 'result' in message ? { result: message.result } : undefined;
}
