import type { Readable } from 'node:stream';
import type { IHttpRequestOptions } from 'n8n-workflow';
import type { Exchange, StreamedResponse } from './exchange';

/** The part of n8n's helpers that is used here. */
export interface HttpRequestHelper {
	httpRequest(options: IHttpRequestOptions): Promise<unknown>;
}

/**
 * Sends through n8n's own helper: it knows the instance's proxies and rules, but dials anew for
 * every request.
 */
export function helperExchange(helpers: HttpRequestHelper): Exchange {
	return async (request, signal): Promise<StreamedResponse> => {
		const response = (await helpers.httpRequest({
			url: request.url,
			method: request.method,
			headers: request.headers ?? {},
			...(request.body === undefined ? {} : { body: Buffer.from(request.body) }),
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			skipSslCertificateValidation: request.allowUnauthorizedCerts,
			timeout: request.timeout,
			abortSignal: signal,
		})) as { statusCode: number; headers: Record<string, unknown>; body: Readable };
		return { status: response.statusCode, headers: response.headers, stream: response.body };
	};
}
