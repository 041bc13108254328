import {
	asSentence,
	joinSentences,
	type CallOutcome,
	PartnerError,
	RetriedFailure,
} from '../../shared/errors';
import {
	HttpFailure,
	type HttpResponse,
	isOutcomeUnknown,
	isSuccess,
	parseRetryAfter,
} from '../../shared/http';
import type { RemoteFault } from '../wire/envelope';
import { ResultError } from '../wire/results';
import type { ClientRightCredential } from './credential';

/** Advice for a write whose outcome is unknown. */
export const CHECK_BEFORE_RESENDING =
	'The CRM may have executed this. Check there before you send it again.';

/** vtiger's codes for a session that does not exist or has ended (docs/protocols/vtiger.md, 5.2). */
const SESSION_GONE = new Set([
	'AUTHENTICATION_REQUIRED',
	'INVALID_SESSIONID',
	'SESSION_EXPIRED',
	'SESSION_LEFT_IDLE',
]);
/** Codes of errors during the work: records may have been stored before. */
const MIDWAY = new Set(['DATABASE_QUERY_ERROR', 'INTERNAL_SERVER_ERROR']);

const PARTNER_TEXT_HINT =
	'This text comes from the CRM. If it is unclear, ask the operator of the CRM.';
const ADVICE: Readonly<Record<string, string>> = {
	ACCESS_DENIED:
		'The user of the credential lacks a right, or the record does not exist. Ask the operator of the CRM.',
	INVALID_ID_ATTRIBUTE:
		'Check the ID: it belongs to another module, or it lacks the module number in front, as in 12x83859.',
	MANDATORY_FIELDS_MISSING:
		'Fill in the fields that it names. The CRM receives the value 0 as empty.',
};

/** vtiger's code for what it cannot find, also for empty values (docs/protocols/vtiger.md, 2.3 and 7.3). */
const DENIED_FOR = /\bdenied for (query|id|name)\b/i;
/** Names of parameters for which vtiger uses another name. */
const PARAMETER: Readonly<Record<string, string>> = { name: 'elementType' };

/** The CRM returned `success: false`. */
export class RemoteError extends PartnerError {
	override readonly name = 'RemoteError';
	/** vtiger's code, a handler's own code, or a number. */
	readonly code: string;

	/** @param fault the CRM's error text, without secrets */
	constructor(operation: string, { code, message }: RemoteFault) {
		const words = message === '' ? 'no message' : message;
		super(`The CRM returned an error for ${operation}: ${words}${code && ` (${code})`}`, {
			outcome: outcomeOf(code),
			wasSent: true,
			description: adviceForCode(code, message),
		});
		this.code = code;
	}

	/** Whether a new login is sufficient, because nothing was executed. */
	get isSessionGone(): boolean {
		return SESSION_GONE.has(this.code);
	}
}

function adviceForCode(code: string, message: string): string {
	if (SESSION_GONE.has(code)) {
		return 'The session had just been opened. Ask the operator of the CRM whether the CRM stores its sessions.';
	}
	const parameter = code === 'ACCESS_DENIED' ? DENIED_FOR.exec(message)?.[1] : undefined;
	if (parameter !== undefined) {
		return `Despite this message, no right is missing: the parameter "${PARAMETER[parameter] ?? parameter}" was empty or names something that the CRM does not know. Check the spelling, including upper and lower case, and the HTTP method: with the wrong method, all parameters arrive empty.`;
	}
	return ADVICE[code] ?? PARTNER_TEXT_HINT;
}

function outcomeOf(code: string): CallOutcome {
	if (SESSION_GONE.has(code)) return 'notSent';
	return MIDWAY.has(code) ? 'unknown' : 'rejected';
}

/** An HTTP response without vtiger's envelope: an empty body, a page, a fatal error. */
export class UnusableAnswer extends PartnerError {
	override readonly name = 'UnusableAnswer';
	readonly status: number;
	/** Milliseconds to wait before the next request, as the server asks. */
	readonly retryAfter: number | undefined;

