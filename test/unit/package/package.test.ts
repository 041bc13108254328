import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as entry from '../../..';
import manifest from '../../../package.json';

const CHECKOUT = join(__dirname, '..', '..', '..');

describe('the package', () => {
	it('gives the wire format of exapi to any Node program', () => {
		const { exapi } = entry;
		const key = { sender: 'partner_7', secret: 'invented' };
		const body = exapi.writeRequest({ method: 'addOrder', params: [], id: '1' }, key);
		expect(exapi.openRequest(body, () => [key.secret]).request.method).toBe('addOrder');
	});

	it('gives that of Elektrik.ru', () => {
		const { elektrik } = entry;
		const phoneHash = elektrik.hashPhone('8 (900) 000-00-01', 'invented');
		expect(elektrik.readCheckRequest(elektrik.writeCheckRequest(phoneHash))).toBe(phoneHash);
		const { body } = elektrik.writeCheckUserResponse('1.2', { exist: true, points: 7 });
		expect(body.toString()).toContain('>7</points>');
		expect(() => elektrik.readCheckUser(body, undefined)).toThrow(elektrik.SoapFault);
	});

	it('gives that of ClientRight CRM', () => {
		const { clientright } = entry;
		expect(clientright.answerChallenge('token', 'key')).toMatch(/^[0-9a-f]{32}$/);
		const rules = { timeZone: 'UTC', normalizeMobile: true, validateChecksums: false };
		const asked = { inn: '500100732259', smsCode: '1234' };
		const fields = clientright.writeFields(clientright.FILES_FIELDS, asked, rules);
		expect(clientright.writeForm(fields)).toContain('inn=500100732259');
		const { envelope } = clientright.openEnvelope('{"success":true,"result":"84001"}')!;
		if (!envelope.success) throw new Error('It was a success');
		expect(clientright.readRecordId('CreateContact', envelope.result)).toBe('84001');
	});

	it('gives them without n8n', () => {
		const script = "require('.'); console.log(Object.keys(require.cache).join('\\n'))";
		const loaded = execFileSync(process.execPath, ['-e', script], {
			cwd: CHECKOUT,
			encoding: 'utf8',
		}).split('\n');
		expect(loaded.some((file) => file.endsWith(join('Elektrik', 'protocol', 'index.js')))).toBe(
			true,
		);
		const fromN8n = loaded.filter((file) => /node_modules[\\/](@n8n|n8n-)/.test(file));
		expect(fromN8n).toEqual([]);
	});

	it('registers nodes and credentials that the build makes', () => {
		for (const file of [...manifest.n8n.nodes, ...manifest.n8n.credentials]) {
			expect(existsSync(join(CHECKOUT, file))).toBe(true);
		}
	});

	it('leaves n8n-workflow to the host', () => {
		expect(manifest.peerDependencies).toEqual({ 'n8n-workflow': '*' });
		// npm would install a peer that is not optional, and isolated-vm with it.
		expect(manifest.peerDependenciesMeta).toEqual({ 'n8n-workflow': { optional: true } });
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
			expect.arrayContaining([
				'dist/icons/exapi.svg',
				'dist/nodes/Exapi/Exapi.node.json',
				'dist/nodes/Exapi/__schema__/v1.0.0/order/create.json',
			]),
		);
		// About 1 KB per file: a larger package contains a picture or a recording by mistake.
		expect(size).toBeLessThan(paths.length * 1.15 * 1024);
		expect(size).toBeLessThan(400 * 1024);
	});
});
