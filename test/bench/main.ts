import { parseArgs } from 'node:util';
import { formatTable } from '../../tools/demo/table';
import { Problem } from '../../tools/n8n/problem';
import { describeMachine } from './report/machine';
import { writeDocumentation } from './report/documentation';
import { allReached, HEAD, tableRows } from './report/table';
import { measureRows } from './run';
import { ROWS } from './rows';
import type { Row, Size } from './row';

const HELP = `Measures speed and scale beside what n8n's own nodes and plain programs do.

npm run bench [-- --row 8 …] [--quick]

  --row     only this row; may be given several times
  --quick   small sizes, to see that the bench works; its figures say nothing

All rows together write docs/performance.md. Exit code 1: a row was missed by more than its noise.
`;

const print = (line: string) => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			row: { type: 'string', multiple: true },
			quick: { type: 'boolean', default: false },
			help: { type: 'boolean', short: 'h', default: false },
		},
	});
	if (values.help) {
		print(HELP);
		return;
	}
	const rows = chosen(values.row);
	const size: Size = values.quick ? 'quick' : 'full';
	const started = Date.now();
	const { measured, n8n } = await measureRows(rows, size, print);
	const minutes = (Date.now() - started) / 60_000;
	const machine = describeMachine(n8n);
	print(`\n${machine.map((line) => `  ${line}`).join('\n')}\n`);
	// Of small sizes nothing is expected but that they work.
	const columns = values.quick ? HEAD.indexOf('Ratio') : HEAD.length;
	const table = [HEAD, ...tableRows(measured)].map((cells) => cells.slice(0, columns).map(plain));
	print(formatTable(table));
	print(`\n  ${minutes.toFixed(1)} minutes`);
	for (const { row, outcome } of measured) {
		if (outcome instanceof Error) print(`\nRow ${row.id} failed: ${outcome.stack ?? ''}`);
	}
	if (!values.row && !values.quick) await writeDocumentation({ measured, machine, minutes });
	const failed = measured.some(({ outcome }) => outcome instanceof Error);
	if (values.quick ? failed : !allReached(measured)) process.exitCode = 1;
}

function chosen(ids: readonly string[] | undefined): readonly Row[] {
	const unknown = ids?.filter((id) => !ROWS.some((row) => row.id === id)) ?? [];
	if (unknown.length > 0) throw new Problem(`There is no row "${unknown.join(', ')}".\n\n${HELP}`);
	return ids ? ROWS.filter(({ id }) => ids.includes(id)) : ROWS;
}

/** Markdown's backticks are for the documentation. */
function plain(text: string): string {
	return text.replaceAll('`', '');
}

main().catch((error: unknown) => {
	const text =
		error instanceof Problem ? error.message : error instanceof Error ? error.stack : error;
	process.stderr.write(`${String(text)}\n`);
	process.exitCode = 1;
});
