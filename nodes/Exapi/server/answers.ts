import type { Answer, ResponseOutcome as Reply } from '../../shared/reply/reply';
import { handedOnItem, type RespondingService } from '../../shared/webhook';
import {
	isObject,
	isPlainJson,
	type JsonObject,
	parseTypedJson,
	parseWorkflowJson,
	wholeNumber,
	writeJson,
} from '../../shared/wire';
import {
	type ExapiAnswer,
	ExapiInputError,
	type ExapiRequest,
	type WorkflowResult,
	resultFor,
	writeAnswer,
} from '../protocol';
import type { AuthenticatedRequest } from './authentication';
import type { OrderAnswer } from './order-claims';
import type { TriggerSettings } from './settings';

/**
 * What `request.respond` passes to the trigger, which signs it, so that the secret stays there. n8n
 * passes it on as the body of a response, in queue mode from one process to another.
 */
export type RespondMessage = { result: unknown } | { error: string };

/** The node that provides the response, and the trigger that sends it. */
export const EXAPI_RESPOND: RespondingService = {
	node: 'exapi',
	nodeTitle: 'Exapi',
	trigger: 'exapiTrigger',
	triggerTitle: 'Exapi Trigger',
};

const MARK = 'exapiAnswer';

/** A result with whole numbers beyond 2^53 is passed on as text, because n8n would round them. */
type WrittenMessage = RespondMessage | { resultJson: string };

/**
 * Writes the body that `request.respond` passes to n8n, with our mark.
 *
 * @param message a message whose result is not `undefined`, which JSON does not have
 */
export function writeRespondMessage(message: RespondMessage): Record<string, WrittenMessage> {
	const isExact = 'result' in message && !isPlainJson(message.result);
	return { [MARK]: isExact ? { resultJson: writeJson(message.result) } : message };
}

/** Reads the message in a body that n8n wrote. @returns `undefined` for any other body */
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

/** Texts for partners. They contain nothing about the workflow. */
export const FAILED = 'The request could not be processed';
const LATE = 'The request was not processed in time';
export const AT_WORK = 'The request is still being processed';
/** Nobody knows whether the order is new: it must not be executed twice. */
export const TRY_AGAIN = 'The request cannot be processed now: try again later';

/** Writes a signed answer as an HTTP response (docs/protocols/exapi.md, 1.4). */
export function signedAnswer(
	{ key }: Pick<AuthenticatedRequest, 'key'>,
	answer: ExapiAnswer,
): Answer {
	return {
		status: 200,
		contentType: 'application/json',
		body: Buffer.from(writeAnswer(answer, key)),
	};
}

/** Writes a signed error. It is never empty: a partner would read an empty error as success. */
export function errorAnswer(
	admitted: Pick<AuthenticatedRequest, 'key' | 'request'>,
	text?: string,
): Answer {
	return answerAgain(admitted, refusal(text));
}

/** A signed message with what every attempt at an order is told. */
export function answerAgain(
	admitted: Pick<AuthenticatedRequest, 'key' | 'request'>,
	{ result, error }: OrderAnswer,
): Answer {
	return signedAnswer(admitted, { result, error, id: admitted.request.id });
}

/** Whether an order was added: only a number says so (docs/protocols/exapi.md, 5.4). */
export function isAdded({ result, error }: OrderAnswer): boolean {
	return error === null && wholeNumber(result) !== undefined;
}

/** An error, as {@link errorAnswer} signs it. */
export function refusal(error = FAILED): OrderAnswer {
	return { result: null, error: error.trim() === '' ? FAILED : error };
}

/**
 * Makes the answer, which is still to be signed, out of what n8n wrote, whatever that was.
 *
 * @param warn hears what a user should know of a workflow that gave no proper answer
 * @param answerKey the key of this request, with which Respond hands an answer on as the last node
 */
export function answerFrom(
	request: ExapiRequest,
	reply: Reply,
	{ responseMode, timeZone }: Pick<TriggerSettings, 'responseMode' | 'timeZone'>,
	warn: (message: string) => void,
	answerKey?: string,
): OrderAnswer {
	if (reply.kind === 'deadline') {
		warn(`"${request.method}" was not processed by the deadline`);
		return refusal(LATE);
	}
	const body =
		reply.kind === 'written' && reply.status === 200
			? parseWorkflowJson(reply.body.toString('utf8'))
			: undefined;
	const outcome =
		responseMode === 'lastNode'
			? (readRespondMessage(handedOnItem(body, answerKey)) ?? itemsIn(body))
			: readRespondMessage(body);
	if (outcome === undefined) {
		warn(`the workflow returned no response to "${request.method}"`);
		return refusal();
	}
	if ('error' in outcome) return refusal(outcome.error);
	return checkedAnswer(request, outcome, timeZone, warn);
}

function itemsIn(body: unknown): { items: JsonObject[] } | undefined {
	return Array.isArray(body) ? { items: body.filter(isObject) } : undefined;
}

function checkedAnswer(
	request: ExapiRequest,
	outcome: WorkflowResult,
	timeZone: string,
	warn: (message: string) => void,
): OrderAnswer {
	try {
		return { result: resultFor(request, outcome, timeZone), error: null };
	} catch (error) {
		if (!(error instanceof ExapiInputError)) throw error;
		warn(`the response to "${request.method}" was not sent: "${error.field}" ${error.message}`);
		return refusal();
	}
}