	/** @param seen the beginning of the response, without secrets; empty for an empty body */
	constructor(operation: string, { status, headers }: HttpResponse, seen: string) {
		super(headline(operation, status, seen === ''), {
			outcome: isOutcomeUnknown(status) || isSuccess(status) ? 'unknown' : 'rejected',
			httpStatus: status,
			description: joinSentences(adviceFor(status, seen === ''), seen && `Its response: ${seen}`),
		});
		this.status = status;
		this.retryAfter = parseRetryAfter(headers['retry-after']);
	}
}

const FILE_ADVICE: Readonly<Record<number, string>> = {
	401: 'Ask the operator of the CRM for access to its files: its web server asks for a password.',
	403: "Ask the operator of the CRM to allow the address of this n8n: its web server denies access to the files, which is vtiger’s default for its storage folder. Or use 'Document: Download', which needs no such access.",
	404: 'Check the path: the file does not exist, or the path is not relative to the folder of webservice.php.',
};

/** The CRM's web server responded, but not with the requested file. */
export class FileNotGiven extends PartnerError {
	override readonly name = 'FileNotGiven';
	readonly status: number;
	/** As in {@link UnusableAnswer}. */
	readonly retryAfter: number | undefined;

	constructor({ status, headers }: HttpResponse, file: string) {
		super(`The CRM returned HTTP ${status} for the file "${file}"`, {
			outcome: 'rejected',
			httpStatus: status,
			description: FILE_ADVICE[status] ?? 'Try again later, or ask the operator of the CRM.',
		});
		this.status = status;
		this.retryAfter = parseRetryAfter(headers['retry-after']);
	}
}

function headline(operation: string, status: number, isEmpty: boolean): string {
	if (status >= 500) {
		return `The CRM returned HTTP ${status} for ${operation}, ${isEmpty ? 'without content' : 'with a web page instead of JSON'}`;
	}
	if (isOutcomeUnknown(status)) return `The CRM returned HTTP ${status} for ${operation}`;
	if (!isSuccess(status)) return `The CRM rejected ${operation} with HTTP ${status}`;
	return isEmpty
		? `The CRM returned an empty response to ${operation}`
		: `The CRM returned text instead of JSON for ${operation}`;
}

/** A default vtiger turns error_reporting off there (docs/protocols/vtiger.md, 3.3). */
const PHP_LOG =
	'The PHP log contains the reason, but a stock vtiger logs nothing: the operator must first replace line 17 of config.inc.php (error_reporting) with line 18 or 19.';

/** Advice for these cases (docs/protocols/vtiger.md, 3.3 to 3.5). */
function adviceFor(status: number, isEmpty: boolean): string {
	if (status >= 500) {
		return `vtiger does this when its script crashes, when it does not know the operation, or when its database is unavailable. ${PHP_LOG}`;
	}
	if (status === 413) {
		return 'The file is larger than the web server of the CRM accepts. Ask its operator to raise the limit of a request (client_max_body_size in nginx, LimitRequestBody in Apache).';
	}
	if (status === 414) {
		return 'Shorten the query: it is too long for a URL. Most web servers accept about 8,000 characters, and a Cyrillic letter takes six.';
	}
	if (status === 429) {
		return 'The server limits the number of requests. Lower the concurrency in the options, or try again later.';
	}
	if (!isSuccess(status)) {
		return 'Check the URL in the credential: it must be the full URL of webservice.php.';
	}
	return isEmpty
		? 'vtiger returns an empty response when its output contains invalid UTF-8. The operation has already been executed.'
		: `The CRM’s script ended before it sent a response. ${PHP_LOG}`;
}

/** Statuses of a proxy that stopped waiting for the CRM. */
const GATEWAY_GAVE_UP = new Set([502, 504, 524]);

/** Whether the CRM may still be processing the request and hold its session. */
export function mayStillRun(error: unknown): boolean {
	if (error instanceof UnusableAnswer) return GATEWAY_GAVE_UP.has(error.status);
	const isOpen = error instanceof HttpFailure && error.outcome === 'unknown';
	return isOpen || error instanceof RetriedFailure;
}

/**
 * No session could be opened, so the call was not sent. The outcome `refused` means that user or key are wrong
 * and that a retry cannot help.
 */
export class LoginError extends PartnerError {
	override readonly name = 'LoginError';
}

const CHECK_URL = 'Check the URL in the credential: it must be the full URL of webservice.php.';

