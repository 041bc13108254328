import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { endOnSignals, stopSignal } from './demo/signals';
import {
	readSandboxPort,
	SANDBOX_PORT,
	userFolderOfStart,
	withStage,
	type OpenStage,
} from './demo/stage';
import { STORIES } from './demo/stories';
import { SourceWatch } from './dev/source-watch';
import { checkoutFolder } from './n8n/checkout';
import { CommandFailure } from './n8n/command';
import { runNpm } from './n8n/npm';
import { replaceBuilt } from './n8n/package';
import { Problem } from './n8n/problem';

const LOOK_EVERY_MS = 500;
/** What the package is built from. */
const SOURCES = ['nodes', 'credentials', 'icons'].map((name) => join(checkoutFolder(), name));

const HELP = `Runs n8n with this package, and builds it and restarts n8n after each change in
nodes/, credentials/ and icons/. The n8n and the sandbox are those of npm start.

npm run dev [-- --sandbox-port ${SANDBOX_PORT}]
`;

const print = (text: string) => void process.stdout.write(`${text}\n`);

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			'sandbox-port': { type: 'string' },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) {
		print(HELP);
		return;
	}
	endOnSignals();
	// Made first: what changes while n8n starts counts.
	const watch = new SourceWatch(SOURCES);
	await watch.hasChanged();
	const options = {
		userFolder: userFolderOfStart(),
		sandboxPort: readSandboxPort(values['sandbox-port'], SANDBOX_PORT),
		command: 'npm run dev',
		examples: STORIES,
		progress: print,
	};
	await withStage(options, async (stage) => {
		print(`\nEditor    ${stage.rest.url}/home/workflows`);
		print(`E-mail    ${stage.owner.email}`);
		print(`Password  ${stage.owner.password}`);
		print('\nn8n restarts after each change of the package. Stop it with Ctrl+C.');
		await rebuildUntilStopped(stage, watch);
		print('Stopping n8n…');
	});
}

async function rebuildUntilStopped(stage: OpenStage, watch: SourceWatch): Promise<void> {
	const signal = stopSignal();
	const isStopped = () => signal.aborted;
	while (!isStopped()) {
		await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
		if (!(await watch.hasChanged())) continue;
		try {
			await rebuild(stage);
		} catch (error) {
			if (!(error instanceof Problem)) throw error;
			// Ctrl+C ends the build as well.
			if (!isStopped()) print(`${error.message}\nCorrect it: the next change is built again.`);
		}
	}
}

/** n8n keeps running with what was built before if the build fails. */
async function rebuild({ n8n }: OpenStage): Promise<void> {
	print('Building the package…');
	await build();
	print('Restarting n8n…');
	await n8n.stop();
	await replaceBuilt(checkoutFolder(), n8n.userFolder);
	await n8n.start();
	print(`n8n runs with the change: ${n8n.url}/home/workflows`);
}

async function build(): Promise<void> {
	const folder = await mkdtemp(join(tmpdir(), 'partner-exchange-dev-'));
	try {
		await runNpm(['run', '--silent', 'build'], {
			cwd: checkoutFolder(),
			logFile: join(folder, 'build.log'),
		});
	} catch (error) {
		if (!(error instanceof CommandFailure)) throw error;
		throw new Problem(`The build failed:\n${error.lastLines}`);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

main().catch((error: unknown) => {
	const text =
		error instanceof Problem ? error.message : error instanceof Error ? error.stack : error;
	process.stderr.write(`${String(text)}\n`);
	process.exitCode = 1;
});
