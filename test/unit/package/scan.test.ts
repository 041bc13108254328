import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import manifest from '../../../package.json';
import { QUICK } from '../../extent';

const CHECKOUT = join(__dirname, '..', '..', '..');
const MINUTES = 3 * 60_000;

interface LintResult {
	messages: Array<{ ruleId: string | null; message: string }>;
}

/** The rules that n8n's scanner finds broken in a folder. */
function scan(folder: string, ...patterns: string[]): string[] {
	const eslint = join(CHECKOUT, 'node_modules', 'eslint', 'bin', 'eslint.js');
	const config = join(CHECKOUT, 'eslint.scan.config.mjs');
	const args = [eslint, '--config', config, '--no-inline-config', '--format', 'json', ...patterns];
	const { stdout, stderr } = spawnSync(process.execPath, args, {
		cwd: folder,
		encoding: 'utf8',
		maxBuffer: 64 * 1024 * 1024,
		// Rules of n8n look at files of any name when they are themselves under test.
		env: { ...process.env, NODE_ENV: 'production' },
	});
	if (stdout === '') throw new Error(stderr);
	const messages = (JSON.parse(stdout) as LintResult[]).flatMap((result) => result.messages);
	return [...new Set(messages.map(({ ruleId, message }) => ruleId ?? message))].sort();
}

/** The rules in the table below a heading of docs/dependencies.md, by what its second column says. */
function explained(where: RegExp): string[] {
	const page = readFileSync(join(CHECKOUT, 'docs', 'dependencies.md'), 'utf8');
	const section = page.split(/^## /m).find((text) => text.startsWith('What n8n’s scanner finds'));
	return [...(section ?? '').matchAll(/^\| `([^`]+)` *\| *([^|]+?) *\|/gm)]
		.filter(([, , place = '']) => where.test(place))
		.map(([, rule = '']) => rule)
		.sort();
}

// A minute of linting, which `npm run lint` mostly does as well.
(QUICK ? describe.skip : describe)('what n8n’s scanner finds', () => {
	let folder: string;

	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), 'partner-exchange-scan-'));
		const shell = process.platform === 'win32';
		execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], {
			cwd: CHECKOUT,
			shell,
		});
		const [tarball = ''] = readdirSync(folder);
		execFileSync('tar', ['-xzf', tarball], { cwd: folder });
	}, MINUTES);

	afterAll(() => rmSync(folder, { recursive: true, force: true }));

	it(
		'in the source is explained, rule by rule',
		() => {
			const found = scan(CHECKOUT, 'package.json', '{nodes,credentials}/**/*.{js,ts,json}');
			expect(found).toEqual(explained(/source/));
		},
		MINUTES,
	);

	it(
		'in the tarball is explained, rule by rule',
		() => {
			const found = scan(join(folder, 'package'), '**/*.js', 'package.json');
			expect(found).toEqual(explained(/tarball/));
		},
		MINUTES,
	);
});

describe('docs/dependencies.md', () => {
	it('has a reason for each runtime dependency, and for no other', () => {
		const page = readFileSync(join(CHECKOUT, 'docs', 'dependencies.md'), 'utf8');
		const section = page.split(/^## /m).find((text) => text.startsWith('At run time')) ?? '';
		const named = [...section.matchAll(/^\| (\w[\w.-]*) +\| \S/gm)].map(([, name]) => name);
		expect(named.filter((name) => name !== 'Package')).toEqual(
			Object.keys(manifest.dependencies).sort(),
		);
	});
});