/** Creates the error for a refused login, also after its retries (docs/protocols/vtiger.md, 4.5). */
export function wrongKey({ username }: ClientRightCredential): LoginError {
	return new LoginError(`The CRM does not accept the access key of user "${username}"`, {
		outcome: 'refused',
		description:
			'Copy the access key again from the user’s preferences in the CRM; it is not the password. The node tried it several times. The CRM refuses an inactive user in the same way.',
	});
}

/** Copies a login's error for another call that waited for it, because each call modifies its error. */
export function sameLoginError({ message, details }: LoginError): LoginError {
	return new LoginError(message, details);
}

/** Creates the error for a login whose success has another form than vtiger's. */
export function unexpectedLogin(what: string): LoginError {
	return new LoginError(`The server is not a vtiger CRM: ${what}`, {
		outcome: 'notSent',
		wasSent: true,
		description: CHECK_URL,
	});
}

/** Creates the error for a call after a refused login in the same run: a retry cannot help. */
export function notSentAfter(earlier: PartnerError): LoginError {
	return new LoginError('Not sent, because the CRM refused the login', {
		outcome: 'notSent',
		description: joinSentences(earlier.message, earlier.description),
	});
}

/** Creates the error for an execution that was stopped before it had a session. */
export function stoppedLogin(): LoginError {
	return new LoginError('The execution was stopped', { outcome: 'notSent' });
}

/** Converts the error of a login. */
export function toLoginError(error: unknown, credential: ClientRightCredential): unknown {
	if (error instanceof LoginError) return error;
	if (error instanceof RemoteError && error.code === 'ACCESS_DENIED') {
		return new LoginError(`The CRM does not know the user "${credential.username}"`, {
			outcome: 'refused',
			description: 'Check the username in the credential.',
		});
	}
	if (error instanceof UnusableAnswer) return noVtiger(error, new URL(credential.url).host);
	if (error instanceof RemoteError || error instanceof HttpFailure) return notSent(error);
	return error instanceof Error && error.name === 'AbortError' ? stoppedLogin() : error;
}

function noVtiger(error: UnusableAnswer, host: string): LoginError {
	if (error.status >= 500 || error.status === 429) return notSent(error);
	return new LoginError(
		error.status < 300
			? `${host} is not a vtiger CRM: it did not return JSON`
			: `The URL is wrong: ${host} returned HTTP ${error.status}`,
		{
			outcome: 'notSent',
			wasSent: true,
			httpStatus: error.status,
			description: joinSentences(CHECK_URL, /Its response: .*/.exec(error.description)?.[0] ?? ''),
		},
	);
}

function notSent({ message, details }: PartnerError): LoginError {
	return new LoginError(message, { ...details, outcome: 'notSent' });
}

const NOT_FOUND = /не\s+найден|not\s+found/i;
const CAPTURE_FIRST =
	'Run capture.php first, then call this operation with the INN and the SMS code entered there. Until then, the CRM does not know the client.';

/**
 * Reads a result of the CRM and converts the protocol's errors.
 *
 * @throws PartnerError when the result differs from docs/protocols/clientright.md
 */
export function withResultErrors<T>(read: () => T): T {
	try {
		return read();
	} catch (error) {
		throw error instanceof ResultError ? resultFailure(error) : error;
	}
}

function resultFailure({ fault, message, said }: ResultError): PartnerError {
	switch (fault) {
		case 'refused':
			return new PartnerError(message, {
				outcome: 'rejected',
				description: NOT_FOUND.test(message) ? CAPTURE_FIRST : PARTNER_TEXT_HINT,
			});
		case 'undone':
			return new PartnerError(message, {
				outcome: 'rejected',
				description:
					'The CRM rolled the conversion back, or there was nothing to create: in "entities" of the parameter "element", each record to create needs "create": true.',
			});
		case 'noId':
			return new PartnerError(message, {
				outcome: 'unknown',
				description: joinSentences(
					'The CRM reported success anyway.',
					said && asSentence(`Its response: ${said}`),
				),
			});
		case 'noList':
			return new PartnerError(message, {
				outcome: 'rejected',
				description:
					'The response differs from the CRM’s document. To see it, call the operation with Custom Operation: Call.',
			});
	}
}
