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
	parseRetryAfter,
} from '../../shared/http';
import type { RemoteFault } from '../wire/envelope';
import { ResultError } from '../wire/results';
import type { ClientRightCredential } from './credential';

/** For what changes something, after an answer that leaves open whether it was carried out. */
export const CHECK_BEFORE_RESENDING =
	'The CRM may have carried this out: look there before repeating it.';

/** vtiger's answers to a session that it does not know, or no more (docs/protocols/vtiger.md, 5.2). */
const SESSION_GONE = new Set([
	'AUTHENTICATION_REQUIRED',
	'INVALID_SESSIONID',
	'SESSION_EXPIRED',
	'SESSION_LEFT_IDLE',
]);
/** Errors from the midst of the work: records may have been stored before. */
const MIDWAY = new Set(['DATABASE_QUERY_ERROR', 'INTERNAL_SERVER_ERROR']);

const PARTNER_TEXT_HINT = 'This is the CRM’s own text; ask its operator if it is not clear.';
const ADVICE: Readonly<Record<string, string>> = {
	ACCESS_DENIED:
		'The user of the credential lacks a right, or the record does not exist. Ask the operator of the CRM.',
	INVALID_ID_ATTRIBUTE:
		'The id is of another module, or has no number of a module in front, as in 12x83859.',
	MANDATORY_FIELDS_MISSING: 'Give the fields that it names; a value of 0 arrives as an empty one.',
};

/** vtiger refuses so what it cannot find, the empty included (docs/protocols/vtiger.md, 2.3 and 7.3). */
const DENIED_FOR = /\bdenied for (query|id|name)\b/i;
/** Names of parameters where vtiger's own word is another. */
const PARAMETER: Readonly<Record<string, string>> = { name: 'elementType' };

/** The CRM answered with `success: false`. */
export class RemoteError extends PartnerError {
	override readonly name = 'RemoteError';
	/** vtiger's code, a handler's own one, or a number. */
	readonly code: string;

	/** @param fault the CRM's own words, without secrets */
	constructor(operation: string, { code, message }: RemoteFault) {
		const words = message === '' ? 'no message' : message;
		super(`The CRM answered ${operation} with an error: ${words}${code && ` (${code})`}`, {
			outcome: outcomeOf(code),
			wasSent: true,
			description: adviceForCode(code, message),
		});
		this.code = code;
	}

	/** Whether a new login is all it takes: nothing was carried out. */
	get isSessionGone(): boolean {
		return SESSION_GONE.has(this.code);
	}
}

