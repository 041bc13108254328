import { setTimeout as sleep } from 'node:timers/promises';

const READY_WITHIN_MS = 20_000;

/** n8n may still answer 404 for a moment after it has published a workflow. */
export async function sendWhenPublished<Exchange extends { status: number | 'closed' }>(
	send: () => Promise<Exchange>,
): Promise<Exchange> {
	const until = Date.now() + READY_WITHIN_MS;
	for (;;) {
		const exchange = await send();
		if (exchange.status !== 404 || Date.now() > until) return exchange;
		await sleep(250);
	}
}
