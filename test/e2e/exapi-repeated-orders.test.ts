/** @needs php-curl redis postgresql */

import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRedis, type RedisServer } from '../peers/redis-server';
import { CLEAN_UP_TIMEOUT, INSTALL_TIMEOUT } from './host';
import { callByPhp } from './php-partner';
import { useQueueHost, type QueueHost } from './queue-host';
import { publishing, type Published } from './queue-publishing';
import { FAILED, LATE, ORDER } from './trigger-cases';
import { getJson } from './trigger-workflows';

const ORDERS = process.env.PARTNER_EXCHANGE_LONG ? 1_000 : 60;
const AT_ONCE = 8;
const DEADLINE_SECONDS = 8;
/** More attempts than Redis is away for, and than an order is late for. */
const MAX_ATTEMPTS = 15;
const AGAIN_AFTER_MS = 1_000;
const AT_WORK = 'The request is still being processed';
const TRY_AGAIN = 'The request cannot be processed now: try again later';

/** What happens to the first attempt at an order that reaches the CRM. */
type Fate = 'good' | 'fails before' | 'fails after' | 'late';

/** A CRM that looks for an order before it stores it, and takes its time in between. */
class StandIn {
	readonly stored: Array<{ orderId: string; crmId: number }> = [];
	private readonly seen = new Set<string>();
	private readonly server: Server;

	constructor(private readonly fateOf: (orderId: string) => Fate) {
		this.server = createServer((request, response) => {
			const { searchParams } = new URL(request.url ?? '', 'http://crm');
			const orderId = searchParams.get('order')!;
			this.add(orderId).then(
				(crmId) => response.setHeader('content-type', 'application/json').end(`{"crmId":${crmId}}`),
				() => response.writeHead(500).end(),
			);
		});
	}

	async start(): Promise<string> {
		this.server.listen(0, '127.0.0.1');
		await once(this.server, 'listening');
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	stop(): void {
		this.server.close();
		this.server.closeAllConnections();
	}

	numberOf(orderId: string): number | undefined {
		return this.stored.find((order) => order.orderId === orderId)?.crmId;
	}

	private async add(orderId: string): Promise<number> {
		const fate = this.seen.has(orderId) ? 'good' : this.fateOf(orderId);
		this.seen.add(orderId);
		if (fate === 'late') await sleep((DEADLINE_SECONDS + 2) * 1_000);
		if (fate === 'fails before') throw new Error('The CRM is away.');
		const known = this.numberOf(orderId);
		if (known !== undefined) return known;
		// Two executions at once for one order would both store it.
		await sleep(50 + Math.random() * 300);
		const crmId = 1_000 + this.stored.length;
		this.stored.push({ orderId, crmId });
		if (fate === 'fails after') throw new Error('The CRM broke down.');
		return crmId;
	}
}

let host: QueueHost;
let memory: RedisServer;
let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'exapi-orders-redis-'));
	memory = await startAof();
	host = await useQueueHost();
}, INSTALL_TIMEOUT);
afterAll(async () => {
	await memory.stop();
	await host.stop();
	await rm(folder, { recursive: true, force: true });
}, CLEAN_UP_TIMEOUT);

/** A Redis that writes each change to its file before it answers. */
async function startAof(port?: number): Promise<RedisServer> {
	const options = ['--appendonly', 'yes', '--appendfsync', 'always', '--dir', folder];
	return await startRedis(port, ...options);
}

/** One in ten fails, before or after it stores the order; one in twenty is late. */
function fateOf(orderId: string): Fate {
	const number = Number(orderId.split('-').at(-1)) % 20;
	if (number === 3) return 'fails before';
	if (number === 11) return 'fails after';
	return number === 17 ? 'late' : 'good';
}

interface Sent {
	orderId: string;
	result: unknown;
	error: string | null;
}

/** Sends an order 1 to 5 times, and again while the partner knows no number for it. */
async function sendOrder(partners: Published['partners'], index: number): Promise<Sent[]> {
	const orderId = `order-${index}`;
	const times = 1 + (index % 5);
	const sent: Sent[] = [];
	const send = async (attempt: number): Promise<void> => {
		const partner = partners[(index + attempt) % 2]!;
		const params = [{ ...ORDER, order_id: orderId }];
		const answer = await callByPhp(partner, 'addOrder', params, `${index}-${attempt}`);
		expect(answer).toMatchObject({ id: `${index}-${attempt}` });
		sent.push({ orderId, ...(answer as Omit<Sent, 'orderId'>) });
	};
	let attempt = 0;
	if (index % 3 === 0) {
		// While the first is at work.
		await Promise.all(Array.from({ length: times }, async () => await send(attempt++)));
	}
	while (attempt < times || !sent.some(({ error }) => error === null)) {
		if (attempt >= MAX_ATTEMPTS) break;
		if (sent.at(-1)?.error) await sleep(AGAIN_AFTER_MS);
		await send(attempt++);
	}
	return sent;
}

it(`${ORDERS} orders, each sent 1 to 5 times to two processors while Redis restarts, are stored once`, async () => {
	const crm = new StandIn(fateOf);
	const url = await crm.start();
	const publish = await publishing(host, memory);
	const { partners } = await publish(
		'repeated-orders',
		{ store: 'redis', deadline: DEADLINE_SECONDS },
		[getJson(`=${url}/?order={{ $json.order.orderId }}`)],
	);
	const sent: Sent[] = [];
	let next = 0;
	let restarted: Promise<void> | undefined;
	const restart = async () => {
		await memory.stop();
		await sleep(3_000);
		memory = await startAof(memory.port);
	};
	const lane = async () => {
		while (next < ORDERS) {
			const index = next++;
			if (index === ORDERS / 2) restarted = restart();
			sent.push(...(await sendOrder(partners, index)));
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, lane));
	await restarted;
	crm.stop();

	const numbers = crm.stored.map(({ orderId }) => orderId);
	expect(new Set(numbers).size).toBe(ORDERS);
	expect(numbers).toHaveLength(ORDERS);
	for (const { orderId, result, error } of sent) {
		if (error === null) expect([orderId, result]).toEqual([orderId, crm.numberOf(orderId)]);
		else expect([FAILED, LATE, AT_WORK, TRY_AGAIN]).toContain(error);
	}
	const told = new Set(sent.map(({ error }) => error));
	expect(told).toEqual(new Set([...told, null, FAILED, LATE, TRY_AGAIN]));
}, 1_800_000);
