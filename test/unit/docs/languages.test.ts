import { existsSync, readdirSync } from 'node:fs';
import { basename, join, normalize, posix } from 'node:path';
import {
	CHECKOUT,
	headingLevelsOf,
	linksOf,
	readMarkdown,
	tableSizesOf,
	type MarkdownFile,
} from './markdown';

const RUSSIAN_PAGES = readdirSync(join(CHECKOUT, 'docs', 'ru'), {
	recursive: true,
	encoding: 'utf8',
}).filter((name) => name.endsWith('.md'));
const PAIRS: Array<[english: string, russian: string]> = [
	['README.md', 'README.ru.md'],
	['SECURITY.md', 'SECURITY.ru.md'],
	...RUSSIAN_PAGES.map((name): [string, string] => [`docs/${name}`, `docs/ru/${name}`]),
];

/** Where the links of a page lead, in the English pages; links between the languages left out. */
function targetsOf(file: MarkdownFile, other: string): string[] {
	return linksOf(file)
		.map((target) => target.replace(/#.*/, ''))
		.filter((target) => target !== '')
		.map((target) =>
			/^https?:/.test(target) ? target : normalize(join(posix.dirname(file.path), target)),
		)
		.filter((target) => basename(target) !== basename(other) || normalize(other) !== target)
		.map((target) => target.replace('docs/ru/', 'docs/').replace('README.ru.md', 'README.md'));
}

describe.each(PAIRS)('%s and %s', (englishPath, russianPath) => {
	const english = readMarkdown(englishPath);
	const russian = readMarkdown(russianPath);

	it('have the same headings', () => {
		expect(headingLevelsOf(russian)).toEqual(headingLevelsOf(english));
	});

	it('have the same tables', () => {
		expect(tableSizesOf(russian)).toEqual(tableSizesOf(english));
	});

	it('have the same links', () => {
		expect(targetsOf(russian, englishPath)).toEqual(targetsOf(english, russianPath));
	});

	it('lead to each other', () => {
		expect(existsSync(join(CHECKOUT, englishPath))).toBe(true);
		for (const [file, other] of [
			[english, russianPath],
			[russian, englishPath],
		] as const) {
			const targets = linksOf(file).map((target) =>
				normalize(join(posix.dirname(file.path), target)),
			);
			expect(targets).toContain(normalize(other));
		}
	});
});
