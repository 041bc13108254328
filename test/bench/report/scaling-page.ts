import { cpus } from 'node:os';
import type { QueueFigures } from '../row';
import { digits, grownBy } from './figures';
import { markdownTable } from './performance-page';

type Setting = QueueFigures['settings'][number];

/** The used share of a process, so that it has a reserve for bursts. */
const FILLED = 0.6;
/** The assumed orders and status requests of a partner per day. */
const ORDERS_PER_DAY = 500;
const STATUS_REQUESTS_PER_DAY = 288;
/** The busiest hour, as a multiple of the average. */
const PEAK = 5;
const PARTNERS = [10, 100, 1_000];

/** Writes docs/scaling.md as Markdown, computed from the figures of row 11. */
export function scalingPage(queue: QueueFigures, machine: readonly string[]): string {
	const base = queue.settings[0];
	if (!base) return '';
	const { cpu } = base;
	const cores = cpus().length;
	const rest = restOf(base);
	return `# Scaling out

How far one n8n scales with this package, which part becomes the bottleneck first, and which settings to use for more partners. All figures come from row 11 of [the bench](performance.md):

${machine.map((line) => `- ${line}`).join('\n')}

## What a request costs

Each order that the Exapi Trigger receives is an execution in n8n. In queue mode, with one webhook processor and one worker, it takes this CPU time:

${markdownTable(
	['Process', 'CPU time per order', 'Maximum per process'],
	[
		['webhook processor', `${digits(cpu.webhooks)} ms`, `${digits(1000 / cpu.webhooks)} orders/s`],
		['worker', `${digits(cpu.workers)} ms`, `${digits(1000 / cpu.workers)} orders/s`],
		['main', `${digits(cpu.main)} ms`, '–'],
		['PostgreSQL, Redis, system', `${digits(rest)} ms`, '–'],
		['**together**', `**${digits(cpu.all)} ms**`, `${digits(1000 / cpu.all)} orders/s per core`],
	],
)}

In regular mode, one process with SQLite answered ${digits(queue.regular)} orders per second. Each open idle connection increased the memory of a webhook processor by ${grownBy(queue.connectionBytes)}, in addition to the free part of its heap. A rejected request costs no execution, see row 6.

## The model

An n8n process uses at most one core. The number of orders per second is therefore the smallest of:

1. webhook processors × ${digits(1000 / cpu.webhooks)},
2. workers × ${digits(1000 / cpu.workers)},
3. cores × ${digits(1000 / cpu.all)}, because the cores share all of the work.

Compared with measurements on ${cores} cores:

${markdownTable(
	['Webhook processors', 'Workers', 'Model', 'Measured', 'Bottleneck'],
	queue.settings.map((setting) => {
		const { limit, what } = modelled(setting, base, cores);
		return [
			String(setting.webhooks),
			String(setting.workers),
			`${digits(limit)}/s`,
			`${digits(setting.rate)}/s`,
			what,
		];
	}),
)}

On one machine, more workers than cores have no effect: the figures show the limit of these ${cores} cores, not of processes with a core each.

## Settings

The table assumes for each partner ${ORDERS_PER_DAY} orders and ${STATUS_REQUESTS_PER_DAY} status requests per day, and a busiest hour of ${PEAK} times the average. A process is used to at most ${FILLED * 100} %.

${markdownTable(
	['Partners', 'Requests/s in the busiest hour', 'Set up', 'Cores'],
	PARTNERS.map((partners) => settingFor(partners, base, queue)),
)}

Set this on all processes: \`N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE=true\`. All figures were measured with it. By default, n8n prepares two isolates for expressions for each request to a trigger, even if there is no expression. Without isolates it answers about three times as many requests (row 5 shows all three settings).

In queue mode:

- have n8n keep finished jobs for a while (\`N8N_EXECUTIONS_QUEUE_KEEP_LAST_COMPLETED=1000\`, [why](queue-mode-and-proxies.md)); all figures were measured with this too;
- set **Remember Bans In** of the Exapi Trigger to Redis: in memory, each webhook processor counts failures for itself. Each request then needs one more query to Redis, which takes far less than a millisecond;
- give each worker \`--concurrency=10\` (n8n's default) or less: executions mostly wait for partners, but each holds its items in memory;
- have n8n prune executions (\`EXECUTIONS_DATA_PRUNE\`, \`EXECUTIONS_DATA_MAX_AGE\`), or save only failed ones for busy triggers: storing executions is most of PostgreSQL's work;
- put the webhook processors behind a load balancer with keep-alive, and set \`N8N_PROXY_HOPS\`: otherwise all partners share its address, and one ban applies to all unknown senders;
- the webhook processor enforces the deadline of a trigger: if workers are too slow, partners get a signed error in time instead of a hanging connection.

## Bottlenecks

${firstToGive(cpu)} The next ones are the cores, and then PostgreSQL, which runs a few statements per execution. Redis handles one message per execution and is far from its limit at these rates. Triggers reject requests at the rate of row 6, so a flood of unsigned requests occupies the webhook processors and never reaches a worker.
`;
}

function firstToGive({ webhooks, workers }: Setting['cpu']): string {
	return webhooks >= workers
		? 'The webhook processors are the first bottleneck: n8n prepares an isolate there for each request, before it calls the trigger (row 5).'
		: "The workers are the first bottleneck: most of the work of an execution is n8n's own, and this package has a small share of a worker's profile (row 11).";
}

function restOf({ cpu }: Setting): number {
	return Math.max(0, cpu.all - cpu.main - cpu.webhooks - cpu.workers);
}

function modelled(
	{ webhooks, workers }: Setting,
	{ cpu }: Setting,
	cores: number,
): { limit: number; what: string } {
	const limits = [
		{ limit: (webhooks * 1000) / cpu.webhooks, what: 'webhook processors' },
		{ limit: (workers * 1000) / cpu.workers, what: 'workers' },
		{ limit: (cores * 1000) / cpu.all, what: 'cores' },
	];
	return limits.reduce((least, one) => (one.limit < least.limit ? one : least));
}

function settingFor(partners: number, { cpu }: Setting, { regular }: QueueFigures): string[] {
	const rate = (partners * (ORDERS_PER_DAY + STATUS_REQUESTS_PER_DAY) * PEAK) / 86_400;
	const row = (setUp: string, cores: number) => [
		partners.toLocaleString('en'),
		digits(rate),
		setUp,
		String(cores),
	];
	if (rate <= regular * FILLED) return row('one n8n in regular mode', 2);
	const processes = (cost: number) => Math.ceil((rate * cost) / 1000 / FILLED);
	const workers = processes(cpu.workers);
	const webhooks = processes(cpu.webhooks);
	const setUp = `queue mode: main, webhook processors: ${webhooks}, workers: ${workers}`;
	return row(setUp, Math.ceil((rate * cpu.all) / 1000 / FILLED));
}
