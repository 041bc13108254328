import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lastLinesOf } from './command';
import * as commandLine from './command-line';
import { n8nEnvironment, type N8nSettings } from './environment';
import type { ExecutionOutcome } from './execution';
import { freePorts } from './free-port';
import type { N8nInstallation } from './install';
import { Problem } from './problem';
import type { CredentialDefinition, WorkflowDefinition } from './workflow';

const POLL_INTERVAL_MS = 250;
const ANSWERED_WITHIN_MS = 5_000;
const READY_WITHIN_MS = 180_000;
/** Longer than the N8N_GRACEFUL_SHUTDOWN_TIMEOUT it runs with. */
const STOPPED_WITHIN_MS = 20_000;

/** `start`: editor, API, triggers. The others belong to n8n's queue mode. */
export type N8nProcess = 'start' | 'worker' | 'webhook';

export interface N8nInstanceOptions extends Pick<
	N8nSettings,
	'userFolder' | 'timeZone' | 'encryptionKey' | 'env'
> {
	/** From installN8n(). */
	n8n: N8nInstallation;
	/** What to run, by default `start`. */
	process?: N8nProcess;
	/** More arguments for it, as `--concurrency=5`. */
	args?: string[];
	/** By default a free one, which stays the same when the instance is started again. */
	port?: number;
	/** What n8n prints is appended here; by default `<user folder>/<process>.log`. */
	logFile?: string;
}

/**
 * One n8n process with its user folder. Prepare it (import, publish) while it is stopped. The caller
 * that starts it must stop it, also when the caller is ended by a signal.
 */
export class N8nInstance {
	readonly userFolder: string;
	readonly logFile: string;
	private readonly kind: N8nProcess;
	private port: number | undefined;
	private child: ChildProcess | undefined;
	private ended: Promise<void> = Promise.resolve();

	constructor(private readonly options: N8nInstanceOptions) {
		this.kind = options.process ?? 'start';
		this.userFolder = resolve(options.userFolder);
		this.logFile = resolve(options.logFile ?? join(this.userFolder, `${this.kind}.log`));
		this.port = options.port;
		mkdirSync(this.userFolder, { recursive: true });
		mkdirSync(dirname(this.logFile), { recursive: true });
	}

	/** `http://127.0.0.1:<port>`, without a slash at the end; known from the first start on. */
	get url(): string {
		if (this.port === undefined)
			throw new Error('This n8n was not started yet: it has no address.');
		return `http://127.0.0.1:${this.port}`;
	}

	/** The id of the running process, else undefined. */
	get pid(): number | undefined {
		return this.isRunning ? this.child?.pid : undefined;
	}

	get isRunning(): boolean {
		const { child } = this;
		return child !== undefined && child.exitCode === null && child.signalCode === null;
	}

	/** All that n8n printed so far, in all runs on this log file; '' before the first. */
	log(): string {
		try {
			return readFileSync(this.logFile, 'utf8');
		} catch {
			return '';
		}
	}

	/** Adds credentials, or replaces those with the same id. */
	async importCredentials(credentials: CredentialDefinition[]): Promise<void> {
		await commandLine.importCredentials(this.commandLine, credentials);
	}

	/** Adds workflows (definitions or files), or replaces those with the same id; unpublished. */
	async importWorkflows(workflows: Array<WorkflowDefinition | string>): Promise<void> {
		await commandLine.importWorkflows(this.commandLine, workflows);
	}

	/** Returns all credentials, with their secrets in plain text. */
	async exportCredentials(): Promise<CredentialDefinition[]> {
		return await commandLine.exportCredentials(this.commandLine);
	}

	/** Returns all workflows as they were saved last, archived ones too. */
	async exportWorkflows(): Promise<WorkflowDefinition[]> {
		return await commandLine.exportWorkflows(this.commandLine);
	}

	/** Publishes (activates) a workflow; its triggers work from the next start on. */
	async publish(workflowId: string): Promise<void> {
		await commandLine.publishWorkflow(this.commandLine, workflowId);
	}

