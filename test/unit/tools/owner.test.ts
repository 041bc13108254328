import { chmod, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownerOf } from '../../../tools/demo/owner';

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'owner-'));
});
afterEach(async () => await rm(folder, { recursive: true, force: true }));

describe('the owner of the n8n that npm start runs', () => {
	it('has a random password for each user folder, which stays', async () => {
		const inOne = await ownerOf(join(folder, 'one'));
		expect(await ownerOf(join(folder, 'one'))).toEqual(inOne);
		const inOther = await ownerOf(join(folder, 'other'));
		expect(inOther.password).not.toBe(inOne.password);
		expect(inOne.password).toMatch(/^(?=.*[A-Z])(?=.*\d)[\w-]{20,64}$/);
	});

	it('has a password that only the user can read', async () => {
		const { password } = await ownerOf(folder);
		const [name = ''] = await readdir(folder);
		const file = join(folder, name);
		expect((await readFile(file, 'utf8')).trim()).toBe(password);
		const modeOf = async () => (await stat(file)).mode & 0o777;
		expect(await modeOf()).toBe(0o600);
		await chmod(file, 0o644);
		expect((await ownerOf(folder)).password).toBe(password);
		expect(await modeOf()).toBe(0o600);
	});
});
