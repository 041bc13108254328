import { request, type Agent, type IncomingHttpHeaders } from 'node:http';
import { openAnswer, writeRequest, type ExapiKey } from '../../../nodes/Exapi/protocol';

export interface HttpAnswer {
	status: number;
	headers: IncomingHttpHeaders;
	body: string;
}

/** Posts a body and reads the whole answer; rejects with Node's error when the connection breaks. */
export function post(url: string, body: string | Buffer, agent?: Agent): Promise<HttpAnswer> {
	return new Promise((resolve, reject) => {
		const headers = { 'Content-Type': 'application/json' };
		const outgoing = request(url, { method: 'POST', agent, headers }, (incoming) => {
			const chunks: Buffer[] = [];
			incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
			incoming.on('error', reject);
			incoming.on('end', () => {
				const { statusCode = 0, headers } = incoming;
				resolve({ status: statusCode, headers, body: Buffer.concat(chunks).toString('utf8') });
			});
		});
		outgoing.on('error', reject);
		outgoing.end(body);
	});
}

/** A partner that signs what it sends to one CRM. */
export class Partner {
	private lastId = 0;

	constructor(
		readonly url: string,
		readonly key: ExapiKey,
		private readonly agent?: Agent,
	) {}

	/** Sends one request and gives the answer as it came over HTTP. */
	send(method: string, params: unknown[], id = String(++this.lastId)): Promise<HttpAnswer> {
		return post(this.url, writeRequest({ method, params, id }, this.key), this.agent);
	}

	/** Sends one request and gives the result out of its signed answer. */
	async call(method: string, ...params: unknown[]): Promise<unknown> {
		const id = String(++this.lastId);
		const { body } = await this.send(method, params, id);
		return openAnswer(body.replace(/^\uFEFF/, ''), this.key, id).result;
	}

	addOrder(orderId: string): Promise<unknown> {
		return this.call('addOrder', {
			order_id: orderId,
			good_id: 'Lamp',
			kolvo: 2,
			phone: '+70000000000',
		});
	}
}
