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

What this package costs compared with what you would build without it: chains of n8n's own nodes, and plain programs that do only the work itself. \`npm run bench\` measures it, prints this table and writes this page; this run took ${minutes.toFixed(0)} minutes.

${machine.map((line) => `- ${line}`).join('\n')}

Both sides run alternately in one run, in the same engine or the same n8n, and are compared round by round. **Ratio** is the median of the rounds. **Noise** is half their range, or from eight rounds on 1.57 × interquartile range ÷ √rounds. A row fails when it misses its **target** by more than the noise; then the command ends with an error. The times depend on the machine.

${markdownTable(HEAD, tableRows(measured))}

## How each row is measured

${measured.map(({ row }) => `**${row.id === 'growth' ? row.title : `${row.id}. ${row.title}`}.** ${row.how}`).join('\n\n')}

The chains are workflows that you can import into any n8n: \`test/bench/workflows/\`. They work with the partners of \`npm run sandbox\` without changes. Rows without an n8n server run in n8n's own engine, loaded from the installed n8n with its isolated expressions and its task runner for Code nodes.

${growthSection(measured)}

## Where the time goes

- **A chain of built-in nodes** spends it on expressions and connections: each expression takes n8n 0.5 to 1 ms per item, because expressions run in an isolate, and HTTP Request opens a new connection for each item. The nodes reuse connections, and need no expression if fields are mapped by name or are plain dragged fields (\`{{ $json.phone }}\`), which the nodes read themselves. n8n evaluates any other expression, at its usual cost.
- **Orders and contacts** cost what HTTP costs: in addition to axios, the node validates everything before it sends, keeps the order of items with the same key, enforces the deadline, and stores what a retry must not send twice.
- **Reading answers** costs two passes of \`JSON.parse\` and one md5. Dates took nine tenths of the time until the offset of a day was computed once instead of for each date.
- **Triggers** cost what an execution costs n8n, which is mostly isolates for expressions: one for the execution, and one more for each request to a trigger other than n8n’s newest Webhook node, before the trigger is called. Each credential would cost one as well, so credentials are read once per second. \`N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE=true\` saves the isolate of the execution if no expression needs it. It does not save that of the request: n8n evaluates an expression of its own for every trigger of version 1, and passes an unparsed body only to version 1; otherwise n8n would respond to malformed JSON and XML itself instead of with the error of the protocol. \`N8N_EXPRESSION_ENGINE=legacy\` needs no isolates, but isolates expressions less from n8n: use it only if you trust everyone who edits workflows. Compiling the isolates’ code once (\`N8N_EXPRESSION_ENGINE_COMPILE_CACHE\`) had no effect: the isolates spend their time running it. The triggers pass path and response mode to n8n as functions, so that it need not evaluate them. The remaining difference from version 1 of the Webhook node is a credential: n8n queries its database twice per execution whether the workflow may use it, which takes half a millisecond of 18.
- **Rejected requests** cost what n8n does before it calls a trigger: that isolate, and reading the workflow and its project from the database. Signature and bans, which are the trigger’s own work, take a few hundredths of the profile (row 6). A node cannot process a multiple of the answered requests, so the target is n8n’s own minimum.
- **Starting** costs what is loaded: axios, ioredis and \`soap\` are loaded on first use.
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
