import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkoutFolder } from '../../tools/n8n/checkout';
import { runNpm } from '../../tools/n8n/npm';

const MINUTES = 5 * 60_000;
const NAME = 'n8n-nodes-partner-exchange';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'partner-exchange-install-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it(
	'a plain npm install brings the wire formats, and neither n8n-workflow nor isolated-vm',
	async () => {
		const logFile = join(folder, 'npm.log');
		const pack = ['pack', '--ignore-scripts', '--pack-destination', folder];
		await runNpm(pack, { cwd: checkoutFolder(), logFile });
		const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz'));
		// Scripts would compile isolated-vm, for minutes, if it came.
		const install = ['install', '--ignore-scripts', '--legacy-peer-deps=false', '--prefix', folder];
		await runNpm([...install, join(folder, String(tarball))], { cwd: folder, logFile });

		const isInstalled = (name: string) => existsSync(join(folder, 'node_modules', name));
		expect(['axios', NAME, 'n8n-workflow', 'isolated-vm'].filter(isInstalled)).toEqual([
			'axios',
			NAME,
		]);
		const script = `console.log(typeof require('${NAME}').exapi.writeRequest)`;
		const output = execFileSync(process.execPath, ['-e', script], { cwd: folder });
		expect(output.toString().trim()).toBe('function');
	},
	MINUTES,
);
