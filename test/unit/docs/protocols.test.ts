import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { CHECKOUT, readMarkdown } from './markdown';

const FOLDER = 'docs/protocols';
const PAGES = readdirSync(join(CHECKOUT, FOLDER)).filter((name) => name.endsWith('.md'));

/** The numbers of a page's points, such as 6.2, in their order. */
const pointsOf = (path: string): string[] =>
	[...readMarkdown(path).prose.matchAll(/^- \*\*(\d+\.\d+)\*\*/gm)].map(([, point = '']) => point);

/** The numbers of a page's sections, in their order. */
const sectionsOf = (path: string): string[] =>
	[...readMarkdown(path).prose.matchAll(/^## (\d+)\. /gm)].map(([, section = '']) => section);

const SOURCE = /\.(?:ts|js|mjs|php|py)$/;
const SOURCES = ['credentials', 'nodes', 'sandbox', 'test', 'tools'].flatMap((folder) =>
	readdirSync(join(CHECKOUT, folder), { recursive: true, encoding: 'utf8' })
		.filter((name) => SOURCE.test(name))
		.map((name) => join(CHECKOUT, folder, name)),
);

/** A page, and the points or sections that follow its name: `…/exapi.md, 1.5 to 1.7`. */
const CITATION =
	/docs\/protocols\/([\w-]+\.md)(?:, (\d[\d.]*\d|\d)((?:(?:, | and | to | or )\d+\.\d+)*))?/g;

interface Citation {
	source: string;
	page: string;
	points: string[];
}

function citationsIn(file: string): Citation[] {
	// A comment may break its line within a citation.
	const text = readFileSync(file, 'utf8').replace(/\s*\n\s*(?:\*|\/\/)\s+/g, ' ');
	return [...text.matchAll(CITATION)].map(([, page = '', first = '', others = '']) => ({
		source: relative(CHECKOUT, file),
		page,
		points: [first, ...(others.match(/\d+\.\d+/g) ?? [])].filter((point) => point !== ''),
	}));
}

describe.each(PAGES)('the page of the protocol %s', (name) => {
	const path = `${FOLDER}/${name}`;

	it('numbers its sections and its points without gaps', () => {
		const sections = sectionsOf(path);
		expect(sections).toEqual(sections.map((_, index) => String(index + 1)));
		const points = sections.flatMap((section) => {
			const own = pointsOf(path).filter((point) => point.startsWith(`${section}.`));
			return own.map((_, index) => `${section}.${index + 1}`);
		});
		expect(points).not.toEqual([]);
		expect(pointsOf(path)).toEqual(points);
	});

	it('has a Russian twin with the same points', () => {
		expect(pointsOf(`docs/ru/protocols/${name}`)).toEqual(pointsOf(path));
	});

	it.each([path, `docs/ru/protocols/${name}`])('refers in %s only to points that exist', (page) => {
		const prose = readMarkdown(page).prose.replace(/\[[^\]]*\]\([^)]*\)/g, '');
		const named = [...prose.matchAll(/\((\d+\.\d+)\)/g)].map(([, point = '']) => point);
		expect(named).not.toEqual([]);
		expect(named.filter((point) => !pointsOf(path).includes(point))).toEqual([]);
	});
});

describe('what comments cite', () => {
	const citations = SOURCES.flatMap(citationsIn);

	it('is a point or a section of a page', () => {
		const known = new Map(
			PAGES.map((name): [string, ReadonlySet<string>] => {
				const path = `${FOLDER}/${name}`;
				return [name, new Set([...pointsOf(path), ...sectionsOf(path)])];
			}),
		);
		const broken = citations.flatMap(({ source, page, points }) => {
			const numbers = known.get(page);
			if (!numbers) return [`${source}: ${page}`];
			return points
				.filter((point) => !numbers.has(point))
				.map((point) => `${source}: ${page}, ${point}`);
		});
		expect(citations.length).toBeGreaterThan(100);
		expect(broken).toEqual([]);
	});

	it('has every page at least once', () => {
		expect(new Set(citations.map(({ page }) => page))).toEqual(new Set(PAGES));
	});
});
