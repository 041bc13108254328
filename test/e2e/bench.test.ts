import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { checkoutFolder } from '../../tools/n8n/checkout';
import { INSTALL_TIMEOUT } from './host';

it(
	'measures every row of npm run bench, in small',
	async () => {
		// Exit code 0: each row did its work on both sides. What the figures are does not matter here.
		const args = ['tools/bootstrap.mjs', 'build/test/bench/main.js', '--quick'];
		const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: checkoutFolder() });
		expect(stdout).not.toContain('FAILED');
		expect(stdout).toContain('phone.hash');
	},
	INSTALL_TIMEOUT,
);
