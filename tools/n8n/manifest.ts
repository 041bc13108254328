import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifestFolder } from './checkout';

interface LockedPackage {
	version?: string;
	link?: boolean;
}

interface PackageJson {
	dependencies: { n8n: string };
	overrides: Record<string, string>;
}

/**
 * What older versions of n8n want besides the manifest's overrides. Their spreadsheets come from an
 * address outside of the npm registry, which not every network lets through; and without a lock file
 * comes a langgraph-checkpoint that is too new for the langchain they name.
 */
const OVERRIDES_OF_OLDER = { xlsx: '0.18.5', '@langchain/langgraph-checkpoint': '1.0.0' };

interface Lock {
	packages: Record<string, LockedPackage>;
}

function readJson(file: string): unknown {
	return JSON.parse(readFileSync(join(manifestFolder(), file), 'utf8'));
}

function packageJson(): PackageJson {
	return readJson('package.json') as PackageJson;
}

/** The n8n version that is installed when no other is asked for. */
export function manifestVersion(): string {
	return packageJson().dependencies.n8n;
}

function lockedPackages(): Lock['packages'] {
	return (readJson('package-lock.json') as Lock).packages;
}

/** The version of sqlite3 in the lock file. */
export function lockedSqliteVersion(): string {
	const version = lockedPackages()['node_modules/sqlite3']?.version;
	if (version === undefined) throw new Error('The lock file of n8n has no sqlite3.');
	return version;
}

/** Eight characters that change with the lock file, the manifest or npm's settings beside them. */
export function manifestHash(): string {
	const hash = createHash('sha256');
	for (const file of ['package.json', 'package-lock.json', '.npmrc']) {
		hash.update(readFileSync(join(manifestFolder(), file)));
	}
	return hash.digest('hex').slice(0, 8);
}

/**
 * Copies the manifest into a folder for npm to install. With another n8n version than its own, the
 * lock file is left out.
 */
export function copyManifest(into: string, version: string): void {
	const isLocked = version === manifestVersion();
	cpSync(manifestFolder(), into, {
		recursive: true,
		filter: (source) => isLocked || !source.endsWith('package-lock.json'),
	});
	if (isLocked) return;
	const manifest = packageJson();
	manifest.dependencies.n8n = version;
	manifest.overrides = { ...manifest.overrides, ...OVERRIDES_OF_OLDER };
	writeFileSync(join(into, 'package.json'), JSON.stringify(manifest, null, '\t'));
}

/** Counts how many of the locked packages npm has unpacked in a folder so far. */
export function unpackedCounter(folder: string): () => { unpacked: number; total: number } {
	const paths = Object.entries(lockedPackages())
		.filter(([path, entry]) => path.startsWith('node_modules/') && !entry.link)
		.map(([path]) => join(folder, path, 'package.json'));
	return () => ({ unpacked: paths.filter((path) => existsSync(path)).length, total: paths.length });
}
