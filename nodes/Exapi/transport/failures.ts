import { PartnerError } from '../../shared/errors';
import { leavesOpen, retryAfter, type HttpResponse } from '../../shared/http';
import { ExapiAnswerError } from '../protocol';

const CHECK_SENDER =
	'A CRM does so when it does not know the sender or finds the signature wrong. Check the sender, the secret and the URL in the credential.';
const BAN_WARNING =
	'The request was not repeated: a CRM bans senders after several refused requests.';
/** For what changes something, after an answer that leaves open whether it was carried out. */
export const LOOK_FIRST = 'The CRM may have carried it out: look there before you send it again.';

/**
 * The CRM closed the connection, or answered HTTP 200 without content: both are its ways of
 * refusing a request (exapi.md, point 6), and both also happen when its script crashes.
 *
 * @param how what happened, as the beginning of a sentence
 * @param trusted whether the CRM accepted this sender and secret just before
 * @param changes whether the call changes something at the CRM
 */
export function refusal(how: string, trusted: boolean, changes: boolean): PartnerError {
	return new PartnerError(`The CRM refused the request: ${how}`, {
		// A sender that was accepted a moment ago has lost an answer rather than its admission.
		outcome: trusted && changes ? 'unknown' : 'refused',
		description: [CHECK_SENDER, otherReason(trusted, changes), BAN_WARNING]
			.filter((text) => text !== '')
			.join(' '),
	});
}

/** A script that crashes behind its work looks like one that refuses. */
function otherReason(trusted: boolean, changes: boolean): string {
	if (trusted) {
		return 'The CRM accepted this credential a short while ago, so it may also have failed on this very request.';
	}
	return changes
		? 'If sender and secret are right, the CRM may have carried it out and then failed: look there before you send it again.'
		: '';
}

/** After a refusal nothing more is sent in a run: each further one brings a ban nearer. */
export function notSentAfter(earlier: PartnerError): PartnerError {
	return new PartnerError('Not sent, because the CRM refused an earlier request of this run', {
		outcome: 'notSent',
		description: `${earlier.message}. ${earlier.description}`,
	});
}

/** An HTTP status that is no success, without a signed answer: a server in between, or a crash. */
export class UnsignedAnswer extends PartnerError {
	override readonly name = 'UnsignedAnswer';
	/** Milliseconds after which the server wants to be asked again. */
	readonly retryAfter: number | undefined;

	/** @param seen the first characters of what it said */
	constructor({ status, headers }: HttpResponse, seen: string) {
		super(`The CRM answered with HTTP ${status} instead of a signed answer`, {
			outcome: leavesOpen(status) ? 'unknown' : 'rejected',
			httpStatus: status,
			description: [adviceFor(status), seen === '' ? '' : `It said: ${seen}`].join(' ').trim(),
		});
		this.retryAfter = retryAfter(headers['retry-after']);
	}
}

function adviceFor(status: number): string {
	if (status >= 500) return 'It failed on the request.';
	if (status === 429) {
		return 'It asks for fewer requests. Lower the concurrency in the options, or try again later.';
	}
	return 'Check the URL in the credential: it must be the whole entry point of exapi.';
}

/** The CRM accepted the request and answered, properly signed, with an error. */
export class RemoteError extends PartnerError {
	override readonly name = 'RemoteError';

	/** @param text the CRM's own words */
	constructor(text: string) {
		super(`The CRM answered with an error: ${text}`, {
			outcome: 'rejected',
			description: 'This is the CRM’s own text; ask its operator if it is not clear.',
		});
	}
}

/** An answer that cannot be used, though HTTP says that all is well. */
export function answerFailure(error: ExapiAnswerError): PartnerError {
	switch (error.fault) {
		case 'remoteError':
			return new RemoteError(error.detail);
		case 'wrongSignature':
			return new PartnerError(error.message, {
				outcome: 'unknown',
				description:
					'Its content is not trusted and not shown. The CRM may sign with another secret, or something between changes answers: check the secret and the URL in the credential.',
			});
		case 'wrongId':
			return new PartnerError('The CRM answered another request than the one sent', {
				outcome: 'unknown',
				description: 'Something between may keep old answers.',
			});
		case 'unexpectedResult':
			return new PartnerError(error.message, {
				outcome: 'unknown',
				description: 'The answer is properly signed, but not what exapi documents for this method.',
			});
		default:
			return new PartnerError(`${error.message}, so it is not a signed exapi answer`, {
				outcome: 'unknown',
				description: `Check the URL in the credential: it must be the whole entry point of exapi. It began with: ${error.detail}`,
			});
	}
}

/**
 * Reads a result of the CRM.
 *
 * @param advice what to add to the error, if there is one
 * @throws PartnerError when it is not what exapi documents
 */
export function readingResult<T>(read: () => T, advice = ''): T {
	try {
		return read();
	} catch (error) {
		throw error instanceof ExapiAnswerError ? answerFailure(error).advise(advice) : error;
	}
}
