import { randomUUID } from 'node:crypto';
import type { Response } from 'express';
import type { ExapiAnswer, ExapiKey, OpenedRequest } from '../../nodes/Exapi/protocol';
import {
	drop,
	firstHalf,
	htmlPage,
	resetHalfway,
	send,
	sendStatus,
	waitWhileOpen,
} from '../responses';
import type { CrmState } from './crm-state';
import { carriesOutFirst, type Fault } from './faults';
import { carryOut, MethodError } from './methods';
import type { ReceivedRequest } from './request-log';
import { answerIdFor, writeSignedAnswer } from './signed-answer';

const ERROR_TEXT = 'An error that the sandbox was told to answer';

/** An admitted request on its way to its answer. */
export interface Exchange {
	state: CrmState;
	opened: OpenedRequest;
	/** Its entry in the log. */
	received: ReceivedRequest;
	res: Response;
}

/** Carries the request out and answers it, or does what an injected fault asks for. */
export async function answerRequest(exchange: Exchange): Promise<void> {
	const { state, opened, received, res } = exchange;
	const fault = state.faults.take(opened.request);
	if (!fault) {
		sendAnswer(exchange, outcome(exchange));
		return;
	}
	received.fault = fault.kind;
	if (fault.kind === 'delay') {
		const early = carriesOutFirst(fault) ? outcome(exchange) : undefined;
		if (await waitWhileOpen(res, fault.ms)) sendAnswer(exchange, early ?? outcome(exchange));
		return;
	}
	spoil(exchange, fault, carriesOutFirst(fault) ? outcome(exchange) : notAdded(exchange));
}

/** Sends an answer signed for its sender, as JSON. */
export function sendSigned(
	res: Response,
	answer: ExapiAnswer,
	key: ExapiKey,
	state: CrmState,
): void {
	send(res, 200, 'application/json', writeSignedAnswer(answer, key, state.quirks));
}

function spoil(
	exchange: Exchange,
	fault: Exclude<Fault, { kind: 'delay' }>,
	answer: ExapiAnswer,
): void {
	const { res, opened, state } = exchange;
	switch (fault.kind) {
		case 'drop':
			drop(res);
			break;
		case 'reset':
			resetHalfway(res, signed(exchange, answer));
			break;
		case 'empty':
			send(res, 200, 'text/html', '');
			break;
		case 'html':
			send(res, 200, 'text/html', htmlPage('The site is closed for maintenance'));
			break;
		case 'status':
			sendStatus(res, fault.status, fault.retryAfter);
			break;
		case 'truncated':
			send(res, 200, 'application/json', firstHalf(Buffer.from(signed(exchange, answer))));
			break;
		case 'wrongSignature':
			sendSigned(res, answer, { ...opened.key, secret: randomUUID() }, state);
			break;
		case 'otherId':
			sendAnswer(exchange, { ...answer, id: `other-${randomUUID()}` });
			break;
		case 'false':
			sendAnswer(exchange, { ...answer, result: false, error: null });
			break;
		case 'error':
			sendAnswer(exchange, { ...answer, result: null, error: fault.message ?? ERROR_TEXT });
			break;
	}
}

function outcome({ state, opened, received }: Exchange): ExapiAnswer {
	const id = answerIdFor(opened.request.id, state.quirks);
	try {
		const result = carryOut(opened.request, {
			sender: opened.key.sender,
			book: state.book,
			style: state,
		});
		received.carriedOut = true;
		return { result, error: null, id };
	} catch (error) {
		if (error instanceof MethodError) return { result: null, error: error.message, id };
		throw error;
	}
}

/** What a fault spoils when it keeps the request from being carried out. */
function notAdded({ state, opened }: Exchange): ExapiAnswer {
	return { result: false, error: null, id: answerIdFor(opened.request.id, state.quirks) };
}

function sendAnswer({ res, opened, state }: Exchange, answer: ExapiAnswer): void {
	sendSigned(res, answer, opened.key, state);
}

function signed({ opened, state }: Exchange, answer: ExapiAnswer): string {
	return writeSignedAnswer(answer, opened.key, state.quirks);
}
