import { setTimeout as sleep } from 'node:timers/promises';
import type { Request } from './requests';

/** What requests came to. */
export class Tally {
	/** Milliseconds, one for each answer that was right. */
	readonly times: number[] = [];
	/** The words of each error, and how often it came. */
	readonly errors = new Map<string, number>();

	get failed(): number {
		return [...this.errors.values()].reduce((sum, count) => sum + count, 0);
	}

	get requests(): number {
		return this.times.length + this.failed;
	}

	async run(request: Request): Promise<void> {
		const started = performance.now();
		try {
			await request();
			this.times.push(performance.now() - started);
		} catch (error) {
			this.fail(error instanceof Error ? error.message : String(error));
		}
	}

	fail(words: string): void {
		this.errors.set(words, (this.errors.get(words) ?? 0) + 1);
	}

	/** @param share 0.99 for the time that 99 of 100 answers took at most */
	quantile(share: number): number {
		const sorted = [...this.times].sort((a, b) => a - b);
		return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
	}
}

/** So many clients, each sending the next request when the last was answered. */
export async function byClients(
	clients: number,
	seconds: number,
	next: Request,
	tally: Tally,
): Promise<number> {
	const started = performance.now();
	const before = tally.requests;
	const client = async () => {
		while (performance.now() - started < seconds * 1000) await tally.run(next);
	};
	await Promise.all(Array.from({ length: clients }, client));
	return ((tally.requests - before) / (performance.now() - started)) * 1000;
}

/** More than this at once mean that n8n no longer keeps up. */
const MAX_OPEN = 1_000;
const TICK_MS = 10;

/** So many requests a second, whether the earlier ones were answered or not; then waits for all. */
export async function byRate(
	perSecond: number,
	seconds: number,
	next: Request,
	tally: Tally,
): Promise<void> {
	const started = performance.now();
	const open = new Set<Promise<void>>();
	let sent = 0;
	for (;;) {
		const elapsed = performance.now() - started;
		if (elapsed >= seconds * 1000) break;
		while (sent < (elapsed / 1000) * perSecond) {
			sent += 1;
			if (open.size >= MAX_OPEN) {
				tally.fail('n8n does not keep up: a thousand requests wait');
				continue;
			}
			const running = tally.run(next);
			open.add(running);
			void running.then(() => open.delete(running));
		}
		await sleep(TICK_MS);
	}
	await Promise.all(open);
}
