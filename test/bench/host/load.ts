import { Agent, request as httpRequest } from 'node:http';

/** A message that is sent over and over. */
export interface Message {
	url: string;
	/** Written anew for each request: an order that comes again starts nothing. */
	body: () => string;
	contentType: string;
	/** What a good answer holds; `null`: none may come, the connection is to be closed. */
	expected: string | null;
}

/**
 * Sends a message so many times, a few at once, over kept connections, and checks each answer.
 *
 * @returns requests a second
 * @throws Error for an answer that is not as expected
 */
export async function requestRate(
	message: Message,
	count: number,
	atOnce: number,
): Promise<number> {
	const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
	let left = count;
	const lane = async () => {
		while (left-- > 0) check(message, await send(message, agent));
	};
	const started = performance.now();
	await Promise.all(Array.from({ length: atOnce }, lane));
	const seconds = (performance.now() - started) / 1000;
	agent.destroy();
	return count / seconds;
}

/** So many requests as take about so many seconds, within bounds. */
export async function countFor(
	message: Message,
	seconds: number,
	atOnce: number,
	[least, most]: [number, number],
): Promise<number> {
	const rate = await requestRate(message, least, atOnce);
	return Math.min(most, Math.max(least, Math.round(rate * seconds)));
}

function check({ expected, url }: Message, answer: string | null): void {
	const isGood = expected === null ? answer === null : answer?.includes(expected) === true;
	if (!isGood) throw new Error(`${url} answered ${answer ?? 'nothing'}`);
}

/** @returns the answer's text; `null` when the connection was closed without one */
async function send(message: Message, agent: Agent): Promise<string | null> {
	const { url, contentType } = message;
	const body = message.body();
	return await new Promise((resolve, reject) => {
		const headers = { 'content-type': contentType, 'content-length': Buffer.byteLength(body) };
		const request = httpRequest(url, { method: 'POST', headers, agent }, (response) => {
			const chunks: Buffer[] = [];
			response.on('data', (chunk: Buffer) => chunks.push(chunk));
			response.on('error', reject);
			response.on('end', () => resolve(Buffer.concat(chunks).toString()));
		});
		request.on('error', (error: NodeJS.ErrnoException) => {
			if (error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve(null);
			else reject(error);
		});
		request.end(body);
	});
}
