import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutFolder } from '../n8n/checkout';
import { Problem } from '../n8n/problem';
import { describedParts } from './descriptions';
import { english, russian, RUSSIAN_TEXTS, type Language } from './language';
import { missingRows, missingSchemas, missingSections, subjectsIn } from './missing';
import { pagesIn, withTables } from './pages';

const READMES = ['README.md', 'README.ru.md'];

/**
 * Writes the tables of fields into the pages, from the nodes' own descriptions.
 *
 * @throws Problem that lists everything the documentation lacks
 */
function main(): void {
	const parts = describedParts();
	const subjects = subjectsIn(parts.values());
	const untranslated = new Set<string>();
	const missing: string[] = [];
	const folders: Array<[string, Language]> = [
		['docs', english],
		[join('docs', 'ru'), russian()],
	];
	for (const [folder, language] of folders) {
		const pages = pagesIn(folder);
		missing.push(...missingSections(subjects, folder, pages));
		for (const page of pages) {
			const text = withTables(page, parts, language, untranslated);
			if (text === page.text) continue;
			writeFileSync(join(checkoutFolder(), page.file), text);
			process.stdout.write(`${page.file} was updated.\n`);
		}
	}
	missing.push(...READMES.flatMap((file) => missingRows(subjects, file)));
	missing.push(...missingSchemas(subjects));
	for (const text of untranslated) {
		missing.push(`${RUSSIAN_TEXTS}: a translation, ${JSON.stringify(text)}: ""`);
	}
	if (missing.length === 0) return;
	const list = missing.map((line) => `  ${line}\n`).join('');
	throw new Problem(`The documentation lacks the following. Add it and run again:\n${list}`);
}

try {
	main();
} catch (error) {
	process.stderr.write(`${error instanceof Problem ? error.message : String(error)}\n`);
	process.exitCode = 1;
}
