import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
	createSandbox,
	type Sandbox,
	type SandboxAddress,
	type SandboxOptions,
} from '../../sandbox/server';
import { prepareN8n } from '../../tools/demo/demo-n8n';
import type { Example } from '../../tools/demo/story';
import type { N8nInstance } from '../../tools/n8n/instance';
import { OlderN8nRest } from '../../tools/n8n/older-rest';
import { N8nRest } from '../../tools/n8n/rest';

/** A real n8n with the package from its tarball, in a folder of its own, and the sandbox. */
export interface Host {
	n8n: N8nInstance;
	rest: N8nRest;
	sandbox: Sandbox;
	address: SandboxAddress;
	stop(): Promise<void>;
	/** Files of n8n's folder, its database and logs among them, that hold one of the texts. */
	filesWith(...texts: string[]): Promise<string[]>;
	remove(): Promise<void>;
}

/** Installing n8n may take minutes where no earlier run did it. */
export const INSTALL_TIMEOUT = 20 * 60_000;

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
		sandbox: address,
		stories,
		env,
		progress: (line) => process.stderr.write(`${line}\n`),
	});
	await n8n.start();
	// npm run test:compat names a version of before 2.
	const Rest = process.env.PARTNER_EXCHANGE_N8N?.startsWith('1.') ? OlderN8nRest : N8nRest;
	const rest = new Rest(n8n.url);
	await rest.logInAsOwner({
		email: 'owner@example.com',
		password: 'For-tests-only-1',
		firstName: 'Test',
		lastName: 'Owner',
	});
	return {
		n8n,
		rest,
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
