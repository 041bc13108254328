import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { runCommand } from './command';
import { runNpm } from './npm';

interface PackageJson {
	name: string;
	version: string;
	dependencies?: Record<string, string>;
	devDependencies?: Record<string, string>;
	peerDependencies?: Record<string, string>;
	optionalDependencies?: Record<string, string>;
}

export interface InstalledPackage {
	name: string;
	version: string;
	/** `<user folder>/.n8n/nodes/node_modules/<name>` */
	folder: string;
}

function folderOf(name: string, userFolder: string): string {
	return join(userFolder, '.n8n', 'nodes', 'node_modules', name);
}

async function readPackageJson(folder: string): Promise<PackageJson> {
	return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as PackageJson;
}

async function packageJsonIn(tarball: string): Promise<PackageJson> {
	const args = ['-xzOf', resolve(tarball), 'package/package.json'];
	return JSON.parse((await promisify(execFile)('tar', args)).stdout) as PackageJson;
}

async function unpack(tarball: string, into: string, logFile: string): Promise<void> {
	await mkdir(into, { recursive: true });
	const args = ['-xzf', resolve(tarball), '-C', into, '--strip-components=1'];
	await runCommand('tar', args, { cwd: into, logFile });
}

/**
 * `npm pack` of a built checkout.
 *
 * @param into folder for the tarball, made when missing
 * @returns the tarball's absolute path
 */
export async function packPackage(checkout: string, into: string): Promise<string> {
	const folder = resolve(into);
	await mkdir(folder, { recursive: true });
	const logFile = join(folder, 'npm-pack.log');
	await runNpm(['pack', '--ignore-scripts', '--pack-destination', folder], {
		cwd: checkout,
		logFile,
	});
	// A scope's @ and / are no part of the file's name: npm makes them `scope-name`.
	const { name, version } = await readPackageJson(checkout);
	return join(folder, `${name.replace(/^@/, '').replace('/', '-')}-${version}.tgz`);
}

/** What n8n keeps beside the packages to know them again: its list of community packages. */
async function addToList(nodesFolder: string, { name, version }: PackageJson): Promise<void> {
	const file = join(nodesFolder, 'package.json');
	const list: Partial<PackageJson> = existsSync(file) ? await readPackageJson(nodesFolder) : {};
	const dependencies = { ...list.dependencies, [name]: version };
	const content = { name: 'installed-nodes', private: true, ...list, dependencies };
	await writeFile(file, JSON.stringify(content, null, 2));
}

/**
 * Installs a package's tarball for an n8n as its Community Nodes screen does: without development,
 * peer and optional dependencies, and without running anyone's scripts. One that is there already
 * is replaced. n8n loads it at its next start.
 *
 * @param userFolder n8n's N8N_USER_FOLDER
 */
export async function installPackage(
	tarball: string,
	userFolder: string,
): Promise<InstalledPackage> {
	const nodesFolder = join(resolve(userFolder), '.n8n', 'nodes');
	await mkdir(nodesFolder, { recursive: true });
	const logFile = join(nodesFolder, 'install.log');
	const packageJson = await packageJsonIn(tarball);
	delete packageJson.devDependencies;
	delete packageJson.peerDependencies;
	delete packageJson.optionalDependencies;

	const folder = folderOf(packageJson.name, resolve(userFolder));
	await rm(folder, { recursive: true, force: true });
	await unpack(tarball, folder, logFile);
	await writeFile(join(folder, 'package.json'), JSON.stringify(packageJson, null, 2));
	const flags = ['audit=false', 'fund=false', 'bin-links=false', 'install-strategy=shallow'];
	flags.push('ignore-scripts=true', 'package-lock=false');
	await runNpm(['install', ...flags.map((flag) => `--${flag}`)], { cwd: folder, logFile });
	await addToList(nodesFolder, packageJson);
	return { name: packageJson.name, version: packageJson.version, folder };
}

/** Replaces what an n8n that is stopped has installed of a package by what was built since then. */
export async function replaceBuilt(checkout: string, userFolder: string): Promise<void> {
	const { name } = await readPackageJson(checkout);
	const dist = join(folderOf(name, resolve(userFolder)), 'dist');
	await rm(dist, { recursive: true, force: true });
	await cp(join(checkout, 'dist'), dist, { recursive: true });
}
