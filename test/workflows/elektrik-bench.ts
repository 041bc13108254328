import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { serve } from '../unit/shared/loopback';
import { runNode, type NodeOutcome, type NodeRun } from './engine';

/** Invented; never shown anywhere, which the tests check. */
export const UID = 'deadbeef00112233445566778899aabb';

/** The hash (docs/protocols/elektrik.md, 1.6), without any code of ours. */
export const hashOf = (phone: string) =>
	createHash('md5')
		.update(phone + UID)
		.digest('hex');

/** A request as it came. */
export interface Received {
	method: string;
	url: string;
	headers: IncomingHttpHeaders;
	text: string;
}

export type Handler = (request: Received, response: ServerResponse) => void;

/** A server of the other side, and our node beside it. */
export interface ElektrikBench {
	url: string;
	received: Received[];
	/** Bodies of the updates that came, in their order. */
	updates(): Array<Record<string, unknown>>;
	/** What the server does; as the portal by default. */
	answer: Handler;
	run(
		operation: string,
		parameters: NodeRun['parameters'],
		more?: Partial<NodeRun>,
	): Promise<NodeOutcome>;
	stop(): Promise<void>;
}

/** A portal that takes all points. */
export const accepting: Handler = (_, response) => {
	response.setHeader('content-type', 'application/json');
	response.end('{"success":true,"result":true}');
};

export async function startElektrikBench(): Promise<ElektrikBench> {
	const received: Received[] = [];
	const server = await serve((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const seen: Received = {
				method: request.method ?? '',
				url: request.url ?? '',
				headers: request.headers,
				text: Buffer.concat(chunks).toString(),
			};
			received.push(seen);
			bench.answer(seen, response);
		});
	});
	const bench: ElektrikBench = {
		url: server.url,
		received,
		updates: () => received.map(({ text }) => JSON.parse(text) as Record<string, unknown>),
		answer: accepting,
		stop: async () => await server.close(),
		run: async (operation, parameters, more = {}) => {
			const [resource, name] = operation.split('.');
			const outcome = await runNode({
				node: 'elektrik',
				parameters: { resource, operation: name, ...parameters },
				credentials: { elektrikApi: { url: server.url, uid: UID, allowUnauthorizedCerts: false } },
				...more,
			});
			const shown = JSON.stringify([outcome.items, outcome.errors, outcome.hints, outcome.error]);
			if (shown.includes(UID)) throw new Error('The uid was shown');
			return outcome;
		},
	};
	return bench;
}
