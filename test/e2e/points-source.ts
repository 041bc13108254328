import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ElektrikSystem } from '../../sandbox/elektrik';
import type { WorkflowDefinition } from '../../tools/n8n/workflow';

const PHONES = Array.from({ length: 8 }, (_, index) => `7900000010${index}`);
const CHANGE_EVERY_MS = 150;
/** So long an update is on its way: whoever dies is likely to die meanwhile. */
const PORTAL_DELAY_MS = 80;
const TOLD_WITHIN_MS = 120_000;
const STAYS_FOR_MS = 5_000;

/** A distributor's own books: points of electricians, which change all the time. */
export class PointsSource {
	private readonly points = new Map(PHONES.map((phone) => [phone, 0]));
	private readonly server: Server;
	private timer: NodeJS.Timeout | undefined;
	private changes = 0;

	private constructor(private readonly portal: ElektrikSystem['portal']) {
		portal.seed(...PHONES.map((phone) => ({ phone })));
		portal.injectFault({ kind: 'delay', ms: PORTAL_DELAY_MS, times: 'always' });
		this.server = createServer((_request, response) => {
			response.setHeader('Content-Type', 'application/json');
			response.end(JSON.stringify([...this.points].map(([phone, points]) => ({ phone, points }))));
		});
	}

	/** Begins to change points. */
	static async start(portal: ElektrikSystem['portal']): Promise<PointsSource> {
		const source = new PointsSource(portal);
		source.server.listen(0, '127.0.0.1');
		await once(source.server, 'listening');
		source.timer = setInterval(() => source.change(), CHANGE_EVERY_MS);
		return source;
	}

	/** A workflow that tells the portal all points every two seconds. */
	workflow(credentialId: string): WorkflowDefinition {
		const { port } = this.server.address() as AddressInfo;
		const target = (node: string) => ({ main: [[{ node, type: 'main' as const, index: 0 }]] });
		return {
			name: 'Points',
			nodes: [
				{
					name: 'Every two seconds',
					type: 'n8n-nodes-base.scheduleTrigger',
					typeVersion: 1.2,
					position: [0, 0],
					parameters: { rule: { interval: [{ field: 'seconds', secondsInterval: 2 }] } },
				},
				{
					name: 'Books',
					type: 'n8n-nodes-base.httpRequest',
					typeVersion: 4.2,
					position: [200, 0],
					parameters: { url: `http://127.0.0.1:${port}/`, options: {} },
				},
				{
					name: 'Portal',
					type: 'n8n-nodes-partner-exchange.elektrik',
					typeVersion: 1,
					position: [400, 0],
					parameters: {
						resource: 'user',
						operation: 'updatePoints',
						dataMode: 'autoMapInputData',
						options: { concurrency: 2 },
					},
					credentials: { elektrikApi: { id: credentialId, name: 'Portal' } },
				},
			],
			connections: { 'Every two seconds': target('Books'), Books: target('Portal') },
			settings: { executionOrder: 'v1' },
		};
	}

	/**
	 * Changes points no more and waits until the portal has the last ones, for five seconds on end: an
	 * older execution may still be running beside a newer one.
	 *
	 * @returns what the portal has then, or after two minutes, and what the books have
	 */
	async settle(): Promise<{ portal: Record<string, number>; books: Record<string, number> }> {
		clearInterval(this.timer);
		const books = Object.fromEntries(this.points);
		const until = Date.now() + TOLD_WITHIN_MS;
		let since = Date.now();
		while (Date.now() < until && Date.now() - since < STAYS_FOR_MS) {
			await sleep(50);
			const told = this.told();
			if (PHONES.some((phone) => told[phone] !== books[phone])) since = Date.now();
		}
		return { portal: this.told(), books };
	}

	/** The number of updates that the portal executed. */
	get updates(): number {
		return this.portal.electricians().reduce((sum, { timesUpdated }) => sum + timesUpdated, 0);
	}

	async stop(): Promise<void> {
		clearInterval(this.timer);
		this.server.close();
		this.server.closeAllConnections();
		await once(this.server, 'close');
	}

	private told(): Record<string, number> {
		return Object.fromEntries(
			this.portal.electricians().map(({ phone, points }) => [phone, points]),
		);
	}

	private change(): void {
		this.changes += 1;
		this.points.set(PHONES[this.changes % PHONES.length]!, this.changes);
	}
}
