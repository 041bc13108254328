import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkoutFolder } from '../../../tools/n8n/checkout';
import { installN8n } from '../../../tools/n8n/install';
import { N8nInstance } from '../../../tools/n8n/instance';
import { installPackage, packPackage } from '../../../tools/n8n/package';
import { probeEnvironment } from '../../../tools/n8n/process-probe';
import { logIn } from '../owner';
import { heapFileIn } from '../process-probe';
import { startQueue } from '../queue-processes';
import type {
	LoginName,
	N8nState,
	QueueProcessName,
	QueueServiceName,
	QueueState,
} from './messages';

/**
 * What the test files of a run have in common, each made when the first of them asks for it: the
 * package as n8n installs it, an n8n, and n8n in queue mode.
 */
export class Keeper {
	private readonly folder = new Made(
		async () => await mkdtemp(join(tmpdir(), 'partner-exchange-keeper-')),
	);
	private readonly packed = new Made(async () => await this.install());
	private readonly n8n = new Made(async () => await this.makeN8n());
	private readonly queue = new Made(async () => await startQueue(await this.package(), {}));
	private readonly logins: Record<LoginName, Made<string>> = {
		n8n: new Made(async () => await loginAt((await this.n8n.get()).url)),
		queue: new Made(async () => await loginAt((await this.queue.get()).main.url)),
	};

	/** @returns a user folder of n8n with nothing in it but the package, to be copied */
	async package(): Promise<string> {
		return await this.packed.get();
	}

	async startN8n(): Promise<N8nState> {
		return stateOf(await this.n8n.get());
	}

	async startQueue(): Promise<QueueState> {
		const { main, webhooks, workers } = await this.queue.get();
		return {
			main: stateOf(main),
			'webhook-1': stateOf(webhooks[0]),
			'webhook-2': stateOf(webhooks[1]),
			'worker-1': stateOf(workers[0]),
			'worker-2': stateOf(workers[1]),
		};
	}

	/** @returns a login that all files use, since n8n refuses a sixth one within a minute */
	async logIn(name: LoginName): Promise<string> {
		return await this.logins[name].get();
	}

	/** Starts a process that has ended. */
	async start(name: QueueProcessName): Promise<N8nState> {
		const instance = await this.processOf(name);
		await instance.start();
		return stateOf(instance);
	}

	/** Ends a process, or a server, as a crash does. */
	async crash(name: QueueProcessName | QueueServiceName): Promise<void> {
		if (name === 'redis' || name === 'postgres') await (await this.queue.get())[name].crash();
		else await (await this.processOf(name)).crash();
	}

	/** Starts a server that has ended. */
	async recover(name: QueueServiceName): Promise<void> {
		await (await this.queue.get())[name].recover();
	}

	/** Ends everything and removes its files. */
	async stop(): Promise<void> {
		await Promise.allSettled([this.n8n.ifMade()?.stop(), this.queue.ifMade()?.stop()]);
		const folder = this.folder.ifMade();
		if (folder !== undefined) await rm(folder, { recursive: true, force: true });
	}

	private async folderOf(name: string): Promise<string> {
		return join(await this.folder.get(), name);
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

	private async processOf(name: QueueProcessName): Promise<N8nInstance> {
		const { main, webhooks, workers } = await this.queue.get();
		const [kind, number] = name.split('-');
		if (kind === 'main') return main;
		return (kind === 'webhook' ? webhooks : workers)[number === '1' ? 0 : 1];
	}
}

/** Made when it is first asked for; what fails is tried again by whoever asks next. */
class Made<T> {
	private making: Promise<T> | undefined;
	private made: T | undefined;

	constructor(private readonly make: () => Promise<T>) {}

	async get(): Promise<T> {
		this.making ??= this.make();
		try {
			return (this.made = await this.making);
		} catch (error) {
			this.making = undefined;
			throw error;
		}
	}

	ifMade(): T | undefined {
		return this.made;
	}
}

function stateOf({ url, userFolder, logFile, pid }: N8nInstance): N8nState {
	return { url, userFolder, logFile, pid };
}

async function loginAt(url: string): Promise<string> {
	const { login } = await logIn(url);
	if (login === undefined) throw new Error(`n8n at ${url} gave no login.`);
	return login;
}

function tell(line: string): void {
	process.stderr.write(`${line}\n`);
}
