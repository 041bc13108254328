import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SourceWatch } from '../../../tools/dev/source-watch';

describe('SourceWatch', () => {
	let folder: string;
	let watch: SourceWatch;
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'source-watch-'));
		await mkdir(join(folder, 'deep'));
		await writeFile(join(folder, 'deep', 'one.ts'), 'one');
		watch = new SourceWatch([folder]);
		await watch.hasChanged();
	});
	afterEach(async () => await rm(folder, { recursive: true, force: true }));

	const looks = async (count: number) => {
		const found: boolean[] = [];
		while (found.length < count) found.push(await watch.hasChanged());
		return found;
	};

	it('reports nothing if nothing changes', async () => {
		expect(await looks(3)).toEqual([false, false, false]);
	});

	it.each<[string, () => Promise<void>]>([
		['written', async () => await writeFile(join(folder, 'deep', 'one.ts'), 'longer')],
		['added', async () => await writeFile(join(folder, 'two.ts'), 'two')],
		['removed', async () => await rm(join(folder, 'deep', 'one.ts'))],
	])('reports a file that was %s once', async (_, change) => {
		await looks(1);
		await change();
		expect(await looks(4)).toEqual([false, true, false, false]);
	});

	it('waits until the writing has ended', async () => {
		await writeFile(join(folder, 'two.ts'), 'two');
		expect(await looks(1)).toEqual([false]);
		await writeFile(join(folder, 'three.ts'), 'three');
		expect(await looks(3)).toEqual([false, true, false]);
	});

	it('reports a change that was made during a build', async () => {
		await writeFile(join(folder, 'two.ts'), 'two');
		expect(await looks(2)).toEqual([false, true]);
		await writeFile(join(folder, 'three.ts'), 'three');
		expect(await looks(2)).toEqual([false, true]);
	});
});
