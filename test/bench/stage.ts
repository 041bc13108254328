import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SANDBOX_USER } from '../../sandbox/clientright';
import { SANDBOX_DISTRIBUTOR } from '../../sandbox/elektrik';
import { SANDBOX_PARTNER } from '../../sandbox/exapi';
import type { SandboxAddress } from '../../sandbox/server';
import { checkoutFolder } from '../../tools/n8n/checkout';
import { n8nEnvironment } from '../../tools/n8n/environment';
import { freePorts } from '../../tools/n8n/free-port';
import { installN8n, type N8nInstallation } from '../../tools/n8n/install';
import { installPackage, packPackage } from '../../tools/n8n/package';
import type { WorkflowDefinition } from '../../tools/n8n/workflow';
import { startBenchHost, type BenchHost, type Isolates, type PublishedIds } from './host/host';
import type { Setting } from './host/setting';
import type { RunInput, RunResult } from './engine/process';
import type { SampleKind } from './engine/samples';
import type { Conditions } from './partners/process';
import { Callee } from './process/caller';

/** Where the committed workflows send to: the sandbox's own address. */
const SANDBOX_URL = 'http://127.0.0.1:8790';

/** Code nodes may use it only where an administrator allowed it. */
const FOR_CODE_NODES = { NODE_FUNCTION_ALLOW_BUILTIN: 'crypto' };

export type Progress = (line: string) => void;

/** The partners in a process of their own, n8n's engine in another, and our package installed. */
export class Stage implements Setting {
	private constructor(
		readonly n8n: N8nInstallation,
		/** N8N_USER_FOLDER with the package in it. */
		readonly userFolder: string,
		/** The installed package. */
		readonly packageFolder: string,
		readonly partners: Callee,
		readonly address: SandboxAddress,
		private mainEngine?: Callee,
		private mainHost?: BenchHost,
		private publishedIds?: PublishedIds,
	) {}

	static async set(progress: Progress): Promise<Stage> {
		const n8n = await installN8n({ progress });
		const userFolder = await mkdtemp(join(tmpdir(), 'partner-exchange-bench-'));
		progress('Packing the package and installing it as n8n does');
		const tarball = await packPackage(checkoutFolder(), join(userFolder, 'tarball'));
		const { folder } = await installPackage(tarball, userFolder);
		const partners = await Callee.fork({
			script: join(__dirname, 'partners', 'process.js'),
			logFile: join(userFolder, 'partners.log'),
		});
		const address = await partners.call<SandboxAddress>('address');
		return new Stage(n8n, userFolder, folder, partners, address);
	}

	/** The engine that most rows run in, warm from one to the next. */
	async engine(): Promise<Callee> {
		this.mainEngine ??= await this.newEngine();
		return this.mainEngine;
	}

	/** A real n8n in regular mode with the webhook workflows; one at a time. */
	async host(isolates: Isolates): Promise<BenchHost> {
		if (this.mainHost?.isolates !== isolates) await this.releaseHost();
		this.mainHost ??= await startBenchHost(this, isolates, this.publishedIds);
		this.publishedIds = this.mainHost.ids;
		return this.mainHost;
	}

	/** Stops the real n8n, so that it does not share the machine with what is measured next. */
	async releaseHost(): Promise<void> {
		await this.mainHost?.stop();
		this.mainHost = undefined;
	}

	/** An engine in a process of its own, for a measurement of its memory. */
	async newEngine(): Promise<Callee> {
		const [port = 0, brokerPort = 0] = await freePorts(2);
		const { n8n, userFolder } = this;
		const env = n8nEnvironment({
			userFolder,
			node: n8n.node,
			port,
			brokerPort,
			env: FOR_CODE_NODES,
		});
		return await Callee.fork({
			script: join(__dirname, 'engine', 'process.js'),
			args: [n8n.folder, this.packageFolder],
			node: n8n.node,
			nodeArgs: ['--expose-gc', '--max-old-space-size=6144'],
			// n8n shows its own modules to community packages in this way.
			env: { ...env, NODE_PATH: join(n8n.folder, 'node_modules') },
			logFile: join(userFolder, 'engine.log'),
		});
	}

	/** Forgets what the partners had before and sets how they behave. */
	async prepare(conditions: Conditions = {}): Promise<void> {
		await this.partners.call('prepare', conditions);
	}

	/** A committed workflow, sent to the partners of this stage. */
	async workflow(name: string, replace: Record<string, string> = {}): Promise<WorkflowDefinition> {
		const file = join(checkoutFolder(), 'test', 'bench', 'workflows', `${name}.json`);
		const changes = { [SANDBOX_URL]: this.address.url, ...replace };
		const text = Object.entries(changes).reduce(
			(changed, [from, to]) => changed.replaceAll(from, to),
			await readFile(file, 'utf8'),
		);
		return JSON.parse(text) as WorkflowDefinition;
	}

	/** Runs a committed workflow over invented items. */
	async run(
		name: string,
		kind: SampleKind,
		count: number,
		{ engine, replace }: { engine?: Callee; replace?: Record<string, string> } = {},
	): Promise<RunResult> {
		const input: RunInput = {
			workflow: await this.workflow(name, replace),
			kind,
			count,
			credentials: this.credentials(),
		};
		return await (engine ?? (await this.engine())).call<RunResult>('run', input);
	}

	async end(): Promise<void> {
		await this.releaseHost();
		await this.mainEngine?.stop();
		await this.partners.stop();
		await rm(this.userFolder, { recursive: true, force: true });
	}

	private credentials(): RunInput['credentials'] {
		const { exapi, clientright, elektrik } = this.address;
		const allowUnauthorizedCerts = false;
		return {
			exapiApi: {
				url: exapi.url,
				...SANDBOX_PARTNER,
				timeZone: 'Europe/Moscow',
				allowUnauthorizedCerts,
			},
			clientRightApi: { url: clientright.url, ...SANDBOX_USER, allowUnauthorizedCerts },
			elektrikApi: { url: elektrik.url, ...SANDBOX_DISTRIBUTOR, allowUnauthorizedCerts },
		};
	}
}
