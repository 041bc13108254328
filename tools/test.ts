import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { sourcesIn } from './imports';
import { npmCommand } from './bootstrap/npm-command.js';
import { checkoutFolder } from './n8n/checkout';
import { Problem } from './n8n/problem';
import { failedTests } from './test-failures';
import { missingPrograms } from './prerequisites';

/** What is tested: by itself, in n8n's engine, against other languages, in a real n8n, in its editor. */
const SUITES = ['unit', 'workflows', 'peers', 'e2e', 'browser'] as const;
type Suite = (typeof SUITES)[number];

/** The file of the e2e suite that `npm test` runs. */
const SMOKE = 'test/e2e/smoke.test.ts';

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

/**
 * One after the other: these files share an n8n, or start n8n or a browser of their own. A server that
 * a file leaves behind when it fails halfway does not keep the run from its end.
 */
const IN_A_ROW = ['--runInBand', '--forceExit'];

/** What one Jest runs. */
interface JestRun {
	suites: readonly Suite[];
	/** Tells its files from those of a run with the same suite. */
	has?: (file: string) => boolean;
	/** Jest's setting of how many files run at once. */
	workers: readonly string[];
}

/** Files that start much: n8n in queue mode, several n8n, or all rows of the bench. */
const BESIDE = new Set(
	[
		'attacks',
		'bench',
		'elektrik-queue',
		'exapi-order-trigger',
		'queue',
		'queue-deaths',
		'queue-locks',
	].map((name) => `test/e2e/${name}.test.ts`),
);

/** Files that measure how long something keeps the event loop: nothing may run beside them. */
const ALONE = new Set([
	'test/unit/elektrik/soap-bombs.test.ts',
	'test/unit/fuzz/budgets.test.ts',
	'test/unit/shared/wire.test.ts',
]);

/** The runs of a row go on side by side, each row when the one before it has ended. */
const RUNS: ReadonlyArray<readonly JestRun[]> = [
	// Many of them wait for timeouts, so a third one can use two cores.
	[
		{
			suites: ['unit', 'workflows'],
			has: (file) => !ALONE.has(file),
			workers: [`--maxWorkers=${Math.max(3, cpus().length)}`],
		},
	],
	[{ suites: ['unit'], has: (file) => ALONE.has(file), workers: ['--runInBand'] }],
	// Each waits for n8n most of the time.
	[
		{
			suites: ['peers', 'e2e', 'browser'],
			has: (file) => !BESIDE.has(file),
			workers: IN_A_ROW,
		},
		{ suites: ['e2e'], has: (file) => BESIDE.has(file), workers: IN_A_ROW },
	],
];