	/** Runs a stored workflow in a process of its own, whether the instance runs or not. */
	async execute(workflowId: string): Promise<ExecutionOutcome> {
		return await commandLine.executeWorkflow(this.commandLine, workflowId);
	}

	/**
	 * Starts n8n and waits until it answers.
	 *
	 * @throws Problem with the last lines of its log when it ends or is not ready in three minutes
	 */
	async start(): Promise<void> {
		if (this.isRunning) throw new Error('This n8n runs already.');
		const [port, brokerPort = 0] = await freePorts(2);
		this.port ??= port;
		const settings = { ...this.settings, port: this.port ?? 0, brokerPort };
		const { node, bin } = this.options.n8n;
		const log = openSync(this.logFile, 'a');
		const child = spawn(node, [bin, this.kind, ...(this.options.args ?? [])], {
			cwd: this.userFolder,
			env: n8nEnvironment(settings),
			stdio: ['ignore', log, log],
		});
		closeSync(log);
		this.child = child;
		const killWithUs = (): boolean => child.kill('SIGKILL');
		process.once('exit', killWithUs);
		this.ended = new Promise((done) => {
			child.once('error', () => done());
			child.once('exit', () => done());
		});
		void this.ended.then(() => process.off('exit', killWithUs));
		await this.untilReady();
	}

	/** Asks n8n to end, and kills it when it has not within 20 s. Harmless when it does not run. */
	async stop(): Promise<void> {
		this.kill('SIGTERM');
		const overdue = new AbortController();
		const limit = sleep(STOPPED_WITHIN_MS, undefined, { signal: overdue.signal }).then(
			() => this.kill('SIGKILL'),
			() => undefined,
		);
		await this.ended;
		overdue.abort();
		await limit;
	}

	/** Ends n8n as a crash does; done when its process is gone. Harmless when it does not run. */
	async crash(): Promise<void> {
		this.kill('SIGKILL');
		await this.ended;
	}

	/** Sends a signal to the n8n process. */
	kill(signal: NodeJS.Signals): void {
		if (this.isRunning) this.child?.kill(signal);
	}

	private get settings(): commandLine.CommandLineContext['settings'] {
		const { n8n, timeZone, encryptionKey, env } = this.options;
		return { userFolder: this.userFolder, node: n8n.node, timeZone, encryptionKey, env };
	}

	private get commandLine(): commandLine.CommandLineContext {
		return { settings: this.settings, bin: this.options.n8n.bin, logFile: this.logFile };
	}

	private async untilReady(): Promise<void> {
		const started = Date.now();
		while (!(await isReady(this.url, this.kind))) {
			if (!this.isRunning) throw this.notReady('ended instead of starting');
			if (Date.now() - started > READY_WITHIN_MS) {
				await this.stop();
				throw this.notReady(`was not ready within ${READY_WITHIN_MS / 1000} s`);
			}
			await sleep(POLL_INTERVAL_MS);
		}
	}

	private notReady(what: string): Problem {
		return new Problem(
			`\`n8n ${this.kind}\` ${what}. The last lines of ${this.logFile}:\n${lastLinesOf(this.logFile)}`,
		);
	}
}

/**
 * Returns whether an n8n process does its work. A server with an editor reports its readiness before
 * its API is available, so both are asked.
 */
async function isReady(url: string, kind: N8nProcess): Promise<boolean> {
	const health = await tryFetch(`${url}/healthz/readiness`);
	await health?.body?.cancel();
	if (health?.status !== 200) return false;
	return kind !== 'start' || (await isJson(await tryFetch(`${url}/rest/settings`)));
}

async function tryFetch(address: string): Promise<Response | undefined> {
	try {
		return await fetch(address, { signal: AbortSignal.timeout(ANSWERED_WITHIN_MS) });
	} catch {
		return undefined;
	}
}

async function isJson(response: Response | undefined): Promise<boolean> {
	try {
		await response?.json();
		return response?.ok === true;
	} catch {
		return false;
	}
}
