import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../../../package.json';
import { CHECKOUT } from './markdown';

const text = readFileSync(join(CHECKOUT, 'CHANGELOG.md'), 'utf8');
const versions = [...text.matchAll(/^## (.*)$/gm)].map(([, heading = '']) => heading);
const SEMANTIC = /^\[\d+\.\d+\.\d+(-[\w.]+)?\] - \d{4}-\d{2}-\d{2}$/;

describe('the changelog', () => {
	it('has versions and kinds of changes as Keep a Changelog names them', () => {
		expect(versions[0]).toBe('[Unreleased]');
		expect(versions.slice(1).filter((version) => !SEMANTIC.test(version))).toEqual([]);
		const kinds = [...text.matchAll(/^### (.*)$/gm)].map(([, kind]) => kind);
		expect(kinds).not.toEqual([]);
		for (const kind of kinds) {
			expect(['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security']).toContain(kind);
		}
	});

	it('has the version of the package, once there was a release', () => {
		const released = versions.slice(1).map((version) => version.replace(/^\[(.*)\].*$/, '$1'));
		expect(manifest.version).toMatch(/^\d+\.\d+\.\d+$/);
		expect([undefined, manifest.version]).toContain(released[0]);
	});
});