const HELP = `Tests of the package.

npm test                  in four minutes, with nothing but Node: types, unit tests, workflows in n8n's
                          engine, and every node and trigger in a real n8n
npm run test:all          everything: lint, types and all suites
npm run test:all -- --suite unit …

  --suite   one of ${SUITES.join(', ')}; may be given several times; without lint and types
  --long    the full counts instead of small ones (npm run test:long)
  --compat  only that the nodes work in the oldest n8n, ${OLDEST_N8N} (npm run test:compat)

A test file whose programs are not installed is named and left out; with CI=true that is a failure.
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
			all: { type: 'boolean', default: false },
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
	const { all, suite: names, long, compat } = values;
	if (compat) report([await runCompatibility()]);
	else if (all || names) report(await runAll(names, long));
	else report(await runQuick());
}

async function runQuick(): Promise<Outcome[]> {
	const env = { PARTNER_EXCHANGE_QUICK: '1' };
	return [
		await check('types', 'npm', ['run', '--silent', 'typecheck']),
		...(await runSuites(['unit', 'workflows'], env)),
		await runJest('smoke', [SMOKE, '--selectProjects', 'e2e', ...IN_A_ROW], env),
	];
}

async function runAll(names: readonly string[] | undefined, long: boolean): Promise<Outcome[]> {
	const suites = readSuites(names);
	const env = { PARTNER_EXCHANGE_QUICK: '', PARTNER_EXCHANGE_LONG: long ? '1' : '' };
	const outcomes: Outcome[] = [];
	if (!names) {
		outcomes.push(await check('lint', 'npm', ['run', '--silent', 'lint']));
		outcomes.push(await check('types', 'npm', ['run', '--silent', 'typecheck']));
	}
	outcomes.push(...(await runSuites(suites, env)));
	return outcomes;
}

function readSuites(names: readonly string[] | undefined): readonly Suite[] {
	const unknown = names?.filter((name) => !SUITES.includes(name as Suite)) ?? [];
	if (unknown.length > 0)
		throw new Problem(`There is no suite "${unknown.join(', ')}".\n\n${HELP}`);
	return names ? SUITES.filter((suite) => names.includes(suite)) : SUITES;
}

/** Runs suites without the files whose programs are missing. */
async function runSuites(
	wanted: readonly Suite[],
	env: Record<string, string>,
): Promise<Outcome[]> {
	const outcomes: Outcome[] = [];
	for (const row of RUNS) {
		const ended = await Promise.all(row.map(async (run) => await runPart(run, wanted, env)));
		outcomes.push(...ended.flat());
	}
	return outcomes;
}

async function runPart(
	{ suites, has = () => true, workers }: JestRun,
	wanted: readonly Suite[],
	env: Record<string, string>,
): Promise<Outcome[]> {
	const here = suites.filter((suite) => wanted.includes(suite));
	const all = here.flatMap(filesOf);
	const files = all.filter(has);
	const leftOut = files.flatMap((file) => leaveOut(file) ?? []);
	if (leftOut.length === files.length) return leftOut;
	const others = [...all.filter((file) => !has(file)), ...leftOut.map(({ name }) => name)];
	const without = others.flatMap((file) => ['--testPathIgnorePatterns', endingIn(file)]);
	const args = ['--selectProjects', ...here, ...workers, ...without];
	return [await runJest(here.join(', '), args, env), ...leftOut];
}

/** A pattern of paths, on every system. */
function endingIn(path: string): string {
	return `${path.replaceAll('.', '\\.').replaceAll('/', '[\\\\/]')}$`;
}

/** The test files of a suite, by their paths in the repository with `/`. */
function filesOf(suite: Suite): string[] {
	return sourcesIn(join(checkoutFolder(), 'test', suite))
		.filter((file) => file.endsWith('.test.ts'))
		.map((file) => relative(checkoutFolder(), file).replaceAll(sep, '/'));
}

/** What the summary says of a file that cannot run here. */
function leaveOut(file: string): Outcome | undefined {
	const missing = missingPrograms(join(checkoutFolder(), file));
	if (missing.length === 0) return undefined;
	const note = `needs ${missing.map(({ name, install }) => `${name} (${install})`).join(', ')}`;
	return { name: file, passed: process.env.CI === 'true' ? false : undefined, note };
}

async function runCompatibility(): Promise<Outcome> {
	const args = [...FILES_FOR_OLDEST, '--selectProjects', 'e2e', ...IN_A_ROW];
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
	const program = command === 'npm' ? npmCommand() : { command, before: [], shell: false };
	return await new Promise((resolve, reject) => {
		const child = spawn(program.command, [...program.before, ...args], {
			cwd: checkoutFolder(),
			stdio: 'inherit',
			env: { ...process.env, ...env },
			shell: program.shell,
		});
		child.on('error', reject);
		child.on('close', (code) => resolve(code ?? 1));
	});
}

function report(outcomes: readonly Outcome[]): void {
	process.stdout.write('\nSummary\n');
	for (const { name, passed, note, failed = [] } of outcomes) {
		const mark = passed === undefined ? 'left out' : passed ? 'passed' : 'FAILED';
		process.stdout.write(`  ${mark.padEnd(9)} ${name}: ${note}\n`);
		for (const test of failed) process.stdout.write(`\n${test}\n\n`);
	}
	if (outcomes.some(({ passed }) => passed === false)) process.exitCode = 1;
}

main().catch((error: unknown) => {
	process.stderr.write(`${error instanceof Problem ? error.message : String(error)}\n`);
	process.exitCode = 1;
});
