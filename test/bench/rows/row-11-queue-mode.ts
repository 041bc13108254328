import { setTimeout as sleep } from 'node:timers/promises';
import { profileOf } from '../host/host';
import { requestRate } from '../host/load';
import { cpuSeconds, cpuSecondsOfAll, memoryOf, openConnections } from '../host/processes';
import { oursIn } from '../host/profile';
import { startQueueMode, type QueueMode } from '../host/queue';
import { messagesTo } from '../host/webhooks';
import type { Comparison, Fact } from '../measure/comparison';
import { median } from '../measure/statistics';
import { digits, grownBy } from '../report/figures';
import type { QueueFigures, Row, Size } from '../row';

interface Sizes {
	rounds: number;
	requests: number;
	connections: number;
	/** Webhook processors and workers, growing. */
	settings: Array<[webhooks: number, workers: number]>;
}
const SIZES: Record<Size, Sizes> = {
	full: {
		rounds: 3,
		requests: 48,
		connections: 900,
		settings: [
			[1, 1],
			[1, 2],
			[1, 3],
			[2, 3],
		],
	},
	quick: { rounds: 1, requests: 4, connections: 5, settings: [[1, 1]] },
};
const AT_ONCE = 24;

export const queueMode: Row = {
	id: '11',
	title: 'Queue mode',
	how: `Signed orders to the Exapi Trigger, ${AT_ONCE} at once, in n8n’s queue mode: a main process, webhook processors that receive, workers that execute, over PostgreSQL and Redis, all on this one machine together with the bench. Beside it regular mode: one process over SQLite. CPU time by process is what the system counted. All of them prepare isolates when an expression needs one (row 5).`,

	async measure(stage, size, progress) {
		const { rounds, requests, settings, connections } = SIZES[size];
		const regular: number[] = [];
		const host = await stage.host('lazy');
		const { exapi } = messagesTo(host.n8n.url);
		for (let round = 0; round < rounds; round++) {
			regular.push(await requestRate(exapi, requests, AT_ONCE));
		}
		await stage.releaseHost();
		const queue = await startQueueMode(stage);
		try {
			const comparisons: Comparison[] = [];
			const figures: QueueFigures = { regular: median(regular), settings: [], connectionBytes: 0 };
			for (const [webhooks, workers] of settings) {
				progress(`  ${webhooks} webhook processors, ${workers} workers`);
				await queue.grow(webhooks, workers);
				const rates: number[] = [];
				const costs = await costsOf(queue, requests * rounds, async () => {
					for (let round = 0; round < rounds; round++) rates.push(await rateOf(queue, requests));
				});
				figures.settings.push({ webhooks, workers, rate: median(rates), ...costs });
				comparisons.push(compared(webhooks, workers, rates, regular));
			}
			figures.connectionBytes = await connectionCost(queue, connections);
			return {
				comparisons,
				facts: [...costFacts(figures), await workerProfile(queue, requests)],
				queue: figures,
			};
		} finally {
			await queue.stop();
		}
	},
};

/** Orders a second, sent to all webhook processors at once. */
async function rateOf({ webhooks }: QueueMode, requests: number): Promise<number> {
	const share = Math.ceil(requests / webhooks.length);
	const atOnce = Math.ceil(AT_ONCE / webhooks.length);
	const rates = await Promise.all(
		webhooks.map(async ({ url }) => await requestRate(messagesTo(url).exapi, share, atOnce)),
	);
	return rates.reduce((sum, rate) => sum + rate, 0);
}

function compared(webhooks: number, workers: number, ours: number[], others: number[]): Comparison {
	const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;
	return {
		work: `queue mode: ${count(webhooks, 'webhook processor')}, ${count(workers, 'worker')}`,
		other: 'regular mode',
		unit: 'requests/s',
		ours,
		others,
		ratio: 'faster',
	};
}

type Costs = QueueFigures['settings'][number]['cpu'];

/** CPU milliseconds a request, by the kind of process. */
async function costsOf(
	queue: QueueMode,
	requests: number,
	work: () => Promise<void>,
): Promise<{ cpu: Costs }> {
	const sum = (instances: QueueMode['workers']) =>
		instances.reduce((total, { pid }) => total + cpuSeconds(pid), 0);
	const count = (): Costs => ({
		main: cpuSeconds(queue.main.pid),
		webhooks: sum(queue.webhooks),
		workers: sum(queue.workers),
		all: cpuSecondsOfAll() - process.cpuUsage().user / 1e6 - process.cpuUsage().system / 1e6,
	});
	// The first requests load nodes and fill caches.
	await rateOf(queue, AT_ONCE);
	const before = count();
	await work();
	const after = count();
	const spent = (kind: keyof Costs) => ((after[kind] - before[kind]) * 1000) / requests;
	return {
		cpu: {
			main: spent('main'),
			webhooks: spent('webhooks'),
			workers: spent('workers'),
			all: spent('all'),
		},
	};
}

function costFacts({ settings, connectionBytes }: QueueFigures): Fact[] {
	const largest = settings.at(-1);
	if (!largest) return [];
	const { cpu, webhooks, workers } = largest;
	const rest = cpu.all - cpu.main - cpu.webhooks - cpu.workers;
	const ms = (value: number) => `${digits(value)} ms`;
	return [
		{
			what: `CPU time an order, ${webhooks} webhook processors, ${workers} workers`,
			other: `workers ${ms(cpu.workers)}, webhook processors ${ms(cpu.webhooks)}, main ${ms(cpu.main)}, PostgreSQL, Redis and the rest of the machine ${ms(rest)}`,
			value: ms(cpu.all),
		},
		{ what: 'memory grown by an open connection', value: grownBy(connectionBytes) },
	];
}

/** So many times as stay within a limit of 4,096 open files. */
const OPENED_TIMES = 4;

/** What the memory of a process grows by with each connection, once it has no more to spare. */
async function connectionCost({ webhooks }: QueueMode, count: number): Promise<number> {
	const [instance] = webhooks;
	if (!instance) return 0;
	const growths: number[] = [];
	const closes: Array<() => void> = [];
	while (growths.length < OPENED_TIMES) {
		const before = memoryOf(instance.pid);
		closes.push(await openConnections(instance.url, count));
		await sleep(500);
		growths.push((memoryOf(instance.pid) - before) / count);
	}
	closes.forEach((close) => close());
	return Math.max(0, ...growths);
}

async function workerProfile(queue: QueueMode, requests: number): Promise<Fact> {
	const [worker] = queue.workers;
	if (!worker) throw new Error('There is no worker to profile');
	const shares = await profileOf(worker, queue.workerProfile, async () => {
		await rateOf(queue, requests);
	});
	const first = shares.slice(0, 6).map(({ name, share }) => `${name} ${digits(share * 100)} %`);
	return {
		what: 'CPU time of a worker that is ours',
		other: `first of the profile: ${first.join(', ')}`,
		value: `${digits(oursIn(shares) * 100)} %`,
	};
}
