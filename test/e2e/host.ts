import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
	createSandbox,
	type Sandbox,
	type SandboxAddress,
	type SandboxOptions,
} from '../../sandbox/server';
import { prepareN8n, readExample, withCredentials } from '../../tools/demo/demo-n8n';
import type { Example } from '../../tools/demo/story';
import type { N8nInstance } from '../../tools/n8n/instance';
import type { N8nRest } from '../../tools/n8n/rest';
import { packageFolder, sharedLogin, sharedN8n, type SharedN8n } from './keeper/ask';
import { logIn } from './owner';

/** A real n8n with the package from its tarball, which other files use as well, and a sandbox. */
export interface SharedHost {
	n8n: SharedN8n;
	rest: N8nRest;
	sandbox: Sandbox;
	address: SandboxAddress;
	/** Takes what this file has published out of service. */
	stop(): Promise<void>;
	/** Files of n8n's folder, its database and logs among them, that hold one of the texts. */
	filesWith(...texts: string[]): Promise<string[]>;
}

/** An n8n of one file, in a folder of its own, which it may end and start again. */
export interface Host extends SharedHost {
	n8n: N8nInstance;
	remove(): Promise<void>;
}

/** Installing n8n may take minutes where no earlier run did it. */
export const INSTALL_TIMEOUT = 20 * 60_000;
/** Workflows are taken away one by one, and processes that a test has ended are started again. */
export const CLEAN_UP_TIMEOUT = 5 * 60_000;

/**
 * The n8n of all files of this run, with a sandbox for this one. Who needs other settings of n8n, or
 * ends it, starts a host instead.
 */
export async function useHost(
	examples: readonly Example[] = [],
	options: SandboxOptions = {},
): Promise<SharedHost> {
	const n8n = await sharedN8n();
	const sandbox = createSandbox(options);
	const address = await sandbox.start();
	const { rest, created } = recording(await logIn(n8n.url, await sharedLogin('n8n')));
	for (const example of examples) await addExample(rest, example, address);
	return {
		n8n,
		rest,
		sandbox,
		address,
		stop: async () => {
			await takeAway(rest, created);
			await sandbox.stop();
		},
		filesWith: async (...texts) => await filesWith(n8n.userFolder, texts),
	};
}

/** @param env more variables for n8n */
export async function startHost(
	stories: readonly Example[],
	env: Record<string, string> = {},
	options: SandboxOptions = {},
): Promise<Host> {
	const sandbox = createSandbox(options);
	const address = await sandbox.start();
	return await startHostBeside({ sandbox, address }, stories, env);
}

/** A host on a sandbox that runs already, as that of another host. */
export async function startHostBeside(
	{ sandbox, address }: Pick<Host, 'sandbox' | 'address'>,
	stories: readonly Example[],
	env: Record<string, string> = {},
): Promise<Host> {
	const userFolder = await mkdtemp(join(tmpdir(), 'partner-exchange-e2e-'));
	const n8n = await prepareN8n({
		userFolder,
		packageFrom: await packageFolder(),
		sandbox: address,
		stories,
		env,
		progress: (line) => process.stderr.write(`${line}\n`),
	});
	await n8n.start();
	return {
		n8n,
		rest: await logIn(n8n.url),
		sandbox,
		address,
		stop: async () => {
			await n8n.stop();
			await sandbox.stop();
		},
		filesWith: async (...texts) => await filesWith(userFolder, texts),
		remove: async () => await rm(userFolder, { recursive: true, force: true }),
	};
}

/** Has a client to n8n keep the ids of the workflows that it makes. */
export function recording(rest: N8nRest): { rest: N8nRest; created: string[] } {
	const created: string[] = [];
	const create = rest.createWorkflow.bind(rest);
	rest.createWorkflow = async (workflow) => {
		const stored = await create(workflow);
		created.push(stored.id);
		return stored;
	};
	return { rest, created };
}

/** Removes workflows: another file may want their ids, or the paths of their webhooks. */
export async function takeAway(rest: N8nRest, ids: readonly string[]): Promise<void> {
	for (const id of ids) {
		if ((await rest.workflow(id)).active) await rest.deactivate(id);
		await rest.call('POST', `/workflows/${id}/archive`);
		await rest.call('DELETE', `/workflows/${id}`);
	}
}

async function addExample(rest: N8nRest, example: Example, address: SandboxAddress): Promise<void> {
	const stored = example.credentials(address).map(async ({ name, type, data }) => {
		const id = await rest.createCredential({ name, type, data });
		return { id, name, type, data };
	});
	const workflow = await readExample(example.workflow);
	await rest.createWorkflow(withCredentials(workflow, await Promise.all(stored)));
}

async function filesWith(folder: string, texts: readonly string[]): Promise<string[]> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	const found: string[] = [];
	for (const entry of entries.filter((candidate) => candidate.isFile())) {
		const file = join(entry.parentPath, entry.name);
		const content = await readFile(file);
		if (texts.some((text) => content.includes(text))) found.push(file);
	}
	return found;
}
