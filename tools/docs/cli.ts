import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutFolder } from '../n8n/checkout';
import { Problem } from '../n8n/problem';
import { describedParts } from './descriptions';
import { english, russian, RUSSIAN_TEXTS, type Language } from './language';
import { pagesIn, withTables } from './pages';

/** Writes the tables of fields into the pages, from the nodes' own descriptions. */
function main(): void {
	const parts = describedParts();
	const untranslated = new Set<string>();
	const folders: Array<[string, Language]> = [
		['docs', english],
		[join('docs', 'ru'), russian()],
	];
	for (const [folder, language] of folders) {
		for (const page of pagesIn(folder)) {
			const made = withTables(page, parts, language, untranslated);
			if (made === page.text) continue;
			writeFileSync(join(checkoutFolder(), page.file), made);
			process.stdout.write(`${page.file} is written anew.\n`);
		}
	}
	if (untranslated.size === 0) return;
	const missing = [...untranslated].map((text) => `  ${JSON.stringify(text)}: "",`);
	throw new Problem(`${RUSSIAN_TEXTS} lacks these; add them and run again:\n${missing.join('\n')}`);
}

try {
	main();
} catch (error) {
	process.stderr.write(`${error instanceof Problem ? error.message : String(error)}\n`);
	process.exitCode = 1;
}
