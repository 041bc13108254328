import type { RequestHandler } from 'express';
import { SandboxControlError } from './control';
import { isLoopback } from './loopback';

/** What `Sec-Fetch-Site` says where no other site had a hand in the request (Fetch Metadata, 2.3). */
const NOT_FROM_ELSEWHERE = new Set(['same-origin', 'none']);

/**
 * Lets through what programs of this machine and the sandbox's own page send. The sandbox sends
 * requests to this machine when it is told to, so a web site that a browser has open must not tell
 * it: neither by its own name (`Origin`, `Sec-Fetch-Site`) nor by a name that it has made to mean
 * this machine (`Host`, DNS rebinding).
 *
 * Throws a {@link SandboxControlError} with status 403 for everything else.
 */
export const fromThisMachineOnly: RequestHandler = (req, _res, next) => {
	const { host = '', origin, 'sec-fetch-site': site } = req.headers;
	if (!isLoopbackHost(host)) {
		throw new SandboxControlError(
			`"${host}" is not a name of this machine. Use 127.0.0.1, localhost or [::1]`,
			403,
		);
	}
	const isOwn = origin === undefined || origin === `http://${host}`;
	if (!isOwn || !NOT_FROM_ELSEWHERE.has(site ?? 'none')) {
		throw new SandboxControlError(
			'Another web site sent this request. The sandbox is controlled from its own page, or by programs of this machine',
			403,
		);
	}
	next();
};

function isLoopbackHost(host: string): boolean {
	const address = `http://${host}`;
	return URL.canParse(address) && isLoopback(new URL(address).hostname);
}
