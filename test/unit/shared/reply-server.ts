import compression from 'compression';
import express, { type Request, type Response } from 'express';
import { request, type Agent, type IncomingHttpHeaders } from 'node:http';
import {
	type Answer,
	type ResponseOutcome,
	type InterceptedResponse,
	type ReplyOptions,
	interceptResponse,
} from '../../../nodes/shared/reply/reply';
import { serve, type Loopback } from './loopback';

export const JSON_TYPE = 'application/json; charset=utf-8';

export const answerOf = (text: string, more: Partial<Answer> = {}): Answer => ({
	status: 200,
	contentType: JSON_TYPE,
	body: Buffer.from(text),
	...more,
});

/** The answer that repeats what it is made from, so that a client can tell. */
export const echoed = (outcome: ResponseOutcome): Answer =>
	answerOf(
		JSON.stringify(
			outcome.kind === 'written'
				? { kind: outcome.kind, status: outcome.status, body: outcome.body.toString() }
				: { kind: outcome.kind },
		),
	);

/** A server whose every response is taken over, and what it saw. */
export interface InterceptingServer extends Loopback {
	outcomes: ResponseOutcome[];
	/** In the order of requests. */
	replies: InterceptedResponse[];
	responses: Response[];
	/** The status of each head that left, as middleware before the webhook sees it. */
	heads: number[];
	/** What writing threw: nothing, or n8n would be harmed. */
	thrown: unknown[];
}

/**
 * Express as n8n has it: with compression before the webhook.
 *
 * @param write what happens to the response after it was taken over
 */
export async function intercept(
	write: (response: Response, request: Request) => unknown,
	options: Partial<ReplyOptions> = {},
): Promise<InterceptingServer> {
	const outcomes: ResponseOutcome[] = [];
	const replies: InterceptedResponse[] = [];
	const responses: Response[] = [];
	const heads: number[] = [];
	const thrown: unknown[] = [];
	const writes: Array<Promise<void>> = [];
	const app = express();
	app.use(compression());
	app.use((_, response, next) => {
		const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => Response;
		response.writeHead = (...args: unknown[]) => {
			heads.push(response.statusCode);
			return writeHead(...args);
		};
		response.setHeader('Content-Security-Policy', 'sandbox');
		next();
	});
	app.use((incoming, response) => {
		const { compose = echoed } = options;
		responses.push(response);
		replies.push(
			interceptResponse(response, {
				deadline: 5_000,
				fallback: () => answerOf('"fallback"'),
				...options,
				compose: (outcome) => {
					outcomes.push(outcome);
					return compose(outcome);
				},
			}),
		);
		writes.push(
			(async () => {
				await write(response, incoming);
			})().catch((error: unknown) => void thrown.push(error)),
		);
	});
	const server = await serve(app);
	const close = async () => {
		await Promise.all(writes);
		await server.close();
	};
	return { ...server, close, outcomes, replies, responses, heads, thrown };
}

export interface Received {
	status: number;
	statusMessage: string;
	headers: IncomingHttpHeaders;
	/** As it came: not decompressed. */
	text: string;
}

export interface Asking {
	method?: string;
	headers?: Record<string, string>;
	agent?: Agent;
	body?: string;
}

export async function ask(url: string, asking: Asking = {}): Promise<Received> {
	const { method = 'POST', headers = {}, agent, body } = asking;
	return await new Promise((resolve, reject) => {
		const outgoing = request(url, { method, headers, ...(agent && { agent }) }, (incoming) => {
			const chunks: Buffer[] = [];
			incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
			incoming.on('error', reject);
			incoming.on('end', () =>
				resolve({
					status: incoming.statusCode ?? 0,
					statusMessage: incoming.statusMessage ?? '',
					headers: incoming.headers,
					text: Buffer.concat(chunks).toString(),
				}),
			);
		});
		outgoing.on('error', reject);
		outgoing.end(body);
	});
}
