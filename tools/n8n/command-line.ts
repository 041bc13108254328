import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile, appendFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandFailure, runCommand } from './command';
import { n8nEnvironment, type N8nSettings } from './environment';
import { readOutcome, type ExecutionOutcome, type RawRunData } from './execution';
import { freePorts } from './free-port';
import { Problem } from './problem';
import type { CredentialDefinition, WorkflowDefinition } from './workflow';

const TIMEOUT_MS = 120_000;

/** What n8n's commands run with: the settings of an instance, without its ports. */
export interface CommandLineContext {
	settings: Omit<N8nSettings, 'port' | 'brokerPort'>;
	/** n8n's entry script. */
	bin: string;
	/** Gets each command and all it prints, at its end. */
	logFile: string;
}

interface CommandResult {
	printed: string;
	failure?: CommandFailure;
}

async function inTemporaryFolder<T>(job: (folder: string) => Promise<T>): Promise<T> {
	// Only its owner may read it: credentials are handed to n8n in a file.
	const folder = await mkdtemp(join(tmpdir(), 'n8n-command-'));
	try {
		return await job(folder);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

/** Runs `n8n <args>` to its end. It does not disturb a server on the same user folder. */
async function run(context: CommandLineContext, args: string[]): Promise<CommandResult> {
	const { settings, bin, logFile } = context;
	const [port, brokerPort] = await freePorts(2);
	const env = n8nEnvironment({ ...settings, port: port ?? 0, brokerPort: brokerPort ?? 0 });
	await mkdir(settings.userFolder, { recursive: true });
	return await inTemporaryFolder(async (folder) => {
		const output = join(folder, 'output.txt');
		const failure = await runCommand(settings.node, [bin, ...args], {
			cwd: settings.userFolder,
			env,
			logFile: output,
			shownAs: ['n8n', ...args].join(' '),
			timeoutMs: TIMEOUT_MS,
		}).then(
			() => undefined,
			(error: unknown) => {
				if (error instanceof CommandFailure) return error;
				throw error;
			},
		);
		const printed = await readFile(output, 'utf8');
		await appendFile(logFile, `$ n8n ${args.join(' ')}\n${printed}\n`);
		return { printed, failure };
	});
}

async function runOrThrow(context: CommandLineContext, args: string[]): Promise<void> {
	const { failure } = await run(context, args);
	if (failure) throw failure;
}

/** `n8n import:credentials`: adds them, or replaces those with the same id. */
export async function importCredentials(
	context: CommandLineContext,
	credentials: CredentialDefinition[],
): Promise<void> {
	await inTemporaryFolder(async (folder) => {
		const file = join(folder, 'credentials.json');
		await writeFile(file, JSON.stringify(credentials), { mode: 0o600 });
		await runOrThrow(context, ['import:credentials', `--input=${file}`]);
	});
}

/**
 * `n8n import:workflow`: adds them, or replaces those with the same id, unpublished.
 *
 * @param workflows definitions, or paths of files with one each
 */
export async function importWorkflows(
	context: CommandLineContext,
	workflows: Array<WorkflowDefinition | string>,
): Promise<void> {
	await inTemporaryFolder(async (folder) => {
		for (const workflow of workflows) {
			const text =
				typeof workflow === 'string' ? await readFile(workflow, 'utf8') : JSON.stringify(workflow);
			await writeFile(join(folder, `${randomUUID()}.json`), text);
		}
		await runOrThrow(context, ['import:workflow', '--separate', `--input=${folder}`]);
	});
}

/** `n8n export:credentials`: all of them, with their secrets. */
export async function exportCredentials(
	context: CommandLineContext,
): Promise<CredentialDefinition[]> {
	return await exportAll(context, ['export:credentials', '--decrypted'], 'No credentials found');
}

/** `n8n export:workflow`: the newest version of all of them, archived ones too. */
export async function exportWorkflows(context: CommandLineContext): Promise<WorkflowDefinition[]> {
	return await exportAll(context, ['export:workflow'], 'No workflows found');
}

/** @param nothing what n8n prints when it ends with a failure because there is nothing to export */
async function exportAll<Part>(
	context: CommandLineContext,
	command: string[],
	nothing: string,
): Promise<Part[]> {
	return await inTemporaryFolder(async (folder) => {
		const file = join(folder, 'exported.json');
		const { printed, failure } = await run(context, [...command, '--all', `--output=${file}`]);
		if (!failure) return JSON.parse(await readFile(file, 'utf8')) as Part[];
		if (printed.includes(nothing)) return [];
		throw failure;
	});
}

/** `n8n publish:workflow`: its triggers work from n8n's next start on. */
export async function publishWorkflow(context: CommandLineContext, id: string): Promise<void> {
	await runOrThrow(context, ['publish:workflow', `--id=${id}`]);
}

/** n8n prints the execution's JSON indented among its log lines: from a lone { to a lone }. */
function executionIn(printed: string): { data: RawRunData; status: string } | undefined {
	const json = /^\{$[\s\S]*?^\}$/m.exec(printed)?.[0];
	return json === undefined
		? undefined
		: (JSON.parse(json) as { data: RawRunData; status: string });
}

/**
 * `n8n execute`: runs a stored workflow from its trigger, in a process of its own.
 *
 * @returns the outcome, also when the workflow failed
 * @throws Problem when there is no such workflow or n8n could not run it
 */
export async function executeWorkflow(
	context: CommandLineContext,
	id: string,
): Promise<ExecutionOutcome> {
	const { printed, failure } = await run(context, ['execute', `--id=${id}`, '--rawOutput']);
	const execution = executionIn(printed);
	if (execution) return readOutcome(execution.data, execution.status);
	throw failure ?? new Problem(`n8n printed no execution of workflow ${id}:\n${printed}`);
}
