import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cachedFolder, filledOnce, isCached } from '../../../tools/n8n/cache';

let folder: string;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'partner-exchange-cache-'));
	process.env.PARTNER_EXCHANGE_CACHE = folder;
});

afterEach(() => {
	delete process.env.PARTNER_EXCHANGE_CACHE;
	rmSync(folder, { recursive: true });
});

const write = (text: string) => async (into: string) => {
	await Promise.resolve();
	writeFileSync(join(into, 'content'), text);
};
const names = () => readdirSync(join(cachedFolder('x'), '..'));

describe('filledOnce', () => {
	it('fills a folder once', async () => {
		const fill = jest.fn(write('first'));
		const first = await filledOnce('x', fill);

		await expect(filledOnce('x', write('second'))).resolves.toBe(first);
		expect(fill).toHaveBeenCalledTimes(1);
		expect(readdirSync(first)).toEqual(expect.arrayContaining(['content']));
		expect(names()).toEqual(['x']);
	});

	it('shows nothing of a folder that could not be filled, and fills it the next time', async () => {
		const fill = async (into: string) => {
			await write('half')(into);
			throw new Error('no network');
		};
		await expect(filledOnce('x', fill)).rejects.toThrow('no network');
		expect(isCached('x')).toBe(false);
		expect(existsSync(cachedFolder('x'))).toBe(false);

		await filledOnce('x', write('whole'));
		expect(isCached('x')).toBe(true);
		expect(names()).toEqual(['x']);
	});

	it('takes the folder of a process that was faster', async () => {
		await filledOnce('x', async (into) => {
			await write('slow')(into);
			mkdirSync(cachedFolder('x'));
			writeFileSync(join(cachedFolder('x'), '.done'), '');
		});

		expect(readdirSync(cachedFolder('x'))).toEqual(['.done']);
		expect(names()).toEqual(['x']);
	});

	it('replaces a folder that was never completed', async () => {
		mkdirSync(cachedFolder('x'), { recursive: true });
		writeFileSync(join(cachedFolder('x'), 'half'), '');
		await filledOnce('x', write('whole'));

		expect(readdirSync(cachedFolder('x')).sort()).toEqual(['.done', 'content']);
	});

	it('removes what ended processes left, and nothing of living ones or of other folders', async () => {
		const ended = spawnSync(process.execPath, ['-e', '']).pid;
		for (const name of [`x.${ended}`, `x.${process.ppid}`, `x-y.${ended}`, 'x.txt']) {
			mkdirSync(cachedFolder(name), { recursive: true });
		}
		await filledOnce('x', write('whole'));

		expect(names().sort()).toEqual(['x', `x-y.${ended}`, `x.${process.ppid}`, 'x.txt'].sort());
	});
});
