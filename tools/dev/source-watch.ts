import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Tells when files changed, by their sizes and times: the same on every system and file system. */
export class SourceWatch {
	private built: string | undefined;
	private previous: string | undefined;

	/** @param folders whose files are watched, with all folders in them */
	constructor(private readonly folders: readonly string[]) {}

	/**
	 * Returns true once per change, at the first look that finds nothing new since the look before: an
	 * editor or git writes several files one after the other. The first look is the state to compare with.
	 */
	async hasChanged(): Promise<boolean> {
		const now = await this.look();
		this.built ??= now;
		const isSettled = now === this.previous;
		this.previous = now;
		if (!isSettled || now === this.built) return false;
		this.built = now;
		return true;
	}

	private async look(): Promise<string> {
		const files = await Promise.all(this.folders.map(filesIn));
		return files.flat().sort().join('\n');
	}
}

async function filesIn(folder: string): Promise<string[]> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	const files = entries.filter((entry) => entry.isFile());
	return await Promise.all(
		files.map(async (entry) => {
			const file = join(entry.parentPath, entry.name);
			// A file may be removed between the two calls.
			const found = await stat(file).catch(() => undefined);
			return `${file} ${found?.size} ${found?.mtimeMs}`;
		}),
	);
}
