import { HttpFailure } from './failure';
import type { HttpResponse } from './message';

/** The request was carried out, and the result is elsewhere (RFC 9110, 15.4.4). */
const SEE_OTHER = 303;
/** 303 is missing: see {@link SEE_OTHER}. */
const REPEATABLE_REDIRECTS = new Set([301, 302, 307, 308]);

/**
 * Where to send the request again, or `undefined` when the answer is no redirect. Typical are
 * `http:` to `https:` and a missing slash at the end.
 *
 * @throws HttpFailure when the target is another host or port, or would give up encryption
 */
export function redirectTarget(from: string, response: HttpResponse): string | undefined {
	const { location } = response.headers;
	if (!REPEATABLE_REDIRECTS.has(response.status) || location === undefined) return undefined;
	const source = new URL(from);
	const target = URL.canParse(location, from) ? new URL(location, from) : undefined;
	if (target === undefined || !isSameServer(source, target)) {
		throw new HttpFailure(
			'redirected',
			`${source.host} redirects to ${target ? target.origin : 'an address that cannot be read'}`,
			'Signed requests and passwords are not sent on to another host or without encryption. If the partner has moved, put the new address into the credential.',
		);
	}
	return target.href;
}

/** On another port of the same host somebody else may listen, whom n8n reaches and the partner does not. */
function isSameServer(source: URL, target: URL): boolean {
	if (target.protocol === source.protocol) return target.host === source.host;
	const hasDefaultPorts = source.port === '' && target.port === '';
	const isStronger = source.protocol === 'http:' && target.protocol === 'https:';
	return isStronger && hasDefaultPorts && target.hostname === source.hostname;
}

/** Whether an answer of this status leaves open whether the request was carried out. */
export function leavesOpen(status: number): boolean {
	return status >= 500 || status === SEE_OTHER;
}
