import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readExample } from './demo/demo-n8n';
import { describeKept } from './demo/example-plan';
import { endOnSignals, stopSignal } from './demo/signals';
import {
	readSandboxPort,
	SANDBOX_PORT,
	userFolderOfStart,
	withStage,
	type OpenStage,
	type StageOptions,
} from './demo/stage';
import { STORIES } from './demo/stories';
import type { Story, StoryResult } from './demo/story';
import { formatTable } from './demo/table';
import { Problem } from './n8n/problem';

const HELP = `Starts the partner systems and a real n8n with this package, and runs the examples in it.

npm start [-- --once] [-- --sandbox-port ${SANDBOX_PORT}] [-- --reset]

  --once          stop after the examples; the exit code is 0 only if all of them worked
  --sandbox-port  port of the partner systems on 127.0.0.1; default ${SANDBOX_PORT}, with --once any free one
  --reset         delete the n8n of earlier starts with all its workflows, and start over

What you edit or delete in n8n stays so at the next start: an example is written again only if it is as
it was written.
`;

const print = (text: string) => void process.stdout.write(`${text}\n`);

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			once: { type: 'boolean', default: false },
			'sandbox-port': { type: 'string' },
			reset: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) {
		print(HELP);
		return;
	}
	const { reset, 'sandbox-port': port } = values;
	if (values.once && reset) {
		throw new Problem('--once begins with an empty n8n anyway: leave out --reset.');
	}
	endOnSignals();
	const worked = values.once
		? await runOnce(readSandboxPort(port, 0))
		: await stayUp(readSandboxPort(port, SANDBOX_PORT), reset);
	if (!worked) process.exitCode = 1;
}

const optionsFor = (userFolder: string, sandboxPort: number): StageOptions => ({
	userFolder,
	sandboxPort,
	command: 'npm start',
	examples: STORIES,
	progress: print,
});

/** In a folder of its own that is removed, so that every run begins with an empty n8n. */
async function runOnce(sandboxPort: number): Promise<boolean> {
	const userFolder = await mkdtemp(join(tmpdir(), 'partner-exchange-n8n-'));
	try {
		return await withStage(optionsFor(userFolder, sandboxPort), runStories);
	} finally {
		await rm(userFolder, { recursive: true, force: true });
	}
}

/** In a folder that keeps what a user makes. */
async function stayUp(sandboxPort: number, reset: boolean): Promise<boolean> {
	const userFolder = userFolderOfStart();
	const options = {
		...optionsFor(userFolder, sandboxPort),
		beforeN8n: async () => {
			if (reset) await removeUserFolder(userFolder);
		},
	};
	return await withStage(options, async (stage) => {
		const worked = await runStories(stage);
		print('\nn8n is ready:');
		// n8n's own first page is about its assistant.
		print(`  Editor    ${stage.rest.url}/home/workflows`);
		const first = await firstWorkflow(stage);
		if (first !== undefined) print(`  Begin at  ${stage.rest.url}/workflow/${first}`);
		print(`  E-mail    ${stage.owner.email}`);
		print(`  Password  ${stage.owner.password}`);
		print(`  Log       ${stage.n8n.logFile}`);
		const systems = stage.sandbox.describe();
		for (const { title, controlUrl } of systems) print(`  ${title}, controls at ${controlUrl}`);
		print(`  What they receive, to look at and to try: ${stage.address.url}/`);
		for (const line of describeKept(stage.kept)) print(line);
		print('\nStop it with Ctrl+C.');
		await once(stopSignal(), 'abort');
		print('Stopping n8n…');
		return worked;
	});
}

async function removeUserFolder(userFolder: string): Promise<void> {
	print(`Deleting n8n's workflows, credentials and executions of earlier starts: ${userFolder}`);
	await rm(userFolder, { recursive: true, force: true });
}

/** The first example that the user has not deleted. */
async function firstWorkflow({ kept }: OpenStage): Promise<string | undefined> {
	const deleted = kept.workflows.filter(({ isDeleted }) => isDeleted).map(({ id }) => id);
	const examples = await Promise.all(
		STORIES.map(async ({ workflow }) => await readExample(workflow)),
	);
	return examples.map(({ id }) => id).find((id) => !deleted.includes(id));
}

async function runStories(stage: OpenStage): Promise<boolean> {
	let worked = true;
	let left = 0;
	for (const story of STORIES) {
		const { id } = await readExample(story.workflow);
		print(`\n${story.title} (examples/${story.workflow})\n`);
		if (isEdited(story, id, stage)) {
			left++;
			// It may be a workflow for a real partner by now.
			print('  Not run, because you edited its workflow or its credential.');
			continue;
		}
		const { table, problems } = await runStory(story, id, stage);
		if (table.length > 0) print(formatTable(table));
		for (const problem of problems) print(`  FAILED: ${problem}`);
		worked &&= problems.length === 0;
	}
	const which = left === 0 ? 'All examples' : `All ${STORIES.length - left} examples that were run`;
	print(worked ? `\n${which} worked.` : '\nNot all examples worked.');
	return worked;
}

function isEdited(story: Story, workflowId: string, { kept, address }: OpenStage): boolean {
	const credentials = story.credentials(address).map(({ id }) => id);
	return (
		kept.workflows.some(({ id }) => id === workflowId) ||
		kept.credentials.some(({ id }) => credentials.includes(id))
	);
}

/** n8n may refuse an example, as when a workflow of the user's has its webhook's path. */
async function runStory(story: Story, id: string, stage: OpenStage): Promise<StoryResult> {
	try {
		return await story.run(stage, id);
	} catch (error) {
		if (error instanceof Problem) return { table: [], problems: [error.message] };
		throw error;
	}
}

main().catch((error: unknown) => {
	const text =
		error instanceof Problem ? error.message : error instanceof Error ? error.stack : error;
	process.stderr.write(`${String(text)}\n`);
	process.exitCode = 1;
});
