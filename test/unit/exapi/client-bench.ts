import { lookup } from 'node:dns';
import type { ServerResponse } from 'node:http';
import type { NodeEgressFilter } from 'n8n-workflow';
import { openRequest, writeAnswer, type ExapiRequest } from '../../../nodes/Exapi/protocol';
import { readCredential } from '../../../nodes/Exapi/client/credential';
import { type CallOptions, ExapiClient } from '../../../nodes/Exapi/client/client';
import { createHttpClient } from '../../../nodes/shared/http';
import { serve, type Loopback } from '../shared/loopback';

export const KEY = { sender: 'partner_7', secret: 'never-to-be-seen 7d1f' };

const passing: NodeEgressFilter = {
	validateUrl: async () => await Promise.resolve({ ok: true, result: undefined }),
	validateConnectionHost: () => ({ ok: true, result: undefined }),
	createSecureLookup: () => lookup,
	validateRedirectSync: () => undefined,
};
const send = createHttpClient({ httpRequest: jest.fn(), getSecureEgressFilter: () => passing });

/** A request as the CRM got it. */
interface Arrived {
	body: string;
	/** What was signed; `undefined` if not with {@link KEY}. */
	request: ExapiRequest | undefined;
}

/** How a CRM responds to its next requests. */
export type Response = (response: ServerResponse, sign: () => string) => void;

const signed: Response = (response, sign) => response.end(sign());
const closed: Response = (response) => response.destroy();
const empty: Response = (response) => response.end();
const status =
	(code: number): Response =>
	(response) =>
		response.writeHead(code).end('<html>a page of the proxy</html>');

export const RESPONSES = { signed, closed, empty, status };

/** A CRM on loopback that responds as a test wants, and clients of it in one process. */
export class ClientBench {
	readonly arrived: Arrived[] = [];
	respond: Response = RESPONSES.signed;

	private constructor(private readonly server: Loopback) {}

	static async start(): Promise<ClientBench> {
		const server = await serve((request, response) => {
			const chunks: Buffer[] = [];
			request.on('data', (chunk: Buffer) => chunks.push(chunk));
			request.on('end', () => bench.receive(Buffer.concat(chunks).toString(), response));
		});
		const bench = new ClientBench(server);
		return bench;
	}

	get url(): string {
		return this.server.url;
	}

	/** A client of another execution: executions share nothing but the process. */
	client(fields: Record<string, unknown> = {}): ExapiClient {
		const credential = readCredential({ url: this.url, ...KEY, ...fields });
		return new ExapiClient(credential, send);
	}

	/** Makes a call by a client of its own, and returns its result or error. */
	async call(options: Partial<CallOptions> = {}, fields: Record<string, unknown> = {}) {
		return await this.callBy(this.client(fields), options);
	}

	async callBy(client: ExapiClient, options: Partial<CallOptions> = {}): Promise<unknown> {
		try {
			const method = { method: 'getOrders', params: [] };
			const all = { changes: false, timeout: 10_000, ...options };
			return (await client.call(method, all)).result;
		} catch (error) {
			return error;
		}
	}

	async stop(): Promise<void> {
		await this.server.close();
	}

	private receive(body: string, response: ServerResponse): void {
		let request: ExapiRequest | undefined;
		try {
			({ request } = openRequest(body, () => [KEY.secret]));
		} catch {
			// Signed with another secret.
		}
		this.arrived.push({ body, request });
		this.respond(response, () =>
			writeAnswer({ result: 'done', error: null, id: request?.id ?? null }, KEY),
		);
	}
}
