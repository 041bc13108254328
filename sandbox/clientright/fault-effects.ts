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
import { failure, PHP_HTML, phpWarning, success, type Reply } from './php-output';
import type { ReceivedCall } from './request-log';
import { WebserviceError, webserviceError } from './webservice-error';

/** Sends an answer, or does what a fault does in its place. */
export type Delivery = (res: Response) => void;

/** A call that a fault strikes. */
export interface StruckCall {
	fault: Fault;
	received: ReceivedCall;
	res: Response;
	/** Runs the operation. */
	carryOut: () => Promise<Reply>;
	endSession: () => void;
}

/** What a fault spoils when it keeps the call from being carried out. */
const NOTHING_DONE = success(null);

/** Plays a fault up to the point where something is to be sent. */
export async function strike(struck: StruckCall): Promise<Delivery> {
	const { fault, received, res, carryOut } = struck;
	received.fault = fault.kind;
	const early = carriesOutFirst(fault) ? await carryOut() : undefined;
	const isOpen = fault.ms === undefined || (await waitWhileOpen(res, fault.ms));
	if (fault.kind === 'delay' && early === undefined) {
		return isOpen ? delivery(await carryOut()) : () => undefined;
	}
	return effectOf(struck, early ?? NOTHING_DONE);
}

export function delivery({ status, contentType, body }: Reply): Delivery {
	return (res) => send(res, status, contentType, body);
}

function effectOf({ fault, endSession, received }: StruckCall, reply: Reply): Delivery {
	const refuse = (error: WebserviceError) => {
		received.errorCode = error.code;
		return delivery(failure(error));
	};
	const bytes = Buffer.from(reply.body);
	switch (fault.kind) {
		case 'drop':
			return drop;
		case 'reset':
			return (res) => resetHalfway(res, bytes, reply.contentType);
		case 'delay':
			return delivery(reply);
		case 'empty':
			return delivery({ ...reply, body: '' });
		case 'truncated':
			return delivery({ ...reply, body: firstHalf(bytes) });
		case 'html':
			return (res) => send(res, 200, PHP_HTML, htmlPage('The site is closed for maintenance'));
		case 'fatal':
			return delivery({ status: 500, contentType: PHP_HTML, body: '' });
		case 'status':
			return (res) => sendStatus(res, fault.status, fault.retryAfter);
		case 'error':
			return refuse(errorOf(fault));
		case 'failed':
			return delivery(success({ status: ' failed', message: fault.message ?? ' Отказано' }));
		case 'result':
			return delivery(success(fault.result));
		case 'sessionLost':
			endSession();
			return refuse(webserviceError(fault.code ?? 'INVALID_SESSIONID'));
		default:
			return delivery(withStrayBytes(reply, fault.kind));
	}
}

function withStrayBytes(reply: Reply, kind: 'warning' | 'byteOrderMark' | 'invalidUtf8'): Reply {
	const bytes = Buffer.from(reply.body);
	if (kind === 'invalidUtf8') {
		// The last byte of the JSON is its closing brace.
		const note = Buffer.from(',"note":"\xCF\xF0\xE8"}', 'latin1');
		return { ...reply, body: Buffer.concat([bytes.subarray(0, -1), note]) };
	}
	const stray = kind === 'warning' ? phpWarning('Undefined array key "city"') : '\uFEFF';
	return { ...reply, contentType: PHP_HTML, body: Buffer.concat([Buffer.from(stray), bytes]) };
}

function errorOf({ code, message }: { code?: string | number; message?: string }): WebserviceError {
	const usual = webserviceError('INTERNAL_SERVER_ERROR');
	return new WebserviceError(code ?? usual.code, message ?? usual.message);
}
