import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writePage } from '../../../tools/docs/write-page';
import { checkoutFolder } from '../../../tools/n8n/checkout';
import type { QueueFigures } from '../row';
import { growthPlot } from './growth-plot';
import { growthLines, performancePage, PLOT_FILE, type BenchReport } from './performance-page';
import { scalingPage } from './scaling-page';

/**
 * Writes docs/performance.md with its plot, and docs/scaling.md: all that stands in them was
 * measured in this very run.
 */
export async function writeDocumentation(report: BenchReport): Promise<void> {
	const { measured, machine } = report;
	await writePage(join('docs', 'performance.md'), performancePage(report));
	const lines = growthLines(measured);
	if (lines.length > 0)
		await writeFile(join(checkoutFolder(), 'docs', PLOT_FILE), growthPlot(lines));
	const queue = queueFigures(report);
	if (queue) await writePage(join('docs', 'scaling.md'), scalingPage(queue, machine));
}

function queueFigures({ measured }: BenchReport): QueueFigures | undefined {
	return measured.flatMap(({ outcome }) =>
		outcome instanceof Error || !outcome.queue ? [] : [outcome.queue],
	)[0];
}
