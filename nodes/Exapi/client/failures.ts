import { DateTime } from 'luxon';
import { joinSentences, NOTHING_SENT, type CallOutcome, PartnerError } from '../../shared/errors';
import { type HttpResponse, isOutcomeUnknown, parseRetryAfter } from '../../shared/http';
import { ExapiAnswerError } from '../protocol';

/** The latest refusal of a sender, without any secret. */
export interface Refusal {
	message: string;
	description: string;
	/** The system's error, if the CRM closed the connection. */
	cause: Error | undefined;
	at: number;
	/** Nothing is sent before this moment; then one request is, and its response decides. */
	nextTryAt: number;
}

const CHECK_SENDER =
	'A CRM refuses a request like this if it does not know the sender or if the signature is wrong. Check the sender, the secret and the URL in the credential.';
const CHECK_URL =
	'Check the URL in the credential: it must be the complete address of the exapi entry point.';
const BAN_WARNING =
	'The node does not retry it, because a CRM bans senders after several refused requests.';
/** Advice for a write whose outcome is unknown. */
export const CHECK_BEFORE_RESENDING =
	'The CRM may have executed the request. Check there before you send it again.';

/** How a CRM refuses a request that it does not accept (docs/protocols/exapi.md, 1.6). */
export const CLOSED = 'it closed the connection without a response';

/** How a CRM refused a request, or seemed to. */
export interface RefusalSign {
	/** What happened, as a clause: "it closed the connection". */
	how: string;
	httpStatus?: number;
	/** The first characters of the response. */
	excerpt?: string;
	/** The system's error, which must contain nothing of the request. */
	cause?: Error | undefined;
}

/** A request that the CRM refused, or that failed in the same way as a refused one. */
export class RefusedRequest extends PartnerError {
	override readonly name = 'RefusedRequest';

	constructor(
		readonly sign: RefusalSign,
		outcome: CallOutcome,
		advice: readonly string[],
	) {
		const { how, httpStatus, excerpt: seen = '', cause } = sign;
		super(`The CRM refused the request: ${how}`, {
			outcome,
			cause,
			description: joinSentences(
				CHECK_SENDER,
				...advice,
				BAN_WARNING,
				seen && `The response begins with: ${seen}`,
			),
			...(httpStatus === undefined ? {} : { httpStatus }),
		});
	}
}

/** Creates the error for HTTP 401 or 403: the request was certainly not executed. */
export function refusedByStatus(sign: RefusalSign): RefusedRequest {
	return new RefusedRequest(sign, 'refused', []);
}

/** What a process knows of a sender when it gets an ambiguous response. */
export interface SenderHistory {
	/** Whether the response has to be treated as a refusal. */
	isRefusal: boolean;
	/** Whether the CRM has accepted the sender since this process started. */
	wasAccepted: boolean;
}

/**
 * Creates the error for a closed connection, an empty response or HTTP 502 of a proxy. This is how a CRM
 * refuses a request (docs/protocols/exapi.md, 1.9), but a script that crashes or a CRM that is down
 * behind its proxy looks the same.
 *
 * @param changes whether the call changes data in the CRM
 */
export function ambiguousRefusal(
	sign: RefusalSign,
	{ isRefusal, wasAccepted }: SenderHistory,
	changes: boolean,
): RefusedRequest {
	return new RefusedRequest(sign, changes ? 'unknown' : 'refused', [
		otherReading(isRefusal, wasAccepted),
	]);
}

function otherReading(isRefusal: boolean, wasAccepted: boolean): string {
	if (!isRefusal) {
		return 'The CRM has accepted this credential before, so it may also have failed on this very request.';
	}
	return wasAccepted
		? 'The CRM has accepted this credential before, so its operator may have changed the secret or banned this n8n. If sender and secret are still right, the CRM is down behind its proxy, or it fails on these requests.'
		: 'If sender and secret are right, the CRM is down behind its proxy, it fails on this request, or it has banned this n8n: ask its operator.';
}

/** Creates the error for a call after a refusal in the same run: each further refusal could lead to a ban. */
export function notSentAfter(earlier: PartnerError): PartnerError {
	return new PartnerError('Not sent, because the CRM refused an earlier request of this run', {
		outcome: 'notSent',
		attemptNote: NOTHING_SENT,
		cause: earlier.details.cause,
		description: joinSentences(`The refusal was: ${earlier.message}`, earlier.description),
	});
}

