import type { Readable } from 'node:stream';
import { createHttpClientOver, type HttpClient } from './client';
import { type Exchange, HELPER_MARGIN, type StreamedResponse, timeoutOf } from './exchange';

/** The only helper that n8n provides for credential tests. */
export interface LegacyRequestHelper {
	request(options: object): Promise<unknown>;
}

/** The largest response: enough for a login or one order, and little memory if a server sends endlessly. */
const MAX_ANSWER_BYTES = 1024 * 1024;
/** The time for all requests of one test: n8n runs it whenever a credential is saved or opened. */
const TOTAL_MILLISECONDS = 15_000;

/**
 * Creates the client for one credential test. It limits the size of each response and the total time of
 * all requests, whatever limits a request has.
 */
export function createCredentialTestClient(helpers: LegacyRequestHelper): HttpClient {
	const end = Date.now() + TOTAL_MILLISECONDS;
	const send = createHttpClientOver(legacyExchange(helpers));
	return async (request) => {
		const remaining = end - Date.now();
		// A login is retried after a timeout.
		if (remaining <= 0) throw timeoutOf(new URL(request.url).host, TOTAL_MILLISECONDS);
		return await send({
			...request,
			timeout: Math.min(request.timeout, TOTAL_MILLISECONDS),
			remaining: Math.min(request.remaining ?? request.timeout, remaining),
			maxAnswerBytes: Math.min(request.maxAnswerBytes, MAX_ANSWER_BYTES),
		});
	};
}

/** Creates an exchange that uses n8n's helper for credential tests, which applies its proxies and protection. */
function legacyExchange(helpers: LegacyRequestHelper): Exchange {
	return async (request, signal): Promise<StreamedResponse> => {
		const sent = helpers.request({
			uri: request.url,
			method: request.method,
			headers: request.headers ?? {},
			body: request.body,
			// Return the body as a decompressed stream, with any status.
			useStream: true,
			resolveWithFullResponse: true,
			simple: false,
			followRedirect: false,
			rejectUnauthorized: !request.allowUnauthorizedCerts,
			timeout: request.timeout + HELPER_MARGIN,
			// The helper has no signal option; the agent's signal ends a response whose headers are too slow.
			agentOptions: { signal },
		}) as Promise<LegacyResponse>;
		const { statusCode, headers, body } = await untilAborted(sent, signal);
		return { status: statusCode, headers, stream: body };
	};
}

interface LegacyResponse {
	statusCode: number;
	headers: object;
	body: Readable;
}

/** Stops waiting when the signal aborts: a connection through a proxy does not use the signal. */
async function untilAborted(
	sent: Promise<LegacyResponse>,
	signal: AbortSignal,
): Promise<LegacyResponse> {
	let stop: () => void = () => undefined;
	const aborted = new Promise<never>((_, reject) => {
		stop = () => {
			reject(signal.reason as Error);
			sent.then(({ body }) => body.destroy()).catch(() => undefined);
		};
	});
	signal.addEventListener('abort', stop, { once: true });
	try {
		return await Promise.race([sent, aborted]);
	} finally {
		signal.removeEventListener('abort', stop);
	}
}
