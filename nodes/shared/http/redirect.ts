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
 * @throws HttpFailure when the target is another host, or would give up encryption
 */
export function redirectTarget(from: string, response: HttpResponse): string | undefined {
	const { location } = response.headers;
	if (!REPEATABLE_REDIRECTS.has(response.status) || location === undefined) return undefined;
	const source = new URL(from);
	const target = URL.canParse(location, from) ? new URL(location, from) : undefined;
	const weaker = source.protocol === 'https:' && target?.protocol !== 'https:';
	if (target === undefined || weaker || target.hostname !== source.hostname) {
		throw new HttpFailure(
			'redirected',
			`${source.host} redirects to ${target ? target.origin : 'an address that cannot be read'}`,
			'Signed requests and passwords are not sent on to another host or without encryption. If the partner has moved, put the new address into the credential.',
		);
	}
	return target.href;
}

/** Whether an answer of this status leaves open whether the request was carried out. */
export function leavesOpen(status: number): boolean {
	return status >= 500 || status === SEE_OTHER;
}
