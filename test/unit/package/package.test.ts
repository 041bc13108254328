import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as entry from '../../..';
import manifest from '../../../package.json';

const CHECKOUT = join(__dirname, '..', '..', '..');

describe('the package', () => {
	it('gives the wire formats to any Node program', () => {
		const { exapi } = entry;
		const key = { sender: 'partner_7', secret: 'invented' };
		const body = exapi.writeRequest({ method: 'addOrder', params: [], id: '1' }, key);
		expect(exapi.openRequest(body, () => [key.secret]).request.method).toBe('addOrder');
	});

	it('registers nodes and credentials that the build makes', () => {
		for (const file of [...manifest.n8n.nodes, ...manifest.n8n.credentials]) {
			expect(existsSync(join(CHECKOUT, file))).toBe(true);
		}
	});

	it('leaves n8n-workflow to the host', () => {
		expect(manifest.peerDependencies).toEqual({ 'n8n-workflow': '*' });
		expect(Object.keys(manifest.dependencies)).not.toContain('n8n-workflow');
	});

	it('packs what users need and nothing else', () => {
		const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
			cwd: CHECKOUT,
			encoding: 'utf8',
			shell: process.platform === 'win32',
		});
		const [{ files, size }] = JSON.parse(output) as [
			{ files: Array<{ path: string }>; size: number },
		];
		const paths = files.map(({ path }) => path);
		const outside = paths.filter((path) => !path.startsWith('dist/')).sort();
		expect(outside).toEqual(
			expect.arrayContaining(['LICENSE', 'README.md', 'index.d.ts', 'index.js', 'package.json']),
		);
		expect(
			outside.filter(
				(path) =>
					!/^(CHANGELOG\.md|LICENSE|README(\.ru)?\.md|index\.(d\.ts|js)|package\.json)$/.test(path),
			),
		).toEqual([]);
		expect(paths.filter((path) => !/\.(js|json|d\.ts|svg|md)$|^LICENSE$/.test(path))).toEqual([]);
		expect(
			paths.filter((path) => /test|sandbox|tools/.test(path.replace(/credential-test/, ''))),
		).toEqual([]);
		expect(paths).toEqual(
			expect.arrayContaining(['dist/icons/exapi.svg', 'dist/nodes/Exapi/Exapi.node.json']),
		);
		expect(size).toBeLessThan(300 * 1024);
	});
});
