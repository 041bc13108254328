import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SAMPLE_FILES } from '../sandbox/clientright';
import { SAMPLE_ELECTRICIANS } from '../sandbox/elektrik';
import { createSandbox } from '../sandbox/server';
import { prepareN8n, readExample } from './demo/demo-n8n';
import { loopbackOnly } from './demo/loopback-only';
import { logInAs, ownerOf } from './demo/owner';
import { STORIES } from './demo/stories';
import type { Stage } from './demo/story';
import { formatTable } from './demo/table';
import { cacheFolder } from './n8n/cache';
import { freePortLike } from './n8n/free-port';
import type { N8nInstance } from './n8n/instance';
import { Problem } from './n8n/problem';
import { N8nRest, type Owner } from './n8n/rest';

/** n8n's own, so that the address stays the same from start to start. */
const N8N_PORT = 5678;

const HELP = `Starts the partner systems and a real n8n with this package, and runs the examples in it.

npm start [-- --once]

  --once   stop after the examples; the exit code is 0 only if all of them worked
`;

const print = (text: string) => void process.stdout.write(`${text}\n`);

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			once: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) {
		print(HELP);
		return;
	}
	endOnSignals();
	const worked = values.once ? await runOnce() : await stayUp();
	if (!worked) process.exitCode = 1;
}

/** In a folder of its own that is removed, so that every run begins with an empty n8n. */
async function runOnce(): Promise<boolean> {
	const userFolder = await mkdtemp(join(tmpdir(), 'partner-exchange-n8n-'));
	try {
		return await onStage(userFolder, runStories);
	} finally {
		await rm(userFolder, { recursive: true, force: true });
	}
}

/** In a folder that keeps what a user makes. */
async function stayUp(): Promise<boolean> {
	return await onStage(join(cacheFolder(), 'n8n-user-folder'), async (stage, owner) => {
		const worked = await runStories(stage);
		print('\nn8n is ready:');
		// n8n's own first page is about its assistant.
		print(`  Editor    ${stage.rest.url}/home/workflows`);
		print(`  Begin at  ${stage.rest.url}/workflow/${(await readExample(STORIES[0]!.workflow)).id}`);
		print(`  E-mail    ${owner.email}`);
		print(`  Password  ${owner.password}`);
		const systems = stage.sandbox.describe();
		for (const { title, controlUrl } of systems) print(`  ${title}, controls at ${controlUrl}`);
		const pages = new Set(systems.map(({ controlUrl }) => new URL('/', controlUrl).href));
		for (const page of pages) print(`  What they receive, to look at and to try: ${page}`);
		print('\nStop it with Ctrl+C.');
		await stopSignal();
		print('Stopping n8n…');
		return worked;
	});
}

async function onStage(
	userFolder: string,
	play: (stage: Stage, owner: Owner) => Promise<boolean>,
): Promise<boolean> {
	const sandbox = createSandbox({
		clientright: { contactFiles: SAMPLE_FILES },
		elektrik: { electricians: SAMPLE_ELECTRICIANS },
	});
	const address = await sandbox.start();
	let n8n: N8nInstance | undefined;
	try {
		const port = await freePortLike(N8N_PORT);
		n8n = await prepareN8n({
			userFolder,
			sandbox: address,
			stories: STORIES,
			progress: print,
			port,
			env: loopbackOnly(),
		});
		print('Starting n8n');
		await n8n.start();
		const rest = new N8nRest(n8n.url);
		const owner = await ownerOf(userFolder);
		await logInAs(owner, rest);
		return await play({ rest, sandbox }, owner);
	} finally {
		await n8n?.stop();
		await sandbox.stop();
	}
}

async function runStories(stage: Stage): Promise<boolean> {
	let worked = true;
	for (const story of STORIES) {
		const { id } = await readExample(story.workflow);
		const { table, problems } = await story.run(stage, id);
		print(`\n${story.title} (examples/${story.workflow})\n`);
		print(formatTable(table));
		for (const problem of problems) print(`  FAILED: ${problem}`);
		worked &&= problems.length === 0;
	}
	print(worked ? '\nAll examples worked.' : '\nNot all examples worked.');
	return worked;
}

let onSignal = (): void => process.exit(130);

/** A terminal sends Ctrl+C to npm, to its child and to us, so one may come more than once. */
function endOnSignals(): void {
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => onSignal());
}

async function stopSignal(): Promise<void> {
	await new Promise<void>((resolve) => {
		onSignal = resolve;
	});
}

main().catch((error: unknown) => {
	const text =
		error instanceof Problem ? error.message : error instanceof Error ? error.stack : error;
	process.stderr.write(`${String(text)}\n`);
	process.exitCode = 1;
});
