import type { GrowthLine } from '../row';
import { digits, figure } from './figures';
import { HEAD, tableRows, type Measured } from './table';

export interface BenchReport {
	measured: readonly Measured[];
	/** What it was measured on, a line each. */
	machine: readonly string[];
	minutes: number;
}

export const PLOT_FILE = 'performance-growth.svg';

/** docs/performance.md, in Markdown. */
export function performancePage({ measured, machine, minutes }: BenchReport): string {
	return `# Speed and scale

What this package costs beside what one would build without it: chains of n8n's own nodes, and plain programs that do only the work itself. \`npm run bench\` measures all of it, prints this table and writes this page; it took ${minutes.toFixed(0)} minutes here.

${machine.map((line) => `- ${line}`).join('\n')}

Both sides run in turn in one run, in the same engine or the same n8n, and are compared round by round. **Ratio** is the median of the rounds. **Noise** is half their range, or from eight rounds on 1.57 × interquartile range ÷ √rounds. A row is missed when it is away from its **reach** by more than its noise; then the command ends with an error. Times by themselves are only context: another machine has others.

${markdownTable(HEAD, tableRows(measured))}

## How each row is measured

${measured.map(({ row }) => `**${row.id === 'growth' ? row.title : `${row.id}. ${row.title}`}.** ${row.how}`).join('\n\n')}

The chains are workflows that can be imported into any n8n: \`test/bench/workflows/\`. They work with the partners of \`npm run sandbox\` as they are. Rows without a server of n8n run in n8n's own engine, loaded from the installed n8n with its isolated expressions and its task runner for Code nodes.

${growthSection(measured)}

## Where the time goes

- **A chain of built-in nodes** spends it on expressions and connections: each expression costs n8n 0.5 to 1 ms for each item, since expressions run in an isolate, and HTTP Request dials anew for each item. The nodes keep connections, and need no expression where fields are mapped by name or dragged in as they are (\`{{ $json.phone }}\`): those they read themselves. Any other expression is n8n’s, and costs what it costs there.
- **Orders and contacts** cost what HTTP costs: beside axios alone the node adds the checks before anything is sent, the order of items with the same key, the deadline and the memory that keeps a retry from sending twice.
- **Reading answers** costs two passes of \`JSON.parse\` and one md5. Dates were nine tenths of it before the offset of a day was asked once instead of for each date.
- **Triggers** cost what an execution costs n8n, and that is mostly isolates for expressions: one for the execution, and one more for each request of a trigger that is not n8n’s newest Webhook node, before that trigger is asked. Credentials, each of which would cost one as well, are read once a second. \`N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE=true\` saves the one of the execution where no expression needs it. It does not save the one of the request: n8n evaluates an expression of its own for every trigger of version 1, and only to version 1 does it hand over a body that it has not parsed, without which it would answer malformed JSON and XML in its own words instead of those of the protocol. \`N8N_EXPRESSION_ENGINE=legacy\` needs no isolates; expressions are then less shut off from n8n, so it is for instances where everybody who edits workflows is trusted. Compiling the isolates’ code once (\`N8N_EXPRESSION_ENGINE_COMPILE_CACHE\`) changed nothing here: they spend their time running it. The triggers give n8n path and response mode as functions, so that it need not evaluate them. What is left beside version 1 of the Webhook node is a credential: n8n asks its database twice an execution whether the workflow may use it, half a millisecond of 18.
- **Refused requests** cost what n8n does before it asks a trigger: that isolate, and reading the workflow and its project from the database. Of what is ours, the signature and the bans, the profile shows a few hundredths (row 6). A multiple of the answered requests is out of reach for a node, so the bound is n8n’s own least.
- **Starting** costs what is loaded: axios, ioredis and \`soap\` are loaded when they are first used.
`;
}

function growthSection(measured: readonly Measured[]): string {
	const lines = growthLines(measured);
	if (lines.length === 0) return '';
	const rows = lines.flatMap(({ name, points }) =>
		points.map(({ count, milliseconds, peakBytes }) => [
			`\`${name}\``,
			count.toLocaleString('en'),
			figure(milliseconds, 'ms'),
			figure((milliseconds * 1e6) / count, 'ns an item'),
			`${digits(peakBytes / 1024 / 1024)} MB`,
		]),
	);
	return `## How cost grows

![Time and peak memory over the number of items](${PLOT_FILE})

${markdownTable(['Operation', 'Items', 'Time', 'An item', 'Peak memory'], rows)}`;
}

export function growthLines(measured: readonly Measured[]): GrowthLine[] {
	return measured.flatMap(({ outcome }) =>
		outcome instanceof Error ? [] : (outcome.growth ?? []),
	);
}

export function markdownTable(head: readonly string[], rows: readonly string[][]): string {
	const line = (cells: readonly string[]) =>
		`| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
	return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
