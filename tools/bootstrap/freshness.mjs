import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { extname, join, relative } from 'node:path';

const NOT_SOURCES = new Set(['node_modules', 'dist', 'build', 'coverage', 'docs', 'examples']);
const SOURCE_EXTENSIONS = new Set(['.ts', '.js', '.mjs', '.cjs', '.json', '.svg', '.png']);

function readJson(file) {
	try {
		return JSON.parse(readFileSync(file, 'utf8'));
	} catch {
		return undefined;
	}
}

/**
 * npm keeps what it installed in node_modules/.package-lock.json. Its content is compared, not its
 * time: a checkout of another branch gives package-lock.json a new time without a new content.
 */
export function dependenciesAreInstalled(checkout) {
	const wanted = readJson(join(checkout, 'package-lock.json'))?.packages;
	const present = readJson(join(checkout, 'node_modules', '.package-lock.json'))?.packages;
	if (!wanted || !present) return false;
	return Object.entries(wanted).every(([path, entry]) => {
		if (path === '') return true;
		const found = present[path];
		// A package for another platform is in the lock and not on the disk.
		if (!found) return Boolean(entry.optional || entry.devOptional || entry.peer);
		return found.version === entry.version && found.integrity === entry.integrity;
	});
}

function* sourceFiles(folder) {
	for (const entry of readdirSync(folder, { withFileTypes: true })) {
		if (entry.name.startsWith('.') || NOT_SOURCES.has(entry.name)) continue;
		const path = join(folder, entry.name);
		if (entry.isDirectory()) yield* sourceFiles(path);
		else if (SOURCE_EXTENSIONS.has(extname(entry.name))) yield path;
	}
}

/** Changes when a source file is added, removed, renamed or written. */
export function fingerprintOfSources(checkout) {
	const hash = createHash('sha256');
	for (const path of [...sourceFiles(checkout)].sort()) {
		const { size, mtimeMs } = statSync(path);
		hash.update(`${relative(checkout, path)} ${size} ${mtimeMs}\n`);
	}
	return hash.digest('hex');
}
