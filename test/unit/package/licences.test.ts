import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Licences that let everybody use the package, whatever for. */
const ALLOWED = new Set([
	'MIT',
	'ISC',
	'Apache-2.0',
	'BSD-2-Clause',
	'BSD-3-Clause',
	'0BSD',
	'BlueOak-1.0.0',
]);

interface LockedPackage {
	version: string;
	license?: string;
	dev?: boolean;
	devOptional?: boolean;
	peer?: boolean;
}

const lock = JSON.parse(
	readFileSync(join(__dirname, '..', '..', '..', 'package-lock.json'), 'utf8'),
) as { packages: Record<string, LockedPackage> };

/** What n8n installs with the package. */
const installed = Object.entries(lock.packages).filter(
	([path, { dev, devOptional, peer }]) => path !== '' && !dev && !devOptional && !peer,
);

describe('licences of what users install', () => {
	it('knows the packages that are named in package.json, and those behind them', () => {
		const paths = installed.map(([path]) => path);
		expect(paths).toEqual(expect.arrayContaining(['node_modules/soap', 'node_modules/form-data']));
		expect(paths).not.toContain('node_modules/n8n-workflow');
	});

	it.each(installed)('%s may be used by everybody', (_, { license = 'none' }) => {
		const choices = license.replace(/[()]/g, '').split(' OR ');
		expect(choices.filter((choice) => ALLOWED.has(choice))).not.toEqual([]);
	});
});
