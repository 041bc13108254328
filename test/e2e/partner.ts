import { request as httpRequest } from 'node:http';
import { openAnswer, writeRequest, type ExapiKey } from '../../nodes/Exapi/protocol';

/** An answer of the trigger: bytes as they came, or nothing because the connection was closed. */
export type RawAnswer =
	{ status: number; headers: Record<string, unknown>; body: string } | 'closed';

/** A partner of exapi that sends to a webhook. */
export class Partner {
	constructor(
		readonly url: string,
		readonly key: ExapiKey,
		/** The address that it sends from, where this machine has several. */
		private readonly localAddress?: string,
	) {}

	/** Calls a method and opens the signed answer. */
	async call(method: string, params: unknown[], id = 'id-1'): Promise<{ result: unknown }> {
		const answer = await this.send(this.sign(method, params, id));
		if (answer === 'closed') throw new Error('The connection was closed');
		return openAnswer(answer.body, this.key, id);
	}

	sign(method: string, params: unknown[], id = 'id-1'): string {
		return writeRequest({ method, params, id }, this.key);
	}

	/** Sends any body. */
	async send(body: string | Buffer, headers: Record<string, string> = {}): Promise<RawAnswer> {
		return await new Promise((resolve, reject) => {
			const { localAddress } = this;
			const options = { method: 'POST', headers, localAddress };
			const request = httpRequest(this.url, options, (response) => {
				const chunks: Buffer[] = [];
				response.on('data', (chunk: Buffer) => chunks.push(chunk));
				response.on('error', reject);
				response.on('end', () =>
					resolve({
						status: response.statusCode ?? 0,
						headers: response.headers,
						body: Buffer.concat(chunks).toString(),
					}),
				);
			});
			request.on('error', (error: NodeJS.ErrnoException) => {
				if (['ECONNRESET', 'EPIPE'].includes(error.code ?? '')) resolve('closed');
				else reject(error);
			});
			request.end(body);
		});
	}
}
