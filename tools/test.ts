import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkoutFolder } from './n8n/checkout';
import { Problem } from './n8n/problem';
import { failedTests } from './test-failures';
import { missingPrograms, type Suite } from './test-programs';

const SUITES: readonly Suite[] = ['unit', 'workflows', 'peers', 'e2e', 'browser'];

/** The oldest n8n that the nodes are tested in, and with which files. */
const OLDEST_N8N = '1.123.81';
const FILES_FOR_OLDEST = [
	'exapi',
	'exapi-trigger',
	'exapi-order-trigger',
	'clientright',
	'elektrik',
	'elektrik-trigger',
].map((name) => `test/e2e/${name}.test.ts`);

/** Jest's setting of how many files run at once; by default one less than there are cores. */
const WORKERS: Record<Suite, readonly string[]> = {
	unit: ['--maxWorkers=100%'],
	// What a time-out meets differs where two engines share a core.
	workflows: [],
	peers: [],
	// One after the other: each file of these starts an n8n or a browser of its own.
	e2e: ['--runInBand'],
	browser: ['--runInBand'],
};

const HELP = `Lint, build and all tests.

npm test [-- --suite unit …]

  --suite   one of ${SUITES.join(', ')}; may be given several times; without it all, and lint too
  --long    the full counts instead of small ones (npm run test:long)
  --compat  only that the nodes work in the oldest n8n, ${OLDEST_N8N} (npm run test:compat)

A suite whose programs are not installed is named and left out; with CI=true that is a failure.
`;

interface Outcome {
	name: string;
	/** `undefined`: left out. */
	passed: boolean | undefined;
	note: string;
	/** Which tests failed, and why. */
	failed?: readonly string[];
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			suite: { type: 'string', multiple: true },
			long: { type: 'boolean', default: false },
			compat: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) {
		process.stdout.write(HELP);
		return;
	}
	const suites = readSuites(values.suite);
	const outcomes: Outcome[] = [];
	if (values.compat) {
		report([await runCompatibility()]);
		return;
	}
	if (!values.suite) {
		outcomes.push(await check('lint', 'npm', ['run', '--silent', 'lint']));
		outcomes.push(await check('types', 'npm', ['run', '--silent', 'typecheck']));
	}
	for (const suite of suites) outcomes.push(await runSuite(suite, values.long));
	report(outcomes);
}

function readSuites(names: readonly string[] | undefined): readonly Suite[] {
	const unknown = names?.filter((name) => !SUITES.includes(name as Suite)) ?? [];
	if (unknown.length > 0)
		throw new Problem(`There is no suite "${unknown.join(', ')}".\n\n${HELP}`);
	return names ? SUITES.filter((suite) => names.includes(suite)) : SUITES;
}

async function runSuite(suite: Suite, long: boolean): Promise<Outcome> {
	const missing = missingPrograms(suite);
	if (missing.length > 0) {
		const note = `needs ${missing.map(({ name, install }) => `${name} (${install})`).join(', ')}`;
		return { name: suite, passed: process.env.CI === 'true' ? false : undefined, note };
	}
	return await runJest(suite, ['--selectProjects', suite, ...WORKERS[suite]], {
		PARTNER_EXCHANGE_LONG: long ? '1' : '',
	});
}

async function runCompatibility(): Promise<Outcome> {
	const args = [...FILES_FOR_OLDEST, '--selectProjects', 'e2e', '--runInBand'];
	return await runJest('compat', args, { PARTNER_EXCHANGE_N8N: OLDEST_N8N });
}

async function runJest(
	name: string,
	args: readonly string[],
	env: Record<string, string>,
): Promise<Outcome> {
	const jest = join(checkoutFolder(), 'node_modules', 'jest', 'bin', 'jest.js');
	const folder = mkdtempSync(join(tmpdir(), 'partner-exchange-tests-'));
	try {
		const results = join(folder, 'results.json');
		const keep = ['--json', '--outputFile', results];
		const outcome = await check(name, process.execPath, [jest, ...args, ...keep], env);
		return outcome.passed ? outcome : { ...outcome, failed: failedTests(results) };
	} finally {
		rmSync(folder, { recursive: true });
	}
}

async function check(
	name: string,
	command: string,
	args: readonly string[],
	env: Record<string, string> = {},
): Promise<Outcome> {
	process.stdout.write(`\n── ${name} ${'─'.repeat(70 - name.length)}\n`);
	const started = Date.now();
	const code = await run(command, args, env);
	const note = `${Math.round((Date.now() - started) / 1000)} s`;
	return { name, passed: code === 0, note };
}

async function run(
	command: string,
	args: readonly string[],
	env: Record<string, string>,
): Promise<number> {
	return await new Promise((resolve, reject) => {
		const child = spawn(command, args, {
			cwd: checkoutFolder(),
			stdio: 'inherit',
			env: { ...process.env, ...env },
			// npm is a script on Windows.
			shell: process.platform === 'win32' && command === 'npm',
		});
		child.on('error', reject);
		child.on('close', (code) => resolve(code ?? 1));
	});
}

function report(outcomes: readonly Outcome[]): void {
	process.stdout.write('\nSummary\n');
	for (const { name, passed, note, failed = [] } of outcomes) {
		const mark = passed === undefined ? 'left out' : passed ? 'passed' : 'FAILED';
		process.stdout.write(`  ${name.padEnd(10)} ${mark.padEnd(9)} ${note}\n`);
		for (const test of failed) process.stdout.write(`\n${test}\n\n`);
	}
	if (outcomes.some(({ passed }) => passed === false)) process.exitCode = 1;
}

main().catch((error: unknown) => {
	process.stderr.write(`${error instanceof Problem ? error.message : String(error)}\n`);
	process.exitCode = 1;
});
