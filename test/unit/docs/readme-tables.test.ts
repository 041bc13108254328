import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../../../package.json';
import { describedParts } from '../../../tools/docs/descriptions';
import { operationRows, subjectsIn } from '../../../tools/docs/missing';
import { CHECK_ACTION } from '../../../nodes/Elektrik/protocol';
import { CHECKOUT, readMarkdown } from './markdown';

const filesIn = (folder: string, ending: string): string[] =>
	readdirSync(join(CHECKOUT, folder))
		.filter((name) => name.endsWith(ending))
		.map((name) => `${folder}/${name}`);

/** The pages of a language: those for users, and those about the protocols. */
const pagesIn = (folder: string): string[] => [
	...filesIn(folder, '.md'),
	...filesIn(`${folder}/protocols`, '.md'),
];

/** Rows of a table as `first | second`, without its head. */
function rowsOf(table: string): string[] {
	return table
		.trim()
		.split('\n')
		.slice(2)
		.map((row) =>
			row
				.split('|')
				.slice(1, 3)
				.map((cell) => cell.trim())
				.join(' | '),
		);
}

/** What the first column of a table links to. */
const linksOfRows = (rows: readonly string[]): string[] =>
	rows.flatMap((row) => /^\[[^\]]*\]\(([^)]+)\)/.exec(row)?.[1] ?? []);

describe.each([
	['README.md', 'docs'],
	['README.ru.md', 'docs/ru'],
])('the tables of %s', (file, pages) => {
	const tables = [...readMarkdown(file).prose.matchAll(/(?:^\|.*\n?)+/gm)].map(([table]) =>
		rowsOf(table),
	);
	const tableWith = (part: string) =>
		tables.find((rows) => rows.some((row) => row.includes(part))) ?? [];

	it('have every operation and trigger, once', () => {
		const rows = tableWith('Exapi | ');
		expect(rows.toSorted()).toEqual(
			operationRows(subjectsIn(describedParts().values())).toSorted(),
		);
	});

	it('have every example, once', () => {
		const listed = linksOfRows(tableWith('[exapi-orders.json]'));
		expect(listed.toSorted()).toEqual(filesIn('examples', '.json').toSorted());
	});

	it('have every page, once', () => {
		const listed = linksOfRows(tableWith('(docs/architecture.md)')).filter((link) =>
			link.startsWith('docs/'),
		);
		const own = pagesIn(pages);
		const englishOnly = pagesIn('docs').filter(
			(page) => pages !== 'docs' && !own.includes(page.replace('docs/', `${pages}/`)),
		);
		expect(listed.toSorted()).toEqual([...own, ...englishOnly].toSorted());
	});

	it('have no command that package.json does not', () => {
		const commands = tableWith('`npm start` | ').map(
			(row) => /`npm (?:run )?([\w:]+)/.exec(row)?.[1],
		);
		expect(commands.length).toBeGreaterThan(5);
		expect(commands.filter((name) => !(String(name) in manifest.scripts))).toEqual([]);
	});
});

it.each(['docs/elektrik.md', 'docs/ru/elektrik.md'])(
	'%s names the action that is emitted',
	(page) => {
		expect(readMarkdown(page).prose).toContain(`\`action\` (\`${CHECK_ACTION}\`)`);
	},
);
