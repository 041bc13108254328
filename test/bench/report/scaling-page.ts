import { cpus } from 'node:os';
import type { QueueFigures } from '../row';
import { digits, grownBy } from './figures';
import { markdownTable } from './performance-page';

type Setting = QueueFigures['settings'][number];

/** Of a process's time, so that a burst finds it with something to spare. */
const FILLED = 0.6;
/** What a partner is taken to send, for the settings: orders and questions for statuses a day. */
const ORDERS_A_DAY = 500;
const QUESTIONS_A_DAY = 288;
/** The busiest hour, as a multiple of the mean one. */
const PEAK = 5;
const PARTNERS = [10, 100, 1_000];

/** docs/scaling.md, in Markdown, reckoned from what row 11 measured. */
export function scalingPage(queue: QueueFigures, machine: readonly string[]): string {
	const base = queue.settings[0];
	if (!base) return '';
	const { cpu } = base;
	const cores = cpus().length;
	const rest = restOf(base);
	return `# Beyond one process

How far one n8n goes with this package, what gives way first, and what to set up for more partners. All figures come from row 11 of [the bench](performance.md):

${machine.map((line) => `- ${line}`).join('\n')}

## What a request costs

An order that comes in through the Exapi Trigger is an execution of n8n. In queue mode its CPU time is spent like this (one webhook processor, one worker):

${markdownTable(
	['Process', 'CPU time an order', 'At most, a process'],
	[
		['webhook processor', `${digits(cpu.webhooks)} ms`, `${digits(1000 / cpu.webhooks)} orders/s`],
		['worker', `${digits(cpu.workers)} ms`, `${digits(1000 / cpu.workers)} orders/s`],
		['main', `${digits(cpu.main)} ms`, '–'],
		['PostgreSQL, Redis, system', `${digits(rest)} ms`, '–'],
		['**together**', `**${digits(cpu.all)} ms**`, `${digits(1000 / cpu.all)} orders/s a core`],
	],
)}

Regular mode, one process over SQLite, answered ${digits(queue.regular)} orders a second. With each connection that is open and idle the memory of a webhook processor grew by ${grownBy(queue.connectionBytes)}, beyond what its heap has to spare. A refused request costs no execution: see row 6.

## The model

An n8n process uses one core at most. So the orders a second are the least of:

1. webhook processors × ${digits(1000 / cpu.webhooks)},
2. workers × ${digits(1000 / cpu.workers)},
3. cores × ${digits(1000 / cpu.all)}, since all of it has to be computed somewhere.

Measured beside it, on ${cores} cores:

${markdownTable(
	['Webhook processors', 'Workers', 'Model', 'Measured', 'What gives way first'],
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

More workers than cores bring nothing on one machine: the figures show what these ${cores} cores allow, not what the processes could do with a core each.

## Settings

Taken for a partner: ${ORDERS_A_DAY} orders and ${QUESTIONS_A_DAY} questions for statuses a day, the busiest hour at ${PEAK} times the mean. A process is filled to ${FILLED * 100} % at most.

${markdownTable(
	['Partners', 'Requests/s in the busiest hour', 'Set up', 'Cores'],
	PARTNERS.map((partners) => settingFor(partners, base, queue)),
)}

On all processes: \`N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE=true\`, with which all this was measured. By default n8n prepares two isolates for expressions at each request of a trigger, whether or not there is an expression, and without isolates it answers about three times as many (row 5 shows all three settings).

In queue mode:

- let n8n keep ended jobs for a while (\`N8N_EXECUTIONS_QUEUE_KEEP_LAST_COMPLETED=1000\`, [why](queue-mode-and-proxies.md)), with which all this was measured as well;
- set **Remember Bans In** of the Exapi Trigger to Redis: in memory each webhook processor would count failures for itself. Each request then asks Redis once more, which takes far less than a millisecond;
- give each worker \`--concurrency=10\` (n8n's default) or less: executions wait for partners more than they compute, but each holds its items in memory;
- let n8n prune executions (\`EXECUTIONS_DATA_PRUNE\`, \`EXECUTIONS_DATA_MAX_AGE\`), or save only failed ones for busy triggers: what an execution stores is most of what PostgreSQL does;
- put the webhook processors behind a balancer that keeps connections, and set \`N8N_PROXY_HOPS\`: otherwise all partners share its address, and one ban shuts all unknown senders out;
- the deadline of a trigger holds in the webhook processor: when workers fall behind, partners get a signed error in time instead of a connection that hangs.

## What gives way first

${firstToGive(cpu)} Then the cores; then PostgreSQL, with every execution a few statements. Redis carries a message an execution and is far from its limit at these rates. Triggers refuse at the rate of row 6, so a flood of unsigned requests takes the webhook processors first and never reaches a worker.
`;
}

function firstToGive({ webhooks, workers }: Setting['cpu']): string {
	return webhooks >= workers
		? 'Webhook processors: n8n prepares an isolate there for each request, before a trigger is asked (row 5).'
		: "Workers: an execution is n8n's own work, and the profile of a worker (row 11) has little of this package in it.";
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
	const rate = (partners * (ORDERS_A_DAY + QUESTIONS_A_DAY) * PEAK) / 86_400;
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
