import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { checkoutFolder } from './n8n/checkout';

/**
 * Hostile input in full counts: `npm run fuzz`. Arguments go to jest, as
 * `npm run fuzz -- forgery`.
 */
const jest = join(checkoutFolder(), 'node_modules', 'jest', 'bin', 'jest.js');
const wanted = process.argv.slice(2);
const { status } = spawnSync(
	process.execPath,
	[
		jest,
		'--selectProjects',
		'unit',
		'--runInBand',
		...(wanted.length === 0
			? ['test/unit/fuzz']
			: wanted.map((name) => `test/unit/fuzz/.*${name}`)),
	],
	{
		cwd: checkoutFolder(),
		stdio: 'inherit',
		env: { ...process.env, PARTNER_EXCHANGE_LONG: '1' },
	},
);
process.exitCode = status ?? 1;
