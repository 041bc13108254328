import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { importCircles, sourcesIn } from './imports';
import { checkoutFolder } from './n8n/checkout';

/** The folders whose size is watched. */
const COUNTED = ['nodes', 'sandbox', 'tools', 'test'];
/** Within all of these together no import may go round. */
const WITHOUT_CIRCLES = ['nodes', 'sandbox', 'tools', 'test'];

const checkout = checkoutFolder();
const linesOf = (file: string): number => readFileSync(file, 'utf8').split('\n').length - 1;

for (const folder of COUNTED) {
	const files = sourcesIn(join(checkout, folder)).map((file) => ({ file, lines: linesOf(file) }));
	const lines = files.reduce((sum, file) => sum + file.lines, 0);
	const [longest] = files.sort((a, b) => b.lines - a.lines);
	const name = relative(checkout, longest!.file);
	process.stdout.write(
		`${folder}/: ${files.length} files, ${lines} lines; the longest has ${longest!.lines}: ${name}\n`,
	);
}

const all = WITHOUT_CIRCLES.flatMap((folder) => sourcesIn(join(checkout, folder)));
const circles = importCircles(all, checkout);
process.stdout.write(`Import circles: ${circles.length === 0 ? 'none' : circles.length}\n`);
for (const circle of circles) process.stdout.write(`  ${circle.join(', ')}\n`);
