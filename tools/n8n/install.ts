import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filledOnce, isCached } from './cache';
import { explained } from './command';
import {
	copyManifest,
	lockedSqliteVersion,
	manifestHash,
	manifestVersion,
	unpackedCounter,
} from './manifest';
import { nodeRuntime, runtimeMajor } from './node-runtime';
import { runNpm } from './npm';
import { platformKey } from './platform';
import { minutesAndSeconds, type Progress } from './progress';
import { addSqlite, requireSqlite } from './sqlite';

const ADVICE =
	'Check the connection to the npm registry (npm ping) and the space on the disk (3 GB are needed; ' +
	'PARTNER_EXCHANGE_CACHE names another folder), then start again.';

export interface N8nInstallation {
	/** n8n's version, as `2.41.1`. */
	version: string;
	/** The node executable to run it with. */
	node: string;
	/** n8n's entry script: `node bin start`. */
	bin: string;
	/** The cache folder with its node_modules. */
	folder: string;
}

export interface InstallOptions {
	/** By default {@link wantedVersion}; the manifest's version comes by its lock file, others unlocked. */
	version?: string;
	progress: Progress;
}

/** The version of the manifest, unless PARTNER_EXCHANGE_N8N names another, as test:compat does. */
function wantedVersion(): string {
	return process.env.PARTNER_EXCHANGE_N8N || manifestVersion();
}

function cacheKey(version: string): string {
	return `n8n-${version}-${manifestHash()}-${platformKey()}-node${runtimeMajor()}`;
}

function sqliteVersionIn(folder: string): string {
	const file = join(folder, 'node_modules', 'sqlite3', 'package.json');
	return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

async function npmInstall(folder: string, version: string, progress: Progress): Promise<void> {
	const title = `Installing n8n ${version} (once, 1.8 GB, takes 2 to 5 minutes)`;
	copyManifest(folder, version);
	const isLocked = version === manifestVersion();
	const count = unpackedCounter(folder);
	progress(`${title} into ${folder}`);
	await runNpm(isLocked ? ['ci'] : ['install', '--no-package-lock'], {
		cwd: folder,
		logFile: join(folder, 'npm.log'),
		onBeat: (elapsed) => {
			const { unpacked, total } = count();
			const done = isLocked ? ` ${unpacked} of ${total} packages,` : '';
			progress(`Installing n8n ${version}…${done} ${minutesAndSeconds(elapsed)}`);
		},
	}).catch(explained(`n8n ${version} could not be installed`, ADVICE));
}

/**
 * A real n8n, installed from npm into the cache folder when it is not there yet.
 *
 * @throws Problem that says what the machine lacks, or npm's last lines and what to do
 */
export async function installN8n(options: InstallOptions): Promise<N8nInstallation> {
	const { version = wantedVersion(), progress } = options;
	const key = cacheKey(version);
	if (!isCached(key)) await requireSqlite(lockedSqliteVersion());
	const { executable: node } = await nodeRuntime(progress);
	const folder = await filledOnce(key, async (into) => {
		await npmInstall(into, version, progress);
		await addSqlite(into, sqliteVersionIn(into), node, progress);
		progress(`n8n ${version} is installed.`);
	});
	return { version, node, bin: join(folder, 'node_modules', 'n8n', 'bin', 'n8n'), folder };
}
