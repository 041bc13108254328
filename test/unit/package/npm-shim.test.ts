import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npmWithTarball } from '../../browser/npm-shim';

// The stand-in is a shell script; on Windows npm is a .cmd.
const onUnix = process.platform === 'win32' ? it.skip : it;

onUnix('a tarball stands in for one package, and npm does everything else', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'partner-exchange-shim-'));
	try {
		const tarball = join(folder, 'ours-1.2.3.tgz');
		await writeFile(tarball, 'packed');
		const real = process.env.PATH ?? '';
		const path = await npmWithTarball(
			join(folder, 'bin'),
			{ name: 'ours', version: '1.2.3' },
			tarball,
			real,
		);
		const npm = (env: string, ...args: string[]) =>
			execFileSync('npm', args, {
				cwd: join(folder, 'bin'),
				env: { ...process.env, PATH: env },
				encoding: 'utf8',
			}).trim();

		expect(npm(path, 'view', 'ours@latest', 'version', '--json')).toBe('"1.2.3"');
		expect(npm(path, 'pack', 'ours@latest', '--quiet')).toBe('ours-1.2.3.tgz');
		expect(await readFile(join(folder, 'bin', 'ours-1.2.3.tgz'), 'utf8')).toBe('packed');
		expect(npm(path, '--version')).toBe(npm(real, '--version'));
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
});