/**
 * Creates the error for a call that was not sent because the CRM refused an earlier one in any execution
 * of this process.
 *
 * @param timeZone the zone of the time in the message
 * @param isTried whether the next attempt is in progress
 */
export function notSentWhileRefused(
	{ message, description, cause, at, nextTryAt }: Refusal,
	timeZone: string,
	isTried: boolean,
): PartnerError {
	const next = DateTime.fromMillis(nextTryAt, { zone: timeZone }).toFormat('yyyy-MM-dd HH:mm:ss');
	return new PartnerError(
		`Not sent, because the CRM refused this credential ${minutesSince(at)} ago: next attempt at ${next} (${timeZone})`,
		{
			outcome: 'notSent',
			attemptNote: NOTHING_SENT,
			cause,
			description: joinSentences(
				'A CRM bans senders after several refused requests.',
				isTried ? 'The next attempt is in progress.' : '',
				'A changed credential is tried at once. A credential test that passes ends the pause in the n8n process that made it; other processes, such as workers, wait for their next attempt.',
				`The refusal was: ${message}`,
				description,
			),
		},
	);
}

function minutesSince(moment: number): string {
	const minutes = Math.floor((Date.now() - moment) / 60_000);
	if (minutes < 1) return 'less than 1 minute';
	return minutes === 1 ? '1 minute' : `${minutes} minutes`;
}

/** An HTTP status other than success, without a signed answer: from a proxy, or from a crash. */
export class UnsignedAnswer extends PartnerError {
	override readonly name = 'UnsignedAnswer';
	/** Milliseconds to wait before the next request, as the server asks. */
	readonly retryAfter: number | undefined;

	/** @param seen the first characters of the response */
	constructor({ status, headers }: HttpResponse, seen: string) {
		super(`The CRM returned HTTP ${status} instead of a signed answer`, {
			outcome: isOutcomeUnknown(status) ? 'unknown' : 'rejected',
			httpStatus: status,
			description: joinSentences(adviceFor(status), seen && `The response begins with: ${seen}`),
		});
		this.retryAfter = parseRetryAfter(headers['retry-after']);
	}
}

function adviceFor(status: number): string {
	if (status >= 500) return 'The CRM, or a server in front of it, could not process the request.';
	if (status === 429) {
		return 'The CRM limits the number of requests. Lower the concurrency in the options, or try again later.';
	}
	return CHECK_URL;
}

/** The CRM accepted the request and returned a signed error. */
export class RemoteError extends PartnerError {
	override readonly name = 'RemoteError';

	/** @param text the CRM's error text */
	constructor(text: string) {
		super(`The CRM returned an error: ${text}`, {
			outcome: 'rejected',
			description: 'This text comes from the CRM. If it is unclear, ask the operator of the CRM.',
		});
	}
}

/** Converts the error of an answer that cannot be used, although its HTTP status is success. */
export function answerFailure(error: ExapiAnswerError): PartnerError {
	switch (error.fault) {
		case 'remoteError':
			return new RemoteError(error.detail);
		case 'wrongSignature':
			return new PartnerError(error.message, {
				outcome: 'unknown',
				description:
					'The node does not trust the response, so it does not show it. The CRM may sign with another secret, or a proxy may modify responses: check the secret and the URL in the credential.',
			});
		case 'wrongId':
			return new PartnerError('The CRM responded to another request than the one sent', {
				outcome: 'unknown',
				description: 'A cache or proxy may be returning old responses.',
			});
		case 'unexpectedResult':
			return new PartnerError(error.message, {
				outcome: 'unknown',
				description:
					'The signature is right, but the exapi document describes another result for this method.',
			});
		default:
			return new PartnerError(`${error.message}, so it is not a signed exapi answer`, {
				outcome: 'unknown',
				description: joinSentences(
					CHECK_URL,
					error.detail && `The response begins with: ${error.detail}`,
				),
			});
	}
}

/**
 * Reads a result of the CRM and converts the protocol's errors.
 *
 * @param advice text to add to an error
 * @throws PartnerError when the result differs from docs/protocols/exapi.md
 */
export function withResultErrors<T>(read: () => T, advice = ''): T {
	try {
		return read();
	} catch (error) {
		throw error instanceof ExapiAnswerError ? answerFailure(error).addAdvice(advice) : error;
	}
}
