import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkoutFolder } from '../../../tools/n8n/checkout';
import { installN8n } from '../../../tools/n8n/install';
import { N8nInstance } from '../../../tools/n8n/instance';
import { installPackage, packPackage } from '../../../tools/n8n/package';
import { probeEnvironment } from '../../../tools/n8n/process-probe';
import { heapFileIn } from '../process-probe';
import type { Queue } from '../queue-processes';
import type { N8nState, QueueProcessName, QueueServiceName, QueueState } from './messages';

/**
 * What the test files of a run have in common, each made when the first of them asks for it: the
 * package as n8n installs it, an n8n, and n8n in queue mode.
 */
export class Keeper {
	private folder: Promise<string> | undefined;
	private packed: Promise<string> | undefined;
	private n8n: Promise<N8nInstance> | undefined;
	private queue: Promise<Queue> | undefined;

	/** @returns a user folder of n8n with nothing in it but the package, to be copied */
	async package(): Promise<string> {
		this.packed ??= this.install();
		return await this.packed;
	}

	async startN8n(): Promise<N8nState> {
		this.n8n ??= this.makeN8n();
		return stateOf(await this.n8n);
	}

	async startQueue(): Promise<QueueState> {
		const { main, webhooks, workers } = await this.runningQueue();
		return {
			main: stateOf(main),
			'webhook-1': stateOf(webhooks[0]),
			'webhook-2': stateOf(webhooks[1]),
			'worker-1': stateOf(workers[0]),
			'worker-2': stateOf(workers[1]),
		};
	}

	/** Starts a process that has ended. */
	async start(name: QueueProcessName): Promise<N8nState> {
		const instance = await this.processOf(name);
		await instance.start();
		return stateOf(instance);
	}

	/** Ends a process, or a server, as a crash does. */
	async crash(name: QueueProcessName | QueueServiceName): Promise<void> {
		if (name === 'redis' || name === 'postgres') await (await this.runningQueue())[name].crash();
		else await (await this.processOf(name)).crash();
	}

	/** Starts a server that has ended. */
	async recover(name: QueueServiceName): Promise<void> {
		await (await this.runningQueue())[name].recover();
	}

	/** Ends everything and removes its files. */
	async stop(): Promise<void> {
		// What could not be started was told to those who asked for it.
		const ended = [this.n8n, this.queue].map(async (started) => await (await started)?.stop());
		await Promise.allSettled(ended);
		if (this.folder) await rm(await this.folder, { recursive: true, force: true });
	}

	private async folderOf(name: string): Promise<string> {
		this.folder ??= mkdtemp(join(tmpdir(), 'partner-exchange-keeper-'));
		return join(await this.folder, name);
	}

	private async install(): Promise<string> {
		tell('Packing the package and installing it, as n8n does');
		const tarball = await packPackage(checkoutFolder(), await this.folderOf('tarball'));
		const userFolder = await this.folderOf('package');
		await installPackage(tarball, userFolder);
		return userFolder;
	}

	private async makeN8n(): Promise<N8nInstance> {
		const n8n = await installN8n({ progress: tell });
		const userFolder = await this.folderOf('n8n');
		await cp(await this.package(), userFolder, { recursive: true });
		const env = probeEnvironment(heapFileIn(userFolder));
		const instance = new N8nInstance({ n8n, userFolder, timeZone: 'Europe/Moscow', env });
		await instance.start();
		return instance;
	}

	private async runningQueue(): Promise<Queue> {
		// Loaded where it is wanted: it needs more than Node.
		this.queue ??= import('../queue-processes').then(
			async ({ startQueue }) => await startQueue(await this.package(), {}),
		);
		return await this.queue;
	}

	private async processOf(name: QueueProcessName): Promise<N8nInstance> {
		const { main, webhooks, workers } = await this.runningQueue();
		const [kind, number] = name.split('-');
		if (kind === 'main') return main;
		return (kind === 'webhook' ? webhooks : workers)[number === '1' ? 0 : 1];
	}
}

function stateOf({ url, userFolder, logFile, pid }: N8nInstance): N8nState {
	return { url, userFolder, logFile, pid };
}

function tell(line: string): void {
	process.stderr.write(`${line}\n`);
}
