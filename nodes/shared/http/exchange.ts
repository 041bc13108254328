import type { Readable } from 'node:stream';
import { startDeadline, type Deadline } from './deadline';
import { connectTimeoutOf, HttpFailure, toHttpFailure } from './failure';
import type { HttpRequest, HttpResponse } from './message';
import type { RequestProgress } from './request-progress';

/** The head of an answer, its body still on the way. */
export interface StreamedResponse {
	status: number;
	headers: object;
	stream: Readable;
}

/**
 * A way of getting a request out; it follows no redirects and reads no bodies. It records in
 * `progress` what it sees of the request on its way.
 */
export type Exchange = (
	request: HttpRequest,
	signal: AbortSignal,
	progress: RequestProgress,
) => Promise<StreamedResponse>;

/**
 * Sends one request and reads its answer within the request's time and size.
 *
 * @param remaining milliseconds of the request's timeout that waiting and redirects have left
 * @throws HttpFailure
 */
export async function exchangeOnce(
	exchange: Exchange,
	request: HttpRequest,
	remaining = request.timeout,
): Promise<HttpResponse> {
	const { host } = new URL(request.url);
	const deadline = startDeadline(host, request.timeout, request.signal, remaining);
	const progress: RequestProgress = { mayHaveLeft: undefined };
	let answering = false;
	try {
		if (deadline.failure) throw deadline.failure.beforeSending();
		const response = await exchange(request, deadline.signal, progress);
		answering = true;
		const body = await readBody(response.stream, request, deadline);
		return { status: response.status, headers: plainHeaders(response.headers), body };
	} catch (error) {
		if (error instanceof HttpFailure) throw error;
		const { mayHaveLeft } = progress;
		if (!deadline.failure) throw toHttpFailure(error, host, answering, mayHaveLeft);
		throw mayHaveLeft === false ? endedBeforeSending(deadline.failure, request) : deadline.failure;
	} finally {
		deadline.clear();
	}
}

/** The deadline passed, or the user stopped, while the connection was still being made. */
function endedBeforeSending(failure: HttpFailure, { url, timeout }: HttpRequest): HttpFailure {
	return failure.kind === 'timeout'
		? connectTimeoutOf(new URL(url).host, timeout)
		: failure.beforeSending();
}

async function readBody(
	stream: Readable,
	{ url, maxAnswerBytes }: HttpRequest,
	deadline: Deadline,
): Promise<Buffer> {
	const stop = () => stream.destroy(deadline.failure);
	deadline.signal.addEventListener('abort', stop, { once: true });
	if (deadline.signal.aborted) stop();
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of stream as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size > maxAnswerBytes) {
			// Leaving the loop destroys the stream and with it the connection.
			throw new HttpFailure(
				'tooLarge',
				`The answer of ${new URL(url).host} is larger than ${maxAnswerBytes / 1024 / 1024} MB`,
				'If it is a list, ask for less at once; if not, check the address: another server may answer there.',
			);
		}
		chunks.push(chunk);
	}
	return Buffer.concat(chunks, size);
}

function plainHeaders(headers: object): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers)
			.filter(([, value]) => value !== undefined && value !== null)
			.map(([name, value]) => [name.toLowerCase(), String(value)]),
	);
}
