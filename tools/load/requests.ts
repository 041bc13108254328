import { Agent, request as httpRequest } from 'node:http';
import { randomBytes, randomInt } from 'node:crypto';
import { inspect } from 'node:util';
import { openAnswer, writeRequest, type ExapiKey } from '../../nodes/Exapi/protocol';

export interface Addresses {
	exapi: string;
	elektrik: string;
}

/** One request and what must come of it. Rejects in words when something else does. */
export type Request = () => Promise<void>;

interface Response {
	status: number;
	body: string;
}

const ANSWERED_WITHIN_MS = 30_000;

/** The traffic of a day: orders, questions, checks, and some that are not to be admitted. */
export class Requests {
	private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });
	private readonly kinds: ReadonlyArray<readonly [weight: number, request: Request]>;

	constructor(
		private readonly addresses: Addresses,
		private readonly key: ExapiKey,
	) {
		this.kinds = [
			[4, async () => await this.addOrder()],
			[2, async () => await this.status()],
			[1, async () => await this.changes()],
			[1, async () => await this.orders()],
			[3, async () => await this.checkByJson()],
			[2, async () => await this.checkBySoap()],
			[1, async () => await this.wsdl()],
			[1, async () => await this.forged()],
			[1, async () => await this.nonsense()],
		];
	}

	/** One of them by chance. */
	readonly next: Request = async () => {
		let at = randomInt(this.kinds.reduce((sum, [weight]) => sum + weight, 0));
		for (const [weight, request] of this.kinds) {
			if (at < weight) {
				await request();
				return;
			}
			at -= weight;
		}
	};

	/** Closes the connections that were kept. */
	close(): void {
		this.agent.destroy();
	}

	private async call(method: string, params: unknown[]): Promise<unknown> {
		const id = randomBytes(8).toString('hex');
		const answer = await this.send(
			this.addresses.exapi,
			writeRequest({ method, params, id }, this.key),
		);
		if (answer === 'closed') throw new Error(`${method}: the connection was closed`);
		return openAnswer(answer.body, this.key, id).result;
	}

	private async addOrder(): Promise<void> {
		const kolvo = randomInt(1, 1_000_000);
		expectSame(
			await this.call('addOrder', [{ order_id: `A-${kolvo}`, good_id: 'Чайник', kolvo }]),
			kolvo,
		);
	}

	private async status(): Promise<void> {
		const number = `A-${randomInt(1_000_000)}`;
		const result = (await this.call('getOrderStatus', [[number]])) as unknown[][];
		expectSame(result[0]?.[0], number);
	}

	private async changes(): Promise<void> {
		const revision = randomInt(1_000_000);
		const result = (await this.call('getOrderStatusR', [revision])) as { rev: number };
		expectSame(result.rev, revision + 1);
	}

	private async orders(): Promise<void> {
		const since = `2026-01-01 00:00:${String(randomInt(10, 60))}`;
		const result = (await this.call('getOrders', [since])) as Array<{ fio: string }>;
		expectSame(result[0]?.fio, since);
	}

	private async checkByJson(): Promise<void> {
		const phone = randomBytes(16).toString('hex');
		const answer = await this.send(
			this.addresses.elektrik,
			JSON.stringify({ action: 'user.check', phone }),
		);
		expectSame(answer !== 'closed' && answer.body, `{"exist":true,"points":${pointsOf(phone)}}`);
	}

	private async checkBySoap(): Promise<void> {
		const phone = randomBytes(16).toString('hex');
		const answer = await this.send(
			this.addresses.elektrik,
			`<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body><CheckUser><phone>${phone}</phone></CheckUser></e:Body></e:Envelope>`,
			'application/soap+xml',
		);
		const points = /<points[^>]*>([\d.]+)</.exec(answer === 'closed' ? '' : answer.body)?.[1];
		expectSame(points, String(pointsOf(phone)));
	}

	private async wsdl(): Promise<void> {
		const answer = await this.send(`${this.addresses.elektrik}?wsdl`);
		expectSame(answer !== 'closed' && answer.body.includes('CheckUserResponse'), true);
	}

	private async forged(): Promise<void> {
		const call = { method: 'addOrder', params: [], id: '' };
		const body = writeRequest(call, { ...this.key, secret: randomBytes(8).toString('hex') });
		expectSame(await this.send(this.addresses.exapi, body), 'closed');
	}

	private async nonsense(): Promise<void> {
		expectSame(await this.send(this.addresses.exapi, '{'.repeat(randomInt(1, 1_000))), 'closed');
	}

	/** A GET without a body. */
	private async send(
		url: string,
		body?: string,
		type = 'application/json',
	): Promise<Response | 'closed'> {
		return await new Promise((resolve, reject) => {
			const options = {
				agent: this.agent,
				method: body === undefined ? 'GET' : 'POST',
				headers: { 'content-type': type },
				timeout: ANSWERED_WITHIN_MS,
			};
			const request = httpRequest(url, options, (response) => {
				const chunks: Buffer[] = [];
				response.on('data', (chunk: Buffer) => chunks.push(chunk));
				response.on('error', reject);
				response.on('end', () =>
					resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
				);
			});
			request.on('timeout', () => request.destroy(new Error('No answer in 30 s')));
			request.on('error', (error: NodeJS.ErrnoException) => {
				if (['ECONNRESET', 'EPIPE'].includes(error.code ?? '')) resolve('closed');
				else reject(error);
			});
			request.end(body);
		});
	}
}

/** What the workflow makes of a hash. */
function pointsOf(phoneHash: string): number {
	return Number.parseInt(phoneHash.slice(0, 6), 16);
}

function expectSame(received: unknown, expected: unknown): void {
	if (received === expected) return;
	const shown = inspect(received).slice(0, 200);
	throw new Error(`${shown} came where ${inspect(expected)} was expected`);
}
