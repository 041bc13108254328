import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { minutesAndSeconds, type Progress } from './progress';

const HEARTBEAT_MS = 5_000;
const DEAD_WITHOUT_HEARTBEAT_MS = 60_000;
const ASK_EVERY_MS = 1_000;
const TELL_EVERY_MS = 10_000;

interface Holder {
	pid: number;
	host: string;
	token: string;
}

function isErrno(error: unknown, code: string): boolean {
	return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}

function processIsGone(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return false;
	} catch (error) {
		return isErrno(error, 'ESRCH');
	}
}

/** The text of the lock file when whoever wrote it is dead, else undefined. */
async function abandoned(file: string): Promise<string | undefined> {
	try {
		const text = await readFile(file, 'utf8');
		const quiet = Date.now() - (await stat(file)).mtimeMs;
		if (quiet > DEAD_WITHOUT_HEARTBEAT_MS) return text;
		const holder = JSON.parse(text) as Holder;
		return holder.host === hostname() && processIsGone(holder.pid) ? text : undefined;
	} catch {
		// Released meanwhile, or being written at this moment: asked again soon.
		return undefined;
	}
}

/** Moves the dead holder's file away; puts it back when another process was faster. */
async function removeAbandoned(file: string, text: string): Promise<void> {
	const aside = `${file}.${randomUUID()}`;
	try {
		await rename(file, aside);
		if ((await readFile(aside, 'utf8')) === text) await rm(aside);
		else await rename(aside, file);
	} catch (error) {
		if (!isErrno(error, 'ENOENT')) throw error;
	}
}

async function acquire(file: string, waitingFor: string, progress: Progress): Promise<void> {
	const holder: Holder = { pid: process.pid, host: hostname(), token: randomUUID() };
	const started = Date.now();
	let told = 0;
	await mkdir(dirname(file), { recursive: true });
	for (;;) {
		try {
			await writeFile(file, JSON.stringify(holder), { flag: 'wx' });
			return;
		} catch (error) {
			if (!isErrno(error, 'EEXIST')) throw error;
		}
		const text = await abandoned(file);
		if (text !== undefined) {
			// After the machine slept, a living holder needs a moment for its next heartbeat.
			await sleep(HEARTBEAT_MS / 2);
			if ((await abandoned(file)) === text) await removeAbandoned(file, text);
			continue;
		}
		if (Date.now() - told > TELL_EVERY_MS) {
			told = Date.now();
			progress(`Another process: ${waitingFor}, waiting… ${minutesAndSeconds(told - started)}`);
		}
		await sleep(ASK_EVERY_MS);
	}
}

/**
 * Runs `job` while no other process on this cache holds `file`. A lock whose process is dead, or
 * that gave no sign of life for a minute, is taken over.
 *
 * @param waitingFor what the other process is doing, for the line shown while waiting
 */
export async function withLock<T>(
	file: string,
	waitingFor: string,
	progress: Progress,
	job: () => Promise<T>,
): Promise<T> {
	await acquire(file, waitingFor, progress);
	const heartbeat = setInterval(() => {
		const now = new Date();
		utimes(file, now, now).catch(() => undefined);
	}, HEARTBEAT_MS);
	heartbeat.unref();
	try {
		return await job();
	} finally {
		clearInterval(heartbeat);
		await rm(file, { force: true });
	}
}
