import { joinSentences, PartnerError } from '../../shared/errors';
import { HttpFailure } from '../../shared/http';
import type { ClientRightCredential } from './credential';
import { RemoteError, UnusableAnswer } from './failures';

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
