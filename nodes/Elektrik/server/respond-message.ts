import type { RespondingService } from '../../shared/webhook';
import {
	ElektrikMessageError,
	readCheckAnswer,
	writeCheckAnswer,
	type UserCheck,
} from '../protocol';
import { isObject, parseJson } from '../../shared/wire';

/** Who gives the answer, and who gets it. */
export const ELEKTRIK_RESPOND: RespondingService = {
	node: 'elektrik',
	nodeTitle: 'Elektrik.ru',
	trigger: 'elektrikTrigger',
	triggerTitle: 'Elektrik.ru Trigger',
};

/**
 * What `request.respond` hands to the trigger, which knows how the portal asked. It goes through
 * n8n as the body of a response, in queue mode from one process to another.
 */
const MARK = 'elektrikAnswer';

/** The body that `request.respond` gives n8n: the answer as JSON text, marked as ours. */
export function writeRespondMessage(check: UserCheck): Record<string, string> {
	return { [MARK]: writeCheckAnswer(check) };
}

/** The answer in a body that n8n wrote; `undefined` for any other. */
export function readRespondMessage(body: unknown): UserCheck | undefined {
	const message = isObject(body) ? body[MARK] : undefined;
	if (typeof message !== 'string') return undefined;
	try {
		return readCheckAnswer(parseJson(message));
	} catch (error) {
		if (error instanceof ElektrikMessageError) return undefined;
		throw error;
	}
}
