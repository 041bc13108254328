/** @needs postgresql redis */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { checkoutFolder } from '../../tools/n8n/checkout';
import { ROWS } from '../bench/rows';
import { INSTALL_TIMEOUT } from './host';

it(
	'measures every row of npm run bench, in small',
	async () => {
		// Exit code 0: each row did its work on both sides. What the figures are does not matter here.
		const args = ['tools/bootstrap.mjs', 'build/test/bench/main.js', '--quick'];
		const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: checkoutFolder() });
		expect(stdout).not.toContain('FAILED');
		const measured = [...stdout.matchAll(/^Row (\w+):/gm)].map(([, id]) => id);
		expect(measured.sort()).toEqual([...ROWS.map(({ id }) => id)].sort());
	},
	INSTALL_TIMEOUT,
);