function adviceForCode(code: string, message: string): string {
	if (SESSION_GONE.has(code)) {
		return 'It was a session opened just before. Ask the operator of the CRM whether it keeps its sessions.';
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

/** HTTP answered, but not with vtiger's envelope: nothing, a page, a fatal error. */
export class UnusableAnswer extends PartnerError {
	override readonly name = 'UnusableAnswer';
	readonly status: number;
	/** Milliseconds after which the server wants to be asked again. */
	readonly retryAfter: number | undefined;

	/** @param seen the beginning of what it said, without secrets; empty for an empty body */
	constructor(operation: string, { status, headers }: HttpResponse, seen: string) {
		super(headline(operation, status, seen === ''), {
			outcome: isOutcomeUnknown(status) || isSuccess(status) ? 'unknown' : 'rejected',
			httpStatus: status,
			description: joinSentences(adviceFor(status, seen === ''), seen && `It said: ${seen}`),
		});
		this.status = status;
		this.retryAfter = parseRetryAfter(headers['retry-after']);
	}
}

const FILE_ADVICE: Readonly<Record<number, string>> = {
	401: 'Its web server asks for a password. Ask the operator of the CRM for access to its files.',
	403: 'Its web server does not give files to anybody from outside, which is vtiger’s own setting for its storage folder. Ask the operator of the CRM to allow the address of this n8n.',
	404: 'There is no such file, or the path is not relative to the folder of webservice.php.',
};

/** The web server of the CRM answered, but not with the file that was asked for. */
export class FileNotGiven extends PartnerError {
	override readonly name = 'FileNotGiven';
	readonly status: number;
	/** As in {@link UnusableAnswer}. */
	readonly retryAfter: number | undefined;

	constructor({ status, headers }: HttpResponse, file: string) {
		super(`The CRM did not give the file "${file}": HTTP ${status}`, {
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
		return `The CRM failed on ${operation}: HTTP ${status} ${isEmpty ? 'without content' : 'with a page instead of an answer'}`;
	}
	if (isOutcomeUnknown(status)) return `The CRM answered ${operation} with HTTP ${status}`;
	if (!isSuccess(status)) return `The CRM did not accept ${operation}: HTTP ${status}`;
	return isEmpty
		? `The CRM answered ${operation} with nothing at all`
		: `The CRM answered ${operation} with text instead of JSON`;
}

/** A stock vtiger sets error_reporting to nothing there (docs/protocols/vtiger.md, 3.3). */
const PHP_LOG =
	'The PHP log contains the reason, but a stock vtiger logs nothing: the operator must first replace line 17 of config.inc.php (error_reporting) with line 18 or 19.';

/** What vtiger does in these cases: docs/protocols/vtiger.md, 3.3 to 3.5. */
function adviceFor(status: number, isEmpty: boolean): string {
	if (status >= 500) {
		return `A vtiger does so when its script crashes, when it does not know the operation, or when its database is away. ${PHP_LOG}`;
	}
	if (status === 414) {
		return 'The query is too long for a URL: most web servers accept about 8,000 characters, and a Cyrillic letter takes six. Request less at once.';
	}
	if (status === 429) {
		return 'It asks for fewer requests. Lower the concurrency in the options, or try again later.';
	}
	if (!isSuccess(status)) {
		return 'Check the URL in the credential: it must be the whole address of webservice.php.';
	}
	return isEmpty
		? 'A vtiger does so when a byte of its answer is not UTF-8, and the work is done by then.'
		: `Its script ended before it could answer. ${PHP_LOG}`;
}

function isSuccess(status: number): boolean {
	return status >= 200 && status <= 299;
}

/** Statuses of a proxy that did not wait for the CRM to the end. */
const GATEWAY_GAVE_UP = new Set([502, 504, 524]);

/** Whether the CRM may still be at work on the request, and hold its session. */
export function mayStillRun(error: unknown): boolean {
	if (error instanceof UnusableAnswer) return GATEWAY_GAVE_UP.has(error.status);
	const isOpen = error instanceof HttpFailure && error.outcome === 'unknown';
	return isOpen || error instanceof RetriedFailure;
}

/**
 * No session came about, so what was to be done in it was not sent. `refused` as outcome means
 * that user or key are wrong, and that trying again cannot help.
 */
export class LoginError extends PartnerError {
	override readonly name = 'LoginError';
}

const CHECK_URL =
	'Check the URL in the credential: it must be the whole address of webservice.php.';

/** The CRM refused the answer to its challenge, also when it was tried again (docs/protocols/vtiger.md, 4.5). */
export function wrongKey({ username }: ClientRightCredential): LoginError {
	return new LoginError(`The CRM does not accept the access key of user "${username}"`, {
		outcome: 'refused',
		description:
			'It was tried several times. Copy the key anew from the user’s preferences in the CRM; it is not the password. An inactive user is refused like this too.',
	});
}

/** Copies a login's error for another call that waited for it: each call changes its own. */
export function sameLoginError({ message, details }: LoginError): LoginError {
	return new LoginError(message, details);
}

/** The answer to a login is a success, but not of vtiger's shape. */
export function unexpectedLogin(what: string): LoginError {
	return new LoginError(`What answers is not a vtiger: ${what}`, {
		outcome: 'notSent',
		wasSent: true,
		description: CHECK_URL,
	});
}

/** After a refusal a run sends nothing more: neither user nor key get better by it. */
export function notSentAfter(earlier: PartnerError): LoginError {
	return new LoginError('Not sent, because the CRM refused the login', {
		outcome: 'notSent',
		description: joinSentences(earlier.message, earlier.description),
	});
}

/** The execution was stopped before there was a session; nothing else was sent. */
export function stoppedLogin(): LoginError {
	return new LoginError('The execution was stopped', { outcome: 'notSent' });
}

/** Says what kept a login from coming about. */
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
			? `What answers at ${host} is not a vtiger: it sends no JSON`
			: `The address is wrong: ${host} answers HTTP ${error.status}`,
		{
			outcome: 'notSent',
			wasSent: true,
			httpStatus: error.status,
			description: joinSentences(CHECK_URL, /It said: .*/.exec(error.description)?.[0] ?? ''),
		},
	);
}

function notSent({ message, details }: PartnerError): LoginError {
	return new LoginError(message, { ...details, outcome: 'notSent' });
}

const NOT_FOUND = /не\s+найден|not\s+found/i;
const CAPTURE_FIRST =
	'The CRM knows a client only after capture.php has run: call this operation after it, with the INN and the SMS code that were given there.';

/**
 * Reads a result of the CRM.
 *
 * @throws PartnerError when it is not what docs/protocols/clientright.md describes
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
					'It reported a success all the same.',
					said && asSentence(`It said: ${said}`),
				),
			});
		case 'noList':
			return new PartnerError(message, {
				outcome: 'rejected',
				description:
					'Its answer is not what the document describes. To see it, call the operation by Custom Operation.',
			});
	}
}
