import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { withLock } from './lock';
import type { Progress } from './progress';

const NAME = 'n8n-nodes-partner-exchange';
const DONE = '.done';

function userCacheFolder(): string {
	const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
	if (XDG_CACHE_HOME) return XDG_CACHE_HOME;
	if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches');
	if (process.platform === 'win32') return LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local');
	return join(homedir(), '.cache');
}

/** Where the large things that outlive a checkout are kept: `$PARTNER_EXCHANGE_CACHE/…` or the user's cache folder. */
export function cacheFolder(): string {
	return join(resolve(process.env.PARTNER_EXCHANGE_CACHE || userCacheFolder()), NAME);
}

/** The folder in the cache for `key`, there or not. */
export function cachedFolder(key: string): string {
	return join(cacheFolder(), key);
}

/** Whether the folder for `key` was filled to the end. */
export function isCached(key: string): boolean {
	return existsSync(join(cachedFolder(key), DONE));
}

/**
 * The cache folder for `key`, filled by `fill` when it is not there yet. The marker of a complete
 * folder is written last, so one that was cut off is filled again; processes that want the same
 * folder wait for the first.
 *
 * @returns the absolute path; rejects with what `fill` rejected with
 */
export async function filledOnce(
	key: string,
	waitingFor: string,
	progress: Progress,
	fill: (folder: string) => Promise<void>,
): Promise<string> {
	const folder = cachedFolder(key);
	if (isCached(key)) return folder;
	await withLock(`${folder}.lock`, waitingFor, progress, async () => {
		if (isCached(key)) return;
		await rm(folder, { recursive: true, force: true });
		await mkdir(folder, { recursive: true });
		await fill(folder);
		await writeFile(join(folder, DONE), `${new Date().toISOString()}\n`);
	});
	return folder;
}
