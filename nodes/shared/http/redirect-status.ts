/**
 * Whether a redirect of this status promises that the request was not processed and is to be sent to
 * the new address as it is (RFC 9110, 15.4.8 and 15.4.9). Scripts also answer 301 and 302 after they
 * have processed a request.
 */
export function promisesRepetition(status: number): boolean {
	return status === 307 || status === 308;
}
