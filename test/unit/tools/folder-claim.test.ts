import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimFolder } from '../../../tools/demo/folder-claim';

describe('claimFolder', () => {
	let parent: string;
	let folder: string;
	beforeEach(async () => {
		parent = await mkdtemp(join(tmpdir(), 'folder-claim-'));
		folder = join(parent, 'n8n');
	});
	afterEach(async () => await rm(parent, { recursive: true, force: true }));

	it('refuses a folder that another running process has claimed', async () => {
		await writeFile(`${folder}.pid`, `${process.ppid}\n`);
		await expect(claimFolder(folder)).rejects.toThrow(`as process ${process.ppid}`);
	});

	it('takes over the folder of a process that has ended', async () => {
		// Beyond the greatest process id of any system.
		await writeFile(`${folder}.pid`, '2147483647\n');
		await expect(claimFolder(folder)).resolves.toBeDefined();
	});

	it('leaves nothing behind', async () => {
		const giveUp = await claimFolder(folder);
		expect(await readdir(parent)).toEqual(['n8n.pid']);
		await giveUp();
		expect(await readdir(parent)).toEqual([]);
	});
});
