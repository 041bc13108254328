import { execFile } from 'node:child_process';
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { filledOnce, isCached } from './cache';
import { explained } from './command';
import { folderWithNodeHeaders } from './node-runtime';
import { runNpm } from './npm';
import { platformKey } from './platform';
import { Problem } from './problem';
import { minutesAndSeconds, type Progress } from './progress';
import { requireWhatSqliteNeeds } from './requirements';

const BINARY = 'node_sqlite3.node';

// It is built against N-API: one binary serves every Node version and every n8n with this sqlite3.
function cacheKey(version: string): string {
	return `sqlite3-${version}-${platformKey()}`;
}

/**
 * Looks before anything large is downloaded whether sqlite3 can be had.
 *
 * @throws Problem that says what to install
 */
export async function requireSqlite(version: string): Promise<void> {
	if (!isCached(cacheKey(version))) await requireWhatSqliteNeeds(version);
}

async function build(n8nFolder: string, progress: Progress): Promise<void> {
	const title = 'Building sqlite3, the database n8n uses (takes 1 to 2 minutes)';
	const headers = await folderWithNodeHeaders(progress);
	progress(`${title}…`);
	await runNpm(['rebuild', 'sqlite3', '--ignore-scripts=false', '--foreground-scripts'], {
		cwd: n8nFolder,
		env: headers === undefined ? {} : { npm_config_nodedir: headers },
		logFile: join(n8nFolder, 'sqlite3.log'),
		onBeat: (elapsed) => progress(`${title}… ${minutesAndSeconds(elapsed)}`),
	}).catch(
		explained('sqlite3 could not be built', 'Correct what the lines above say, then start again.'),
	);
}

async function requireThatItLoads(n8nFolder: string, node: string): Promise<void> {
	try {
		await promisify(execFile)(node, ['-e', "require('sqlite3')"], { cwd: n8nFolder });
	} catch (error) {
		throw new Problem(`sqlite3 was built but does not load in Node: ${String(error)}`);
	}
}

/**
 * Puts sqlite3's binary into an installed n8n: the one of the cache, or one built now.
 *
 * @param n8nFolder the folder with n8n's node_modules
 * @param node the executable that runs n8n
 */
export async function addSqlite(
	n8nFolder: string,
	version: string,
	node: string,
	progress: Progress,
): Promise<void> {
	const inPlace = join(n8nFolder, 'node_modules', 'sqlite3', 'build', 'Release', BINARY);
	const kept = await filledOnce(cacheKey(version), async (into) => {
		await build(n8nFolder, progress);
		await requireThatItLoads(n8nFolder, node);
		await copyFile(inPlace, join(into, BINARY));
	});
	await mkdir(dirname(inPlace), { recursive: true });
	await copyFile(join(kept, BINARY), inPlace);
	await requireThatItLoads(n8nFolder, node);
}
