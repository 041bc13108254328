import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** `from './x'`, `import './x'`, `import('./x')`, `require('./x')`: only files of this repository. */
const IMPORT = /(?:\bfrom|\bimport|\bimport\(|\brequire\()\s*['"](\.{1,2}(?:\/[^'"]*)?)['"]/g;
const ENDINGS = ['', '.ts', '.js', '.mjs', '/index.ts', '/index.js'];

/** Files of TypeScript and JavaScript in a folder and below it, the absolute paths in order. */
export function sourcesIn(folder: string): string[] {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && /\.(ts|js|mjs)$/.test(entry.name))
		.map((entry) => join(entry.parentPath, entry.name))
		.sort();
}

/** Nothing changes while a tool or a test runs. */
const known = new Map<string, string[]>();

/** The files that a file imports by a relative path, types included; what is not there is left out. */
export function importsOf(file: string): string[] {
	const imports = known.get(file) ?? readImports(file);
	known.set(file, imports);
	return imports;
}

function readImports(file: string): string[] {
	const found = [...readFileSync(file, 'utf8').matchAll(IMPORT)].flatMap(([, path = '']) => {
		const base = resolve(dirname(file), path);
		return ENDINGS.map((ending) => base + ending).find(isFile) ?? [];
	});
	return [...new Set(found)].filter((path) => /\.(ts|js|mjs)$/.test(path));
}

/** The file itself and all that it imports, directly or through others. */
export function reachedFrom(file: string): string[] {
	const reached = new Set<string>();
	const left = [resolve(file)];
	for (let next = left.pop(); next !== undefined; next = left.pop()) {
		if (reached.has(next)) continue;
		reached.add(next);
		left.push(...importsOf(next));
	}
	return [...reached];
}

/**
 * Groups of files of which each imports, directly or through others, every other one of its group.
 *
 * @param root what the paths are given relative to
 * @returns the groups, and the files in them, in order; none when no import goes round
 */
export function importCircles(files: readonly string[], root: string): string[][] {
	const imports = new Map(files.map((file) => [file, importsOf(file)]));
	// Tarjan's algorithm: a group is what lies on the stack above the first of it that was visited.
	const visited = new Map<string, number>();
	const lowest = new Map<string, number>();
	const stack: string[] = [];
	const circles: string[][] = [];
	const visit = (file: string): void => {
		visited.set(file, visited.size);
		lowest.set(file, visited.get(file)!);
		stack.push(file);
		for (const next of imports.get(file) ?? []) {
			if (!imports.has(next)) continue;
			if (!visited.has(next)) visit(next);
			if (stack.includes(next)) lowest.set(file, Math.min(lowest.get(file)!, lowest.get(next)!));
		}
		if (lowest.get(file) !== visited.get(file)) return;
		const group = stack.splice(stack.indexOf(file));
		if (group.length > 1 || imports.get(file)?.includes(file)) circles.push(group);
	};
	for (const file of files) if (!visited.has(file)) visit(file);
	return circles.map((group) => group.map((file) => relative(root, file)).sort()).sort();
}

function isFile(path: string): boolean {
	return existsSync(path) && statSync(path).isFile();
}
