import type { Answer, ResponseOutcome } from '../../shared/reply/reply';
import { handedOnItem, type RespondingService } from '../../shared/webhook';
import { isObject, type JsonObject, parseJson } from '../../shared/wire';
import {
	ElektrikInputError,
	ElektrikMessageError,
	readCheckAnswer,
	readPoints,
	readYesNo,
	type UserCheck,
	writeCheckAnswer,
} from '../protocol';
import type { TriggerSettings } from './fields';
import type { Question } from './question';

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

/** Texts for the portal: they tell nothing of the workflow. */
export const FAILED = 'The check could not be processed';
const LATE = 'The check was not processed in time';

/**
 * Makes the answer to the portal out of what n8n wrote, whatever that was. Only a look-up that found
 * nothing makes an electrician unknown; what failed is an error.
 *
 * @param tell hears what a user should know of a workflow that gave no proper answer
 * @param answerKey the key of this request, with which Respond hands an answer on as the last node
 */
export function answerFrom(
	question: Question,
	outcome: ResponseOutcome,
	responseMode: TriggerSettings['responseMode'],
	tell: (message: string) => void,
	answerKey?: string,
): Answer {
	if (outcome.kind === 'deadline') {
		tell('a check was not processed by the deadline');
		return question.failure(LATE);
	}
	const body =
		outcome.kind === 'written' && outcome.status === 200
			? parseJson(outcome.body.toString('utf8'))
			: undefined;
	try {
		const check =
			responseMode === 'lastNode'
				? (readRespondMessage(handedOnItem(body, answerKey)) ?? checkInItems(body))
				: readRespondMessage(body);
		if (check) return question.answer(check);
		tell('the workflow failed or returned no response to a check');
	} catch (error) {
		if (!(error instanceof ElektrikInputError)) throw error;
		tell(`the response to a check was not sent: "${error.field}" ${error.message}`);
	}
	return question.failure(FAILED);
}

/**
 * Reads the items of the last node.
 *
 * @returns `undefined` when the workflow failed
 * @throws ElektrikInputError saying what the workflow must give
 */
function checkInItems(body: unknown): UserCheck | undefined {
	if (!Array.isArray(body)) return undefined;
	// An empty item comes from a look-up that found nothing, with "Always Output Data".
	const items = body.filter(isObject).filter((item) => Object.keys(item).length > 0);
	const checks = items.map(checkInItem);
	const [first = { exist: false }, ...others] = checks;
	if (others.some((other) => JSON.stringify(other) !== JSON.stringify(first))) {
		throw new ElektrikInputError('points', 'differ between the items that the last node returned');
	}
	return first;
}

function checkInItem(item: JsonObject): UserCheck {
	const { exist, points } = item;
	if (exist === undefined && points === undefined) {
		throw new ElektrikInputError(
			'points',
			'phoneHash' in item && 'action' in item
				? 'is missing: the last node returned only the output of the trigger'
				: 'is missing in the item that the last node returned',
		);
	}
	const known = exist === undefined ? true : readYesNo(exist);
	if (known === undefined) throw new ElektrikInputError('exist', 'must be true or false');
	return known ? { exist: true, points: readPoints(points) } : { exist: false };
}
