import { join } from 'node:path';
import { describedParts } from '../../../tools/docs/descriptions';
import { english, russian, type Language } from '../../../tools/docs/language';
import { subjectsIn } from '../../../tools/docs/missing';
import { pagesIn, subjectsOf, withTables } from '../../../tools/docs/pages';

const parts = describedParts();
const SUBJECTS = subjectsIn(parts.values()).map(({ name }) => name);

describe.each<[string, string, Language]>([
	['English', 'docs', english],
	['Russian', join('docs', 'ru'), russian()],
])('the %s pages', (_, folder, language) => {
	const pages = pagesIn(folder);

	it('have the tables that npm run docs writes', () => {
		for (const page of pages) {
			expect(withTables(page, parts, language, new Set())).toBe(page.text);
		}
	});

	it('have words for every field', () => {
		const untranslated = new Set<string>();
		for (const page of pages) withTables(page, parts, language, untranslated);
		expect([...untranslated]).toEqual([]);
	});

	it('have a table for every operation, trigger and credential, once', () => {
		expect(pages.flatMap(subjectsOf).sort()).toEqual([...SUBJECTS].sort());
	});
});
