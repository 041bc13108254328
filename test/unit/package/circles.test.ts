import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importCircles, sourcesIn } from '../../../tools/imports';
import { checkoutFolder } from '../../../tools/n8n/checkout';

it('no import goes round in a circle', () => {
	const checkout = checkoutFolder();
	const folders = ['credentials', 'nodes', 'sandbox', 'tools', 'test'];
	const files = folders.flatMap((folder) => sourcesIn(join(checkout, folder)));
	expect(files.length).toBeGreaterThan(300);
	const circles = importCircles(files, checkout).map((circle) => circle.join(', '));
	expect(circles).toEqual([]);
});

describe('a circle', () => {
	let folder: string;
	beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'circles-'))));
	afterEach(() => rmSync(folder, { recursive: true }));

	function circlesOf(texts: Record<string, string>): string[][] {
		for (const [name, text] of Object.entries(texts)) {
			mkdirSync(join(folder, name, '..'), { recursive: true });
			writeFileSync(join(folder, name), text);
		}
		return importCircles(sourcesIn(folder), folder);
	}

	it('is found through several files, types and folders', () => {
		const circles = circlesOf({
			'a.ts': "import type { B } from './b';\nimport { x } from './alone';",
			'b.ts': "export * from './c';",
			'c/index.ts': "const load = async () => await import('../d.js');",
			'd.js': "const { a } = require('./a');",
			'alone.ts': "import { join } from 'node:path';",
		});
		expect(circles).toEqual([['a.ts', 'b.ts', 'c/index.ts', 'd.js']]);
	});

	it('is none where two files import a third', () => {
		expect(
			circlesOf({ 'a.ts': "import './c';\nimport './b';", 'b.ts': "import './c';", 'c.ts': '' }),
		).toEqual([]);
	});
});
