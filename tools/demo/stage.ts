import { join } from 'node:path';
import { SAMPLE_FILES } from '../../sandbox/clientright';
import { SAMPLE_ELECTRICIANS } from '../../sandbox/elektrik';
import { readPort } from '../../sandbox/core/input';
import {
	createSandbox,
	PortTakenError,
	type Sandbox,
	type SandboxAddress,
} from '../../sandbox/server';
import { cacheFolder } from '../n8n/cache';
import { freePortLike } from '../n8n/free-port';
import type { N8nInstance } from '../n8n/instance';
import { Problem } from '../n8n/problem';
import type { Progress } from '../n8n/progress';
import { N8nRest, type Owner } from '../n8n/rest';
import { prepareN8n, writeExamples } from './demo-n8n';
import type { KeptExamples } from './example-plan';
import { claimFolder } from './folder-claim';
import { loopbackOnly } from './loopback-only';
import { logInAs, ownerOf } from './owner';
import type { Example, Stage } from './story';

/** n8n's own, so that the address stays the same from start to start. */
const N8N_PORT = 5678;

/** Fixed, so that credentials which a user edited are right at the next start too. */
export const SANDBOX_PORT = 41_780;

/** Returns the folder of the n8n that `npm start` keeps between its runs. */
export function userFolderOfStart(): string {
	return join(cacheFolder(), 'n8n-user-folder');
}

export interface StageOptions {
	/** n8n's folder. */
	userFolder: string;
	/** 0: any free one. */
	sandboxPort: number;
	/** The command that the user typed, for advice in errors. */
	command: string;
	examples: readonly Example[];
	progress: Progress;
	/** Called when the sandbox runs and n8n is neither installed nor started. */
	beforeN8n?: () => Promise<void>;
}

/** The sandbox, and an n8n with the package and the examples whose owner is logged in. */
export interface OpenStage extends Stage {
	address: SandboxAddress;
	n8n: N8nInstance;
	owner: Owner;
	kept: KeptExamples;
}

/** Starts the sandbox and n8n, and stops both when `play` has ended. */
export async function withStage<T>(
	options: StageOptions,
	play: (stage: OpenStage) => Promise<T>,
): Promise<T> {
	const { userFolder, examples, progress } = options;
	const sandbox = createSandbox({
		port: options.sandboxPort,
		clientright: { contactFiles: SAMPLE_FILES },
		elektrik: { electricians: SAMPLE_ELECTRICIANS },
	});
	const giveUpFolder = await claimFolder(userFolder);
	let n8n: N8nInstance | undefined;
	try {
		const address = await startSandbox(sandbox, options.command);
		progress(`The sandbox runs. What the partner systems receive: ${address.url}/`);
		await options.beforeN8n?.();
		const port = await freePortLike(N8N_PORT);
		n8n = await prepareN8n({
			userFolder,
			sandbox: address,
			stories: [],
			progress,
			port,
			env: loopbackOnly(),
		});
		const kept = await writeExamples(n8n, examples, address, progress);
		progress(`Starting n8n, which logs to ${n8n.logFile}`);
		await n8n.start();
		const rest = new N8nRest(n8n.url);
		const owner = await ownerOf(userFolder);
		await logInAs(owner, rest);
		return await play({ rest, sandbox, address, n8n, owner, kept });
	} finally {
		await n8n?.stop();
		await sandbox.stop();
		await giveUpFolder();
	}
}

/**
 * Reads the option `--sandbox-port`.
 *
 * @throws Problem when it is no port
 */
export function readSandboxPort(text: string | undefined, byDefault: number): number {
	if (text === undefined) return byDefault;
	try {
		return readPort(text);
	} catch (error) {
		throw new Problem(`--sandbox-port: ${(error as Error).message}`);
	}
}

/** @throws Problem that names the option for another port when this one is taken */
async function startSandbox(sandbox: Sandbox, command: string): Promise<SandboxAddress> {
	try {
		return await sandbox.start();
	} catch (error) {
		if (!(error instanceof PortTakenError)) throw error;
		throw new Problem(
			`${error.message}. Stop that program, or choose another port: ` +
				`${command} -- --sandbox-port ${error.port + 1}`,
		);
	}
}
