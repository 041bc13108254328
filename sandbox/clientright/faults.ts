import { COMMON_KINDS, type CommonFault, type FaultOptions, type FaultRules } from '../core/faults';
import { checkOneOf } from '../core/input';
import type { LogEntry } from '../core/log';
import { PHP_HTML } from '../core/php';
import type { PendingRequest, Reply } from '../core/player';
import { SESSION_ENDS, WebserviceError, webserviceError, type SessionEnd } from './errors';
import { failure, success } from './php';
import type { Quirks } from './quirks';

/** A request to the entry point, a web form, or the download of a file, without secrets. */
export interface ReceivedCall extends LogEntry {
	httpMethod: string;
	/**
	 * By its registered name; `download` for files, `capture` for web forms; `null` when there is no
	 * such operation.
	 */
	operation: string | null;
	/** As sent, in the query or body; without sessions and answers to challenges. */
	parameters: Record<string, string>;
	/** Which of `sessionName` and `sessionId` were sent. */
	sessionParameters: string[];
	/** The number of its session, `null` where there is none. */
	session: number | null;
	/** Mobile of a contact, INN of an account. */
	key: string | null;
	/** HTTP status and vtiger's error code; `null` while unanswered, and for no error. */
	status: number | null;
	errorCode: string | number | null;
}

/** The faults that only a vtiger has. */
type VtigerFault =
	/** The right response, with bytes that are not UTF-8. */
	| { kind: 'invalidUtf8' }
	/** HTTP 500 with an empty body, as PHP answers when it breaks off. */
	| { kind: 'fatal' }
	/** `success: false`; default: vtiger's `INTERNAL_SERVER_ERROR`. */
	| { kind: 'error'; code?: string | number; message?: string }
	/** `success: true` with the status `" failed"` (docs/protocols/clientright.md, 4.3). */
	| { kind: 'failed'; message?: string }
	/** `success: true` with this `result`. */
	| { kind: 'result'; result: unknown }
	/** The session is over; default `INVALID_SESSIONID`. */
	| { kind: 'sessionLost'; code?: SessionEnd };

/**
 * A fault to inject. It applies to calls that vtiger lets through to an operation, login included,
 * and holds their session meanwhile; to downloads only where `operation` says so.
 */
export type Fault = (CommonFault | VtigerFault) &
	FaultOptions & {
		/** Applies to this operation only; `download`: files, `capture`: web forms. */
		operation?: string;
		/** Applies only to the upserts of this mobile (contacts) or INN (accounts). */
		key?: string;
	};

export type FaultKind = Fault['kind'];

export const FAULT_RULES: FaultRules<Fault, ReceivedCall> = {
	kinds: {
		...COMMON_KINDS,
		empty: true,
		invalidUtf8: true,
		fatal: false,
		error: false,
		failed: false,
		result: false,
		sessionLost: false,
	},
	fields: { code: 'any', message: 'text', result: 'any' },
	selectors: ['operation', 'key'],
	isApart: ({ operation }) => operation === 'download',
	check(fault) {
		if (fault.kind !== 'sessionLost') return;
		checkOneOf('code', fault.code ?? 'INVALID_SESSIONID', SESSION_ENDS);
	},
};

export const FAULT_KINDS = Object.keys(FAULT_RULES.kinds) as FaultKind[];

/** What a fault spoils when it prevents the call from being executed. */
export const nothingDone = (quirks: Quirks): Reply => success(null, quirks);

/** Returns what the faults that only a vtiger has send. */
export function vtigerReplies(
	received: ReceivedCall,
	endSession: () => void,
	quirks: Quirks,
): PendingRequest<Fault>['ownReply'] {
	const refuse = (error: WebserviceError) => {
		received.errorCode = error.code;
		return failure(error, quirks);
	};
	return (fault, reply) => {
		switch (fault.kind) {
			case 'invalidUtf8':
				return { ...reply, body: withInvalidUtf8(Buffer.from(reply.body)) };
			case 'fatal':
				return { status: 500, contentType: PHP_HTML, body: '' };
			case 'error': {
				const usual = webserviceError('INTERNAL_SERVER_ERROR');
				const { code = usual.code, message = usual.message } = fault;
				return refuse(new WebserviceError(code, message));
			}
			case 'failed':
				return success({ status: ' failed', message: fault.message ?? ' Отказано' }, quirks);
			case 'result':
				return success(fault.result, quirks);
			case 'sessionLost':
				endSession();
				return refuse(webserviceError(fault.code ?? 'INVALID_SESSIONID'));
		}
	};
}

function withInvalidUtf8(json: Buffer): Buffer {
	// The last byte of the JSON is its closing brace.
	const note = Buffer.from(',"note":"\xCF\xF0\xE8"}', 'latin1');
	return Buffer.concat([json.subarray(0, -1), note]);
}
