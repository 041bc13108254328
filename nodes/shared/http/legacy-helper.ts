import { Readable } from 'node:stream';
import type { Exchange, StreamedResponse } from './exchange';

/** The only helper that n8n gives to credential tests. */
export interface LegacyRequestHelper {
	request(options: object): Promise<unknown>;
}

/** Sends as n8n's credential tests have to. */
export function legacyExchange(helpers: LegacyRequestHelper): Exchange {
	return async (request): Promise<StreamedResponse> => {
		const response = (await helpers.request({
			uri: request.url,
			method: request.method,
			headers: request.headers ?? {},
			body: request.body,
			// Bytes as they come, whatever the status.
			encoding: null,
			resolveWithFullResponse: true,
			simple: false,
			followRedirect: false,
			rejectUnauthorized: !request.allowUnauthorizedCerts,
			timeout: request.timeout,
		})) as { statusCode: number; headers: object; body: Buffer | string | undefined };
		return {
			status: response.statusCode,
			headers: response.headers,
			stream: Readable.from([Buffer.from(response.body ?? '')]),
		};
	};
}
