import type { Response } from 'express';
import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { messageOf } from '../../shared/errors';
import { interceptResponse, type ResponseOutcome } from '../../shared/reply/reply';
import {
	ANSWER_KEY,
	createAnswerKey,
	isTestUrl,
	logTriggerEvent,
	testDeadline,
} from '../../shared/webhook';
import { idForItem, readParams } from '../protocol';
import type { AuthenticatedRequest } from './authentication';
import { answerAgain, answerFrom, errorAnswer, EXAPI_RESPOND, FAILED, refusal } from './answers';
import type { OrderAnswer } from './order-claims';
import type { TriggerSettings } from './settings';

/** A request that the trigger is handling. */
export interface RequestContext {
	node: IWebhookFunctions;
	response: Response;
	address: string;
	settings: TriggerSettings;
}

/** What the start of the workflow has to do with earlier and later attempts. */
export interface StartOptions {
	/** Which attempt at the order this is. */
	attempt?: number;
	/** Hears the answer that left, unless it only said that there was none in time and a later one is heard of. */
	onAnswer?: (answer: OrderAnswer) => void;
	/** Hears an answer that came after the deadline. */
	onLateAnswer?: (answer: OrderAnswer) => void;
}

/** Starts the workflow; its answer is signed when n8n writes it. */
export function startExecution(
	arrival: RequestContext,
	admitted: AuthenticatedRequest,
	{ attempt, onAnswer, onLateAnswer }: StartOptions = {},
): IWebhookResponseData {
	const { node, response, settings } = arrival;
	const answerKey = createAnswerKey(node, EXAPI_RESPOND, settings.responseMode);
	const read = (outcome: ResponseOutcome): { answer: OrderAnswer; reasons: string[] } => {
		const reasons: string[] = [];
		const warn = (message: string) => {
			logTriggerEvent(node, 'warn', message);
			reasons.push(message);
		};
		return { answer: answerFrom(admitted.request, outcome, settings, warn, answerKey), reasons };
	};
	const readSafely = (outcome: ResponseOutcome): OrderAnswer => {
		try {
			return read(outcome).answer;
		} catch (error) {
			logTriggerEvent(node, 'error', messageOf(error));
			return refusal();
		}
	};
	interceptResponse(response, {
		deadline: settings.deadline,
		compose: (outcome) => {
			const { answer, reasons } = read(outcome);
			if (outcome.kind !== 'deadline' || onLateAnswer === undefined) onAnswer?.(answer);
			// The test URL shows a user the cause, which a partner must not see.
			if (reasons.length === 0 || !isTestUrl(node)) return answerAgain(admitted, answer);
			return errorAnswer(admitted, `${FAILED}: ${reasons.join('; ')}`);
		},
		fallback: (error) => {
			logTriggerEvent(node, 'error', messageOf(error));
			onAnswer?.(refusal());
			return errorAnswer(admitted);
		},
		composeAfterDisconnect: onAnswer !== undefined,
		...(onLateAnswer && {
			onLateResponse: (written) => onLateAnswer(readSafely({ kind: 'written', ...written })),
		}),
	});
	return { workflowData: outputsFor(arrival, admitted, answerKey, attempt) };
}

function outputsFor(
	{ node, address, settings }: RequestContext,
	{ request, key, signedWith }: AuthenticatedRequest,
	answerKey: string | undefined,
	attempt: number | undefined,
): NonNullable<IWebhookResponseData['workflowData']> {
	const json = {
		sender: key.sender,
		method: request.method,
		params: request.params,
		...readParams(request),
		id: idForItem(request.id),
		ip: address,
		signedWith,
		...(attempt !== undefined && { attempt }),
	} as IDataObject;
	const item = {
		json,
		...(answerKey !== undefined && { [ANSWER_KEY]: answerKey }),
		...testDeadline(node, settings.deadline),
	};
	if (!settings.outputPerMethod) return [[item]];
	return settings.methods.map((method) => (method === request.method ? [item] : []));
}
