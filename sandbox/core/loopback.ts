import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { checkCount, SandboxControlError } from './input';

const DEFAULT_TIMEOUT_MS = 120_000;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** An answer as it came; `closed`: the connection ended without a whole answer. */
export type LoopbackAnswer =
	{ status: number; headers: IncomingHttpHeaders; body: string } | 'closed';

export interface LoopbackRequest {
	/** Default POST. */
	method?: string;
	headers?: Readonly<Record<string, string>>;
	body?: string | Buffer;
	/** How long to wait for the whole answer, in milliseconds; default 120,000. */
	timeoutMs?: number;
}

/**
 * Sends one request to a program on this machine, over a connection of its own. Redirects are not
 * followed.
 *
 * @param address http or https, loopback only: a client of the sandbox must not reach other hosts
 *   through it
 * @throws SandboxControlError for another address, when nothing listens there, when no answer comes
 */
export async function sendToLoopback(
	address: string,
	{ method = 'POST', headers = {}, body = '', timeoutMs = DEFAULT_TIMEOUT_MS }: LoopbackRequest,
): Promise<LoopbackAnswer> {
	const url = loopbackUrl(address);
	checkCount('timeoutMs', timeoutMs);
	const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
	const bytes = Buffer.from(body);
	const options = {
		method,
		agent: false as const,
		headers: { ...headers, ...(bytes.length > 0 && { 'Content-Length': bytes.length }) },
		signal: AbortSignal.timeout(timeoutMs),
		// A certificate on a loopback address is self-signed, and there is no attacker in between.
		rejectUnauthorized: false,
	};
	return await new Promise((resolve, reject) => {
		const fail = (error: NodeJS.ErrnoException) => {
			const reason = reasonFor(error, url, timeoutMs);
			if (reason === 'closed') resolve('closed');
			else reject(reason);
		};
		const outgoing = send(url, options, (incoming) => {
			const chunks: Buffer[] = [];
			incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
			incoming.on('error', fail);
			incoming.on('end', () => {
				const { statusCode = 0, headers: received } = incoming;
				const text = Buffer.concat(chunks).toString('utf8');
				resolve({ status: statusCode, headers: received, body: text });
			});
		});
		outgoing.on('error', fail);
		outgoing.end(bytes);
	});
}

/** @throws SandboxControlError for what is no http or https address of this machine */
export function loopbackUrl(address: string): URL {
	const url = URL.canParse(address) ? new URL(address) : undefined;
	if (!url || !['http:', 'https:'].includes(url.protocol)) {
		throw new SandboxControlError(
			'"url" must be an address such as http://127.0.0.1:5678/webhook/x',
		);
	}
	if (isLoopback(url.hostname)) return url;
	throw new SandboxControlError(
		`The sandbox sends to this machine only, not to "${url.hostname}". Use 127.0.0.1, localhost or [::1]`,
	);
}

/** @param hostname as `URL` gives it: IPv6 in brackets */
export function isLoopback(hostname: string): boolean {
	return LOOPBACK.test(hostname);
}

function reasonFor(
	error: NodeJS.ErrnoException,
	url: URL,
	timeoutMs: number,
): 'closed' | SandboxControlError {
	if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return 'closed';
	if (error.name === 'TimeoutError' || error.name === 'AbortError') {
		return new SandboxControlError(`${url.origin} gave no answer in ${timeoutMs / 1000} s`, 504);
	}
	if (error.code === 'ECONNREFUSED') {
		return new SandboxControlError(`Nothing listens at ${url.origin}. Is n8n running?`, 502);
	}
	return new SandboxControlError(`The request to ${url.origin} failed: ${error.message}`, 502);
}
