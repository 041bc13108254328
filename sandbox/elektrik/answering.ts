import type { Response } from 'express';
import {
	drop,
	firstHalf,
	htmlPage,
	resetHalfway,
	send,
	sendStatus,
	waitWhileOpen,
} from '../responses';
import { carriesOutFirst, type Fault } from './faults';
import type { PortalState } from './portal-state';
import type { ReceivedUpdate } from './request-log';
import { FAILURES, type PortalAnswer, type ReadUpdate } from './updates';

const JSON_TYPE = 'application/json';
const BYTE_ORDER_MARK = '\uFEFF';
const PHP_WARNING =
	'<br />\n<b>Warning</b>:  Undefined array key "points" on line <b>1</b><br />\n';

/** A request on its way to its answer. */
export interface Exchange {
	state: PortalState;
	update: ReadUpdate;
	/** Its entry in the log. */
	received: ReceivedUpdate;
	res: Response;
}

/** Carries the update out and answers it, or does what an injected fault asks for. */
export async function answerUpdate(exchange: Exchange): Promise<void> {
	const { state, received, res } = exchange;
	const fault = state.faults.take(received);
	if (!fault) {
		sendAnswer(res, carryOut(exchange));
		return;
	}
	received.fault = fault.kind;
	const isEarly = carriesOutFirst(fault);
	if (isEarly) carryOut(exchange);
	if (fault.kind !== 'delay') {
		spoil(res, fault, exchange.update.answer);
		return;
	}
	if (!(await waitWhileOpen(res, fault.ms))) return;
	if (!isEarly) carryOut(exchange);
	sendAnswer(res, exchange.update.answer);
}

function carryOut({ state, update, received }: Exchange): PortalAnswer {
	const { electrician, outcome, points, answer } = update;
	if (outcome === 'updated' && electrician) {
		electrician.points = Number(points);
		received.carriedOut = true;
		state.log.countStored(electrician.phone);
	}
	return answer;
}

function spoil(
	res: Response,
	fault: Exclude<Fault, { kind: 'delay' }>,
	answer: PortalAnswer,
): void {
	const body = JSON.stringify(answer);
	switch (fault.kind) {
		case 'drop':
			drop(res);
			break;
		case 'reset':
			resetHalfway(res, body);
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
			send(res, 200, JSON_TYPE, firstHalf(Buffer.from(body)));
			break;
		case 'warning':
			send(res, 200, 'text/html', PHP_WARNING + body);
			break;
		case 'byteOrderMark':
			send(res, 200, JSON_TYPE, BYTE_ORDER_MARK + body);
			break;
		case 'error':
			sendAnswer(res, { success: true, result: false, error: textOf(fault) });
			break;
		case 'unsuccessful':
			sendAnswer(res, { success: false, error: textOf(fault) });
			break;
	}
}

function textOf({ message = FAILURES.phoneHashIncorrect }: { message?: string }): string {
	return message;
}

function sendAnswer(res: Response, answer: PortalAnswer): void {
	send(res, 200, JSON_TYPE, JSON.stringify(answer));
}
