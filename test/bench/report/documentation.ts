import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkoutFolder } from '../../../tools/n8n/checkout';
import { HEAD, tableRows, type Measured } from './table';

export interface BenchReport {
	measured: readonly Measured[];
	machine: readonly string[];
	minutes: number;
}

/** Writes docs/performance.md, all of it: what stands in it was measured in this very run. */
export async function writeDocumentation(report: BenchReport): Promise<void> {
	await writeFile(join(checkoutFolder(), 'docs', 'performance.md'), performancePage(report));
}

function performancePage({ measured, machine }: BenchReport): string {
	return [
		'# Speed and scale, measured side by side',
		...machine.map((line) => `- ${line}`),
		markdownTable(HEAD, tableRows(measured)),
	].join('\n\n');
}

function markdownTable(head: readonly string[], rows: readonly string[][]): string {
	const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
	return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
