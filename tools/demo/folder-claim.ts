import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isRunning } from '../n8n/cache';
import { Problem } from '../n8n/problem';

/**
 * Claims n8n's folder for this process: two n8n on one database would spoil it, and `--reset` would
 * delete it while the other one runs.
 *
 * @returns a function that gives the folder up
 * @throws Problem when another process that runs has claimed it
 */
export async function claimFolder(userFolder: string): Promise<() => Promise<void>> {
	const file = `${userFolder}.pid`;
	await mkdir(dirname(file), { recursive: true });
	const pid = Number(await readFile(file, 'utf8').catch(() => ''));
	if (pid > 0 && pid !== process.pid && isRunning(pid)) {
		throw new Problem(
			`npm start or npm run dev runs already, as process ${pid}, on ${userFolder}. Stop it first. ` +
				`If process ${pid} is another program, delete ${file}.`,
		);
	}
	await writeFile(file, `${process.pid}\n`);
	return async () => await rm(file, { force: true });
}
