import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const CHECKOUT = join(__dirname, '..', '..', '..');

const NOT_OURS = new Set(['node_modules', 'dist', 'build', 'coverage']);

/** A Markdown file: its path in the checkout, and its text without code blocks. */
export interface MarkdownFile {
	path: string;
	prose: string;
}

/** All Markdown files of the project. */
export function markdownFiles(folder = CHECKOUT): MarkdownFile[] {
	return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
		const path = join(folder, entry.name);
		if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : markdownFiles(path);
		return entry.name.endsWith('.md') ? [readMarkdown(relative(CHECKOUT, path))] : [];
	});
}

export function readMarkdown(path: string): MarkdownFile {
	const text = readFileSync(join(CHECKOUT, path), 'utf8');
	return { path, prose: text.replace(/^```[^]*?^```$/gm, '') };
}

/** Targets of links and images, in order. */
export function linksOf({ prose }: MarkdownFile): string[] {
	const withoutCode = prose.replace(/`[^`\n]*`/g, '');
	return [...withoutCode.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** Levels of the headings, in order. */
export function headingLevelsOf({ prose }: MarkdownFile): number[] {
	return [...prose.matchAll(/^(#+) /gm)].map(([, hashes = '']) => hashes.length);
}

/** For each table its number of rows, heads included. */
export function tableSizesOf({ prose }: MarkdownFile): number[] {
	return [...prose.matchAll(/(?:^\|.*\n?)+/gm)].map(([table]) => table.trim().split('\n').length);
}

/** The anchors of the headings, as GitHub makes them. */
export function anchorsOf({ prose }: MarkdownFile): Set<string> {
	const anchors = new Set<string>();
	for (const [, heading = ''] of prose.matchAll(/^#+ (.*)$/gm)) {
		const slug = heading
			.toLowerCase()
			.replace(/[^\p{L}\p{N}\s_-]/gu, '')
			.trim()
			.replace(/\s/g, '-');
		let anchor = slug;
		for (let count = 1; anchors.has(anchor); count++) anchor = `${slug}-${count}`;
		anchors.add(anchor);
	}
	return anchors;
}
