import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

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
 * The cache folder for `key`, filled by `fill` when it is not there yet. It is filled under another
 * name and renamed when it is complete, so that a folder is never seen half full. Of processes that
 * fill the same folder at once, the first one to finish provides it for all.
 *
 * @returns the absolute path; rejects with what `fill` rejected with
 */
export async function filledOnce(
	key: string,
	fill: (folder: string) => Promise<void>,
): Promise<string> {
	const folder = cachedFolder(key);
	if (isCached(key)) return folder;
	await removeAbandoned(folder);
	const filling = `${folder}.${process.pid}`;
	await mkdir(filling, { recursive: true });
	await fill(filling);
	await writeFile(join(filling, DONE), `${new Date().toISOString()}\n`);
	if (!isCached(key)) await rm(folder, { recursive: true, force: true });
	try {
		await rename(filling, folder);
	} catch (error) {
		// Another process was faster.
		if (!isCached(key)) throw error;
		await rm(filling, { recursive: true, force: true });
	}
	return folder;
}

/** Removes what processes that have ended, this one included, left of the same folder. */
async function removeAbandoned(folder: string): Promise<void> {
	await mkdir(dirname(folder), { recursive: true });
	const start = `${basename(folder)}.`;
	for (const name of await readdir(dirname(folder))) {
		const pid = name.startsWith(start) ? Number(name.slice(start.length)) : NaN;
		if (!Number.isInteger(pid) || (pid !== process.pid && isRunning(pid))) continue;
		await rm(join(dirname(folder), name), { recursive: true, force: true });
	}
}

/** Returns whether there is a process with this id. */
export function isRunning(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch (error) {
		return (error as NodeJS.ErrnoException).code !== 'ESRCH';
	}
}
