import dns from 'node:dns';

/** RFC 6761, 6.4: no such name is ever given to a host. */
export const UNKNOWN_HOST = 'no-such-host.invalid';

type Lookup = (...parameters: unknown[]) => void;

/**
 * Has the system answer at once that it does not know {@link UNKNOWN_HOST}. Where no name server can
 * be reached, it takes minutes and another code to say so, and the document would depend on that.
 */
export function answerForUnknownHost(): jest.SpyInstance {
	const lookup = dns.lookup as Lookup;
	const answer: Lookup = (...parameters) => {
		const [host] = parameters;
		if (host === UNKNOWN_HOST) process.nextTick(parameters.at(-1) as Lookup, notFound());
		else lookup(...parameters);
	};
	return jest.spyOn(dns, 'lookup').mockImplementation(answer);
}

function notFound(): NodeJS.ErrnoException {
	return Object.assign(new Error(`getaddrinfo ENOTFOUND ${UNKNOWN_HOST}`), {
		code: 'ENOTFOUND',
		syscall: 'getaddrinfo',
	});
}
