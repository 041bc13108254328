import { readFileSync } from 'node:fs';
import { installN8n } from '../../../tools/n8n/install';
import type { N8nInstance } from '../../../tools/n8n/instance';
import {
	KEEPER,
	type LoginName,
	type N8nState,
	type QueueProcessName,
	type QueueServiceName,
	type QueueState,
} from './messages';

/** What a file may do with an n8n that other files use as well. */
export type SharedN8n = Pick<N8nInstance, 'url' | 'userFolder' | 'pid' | 'isRunning' | 'log'>;
/** In queue mode it may also be ended and started again. */
export type QueueProcess = SharedN8n & Pick<N8nInstance, 'crash' | 'start'>;

/** @returns a user folder of n8n with nothing in it but the package, to be copied */
export async function packageFolder(): Promise<string> {
	return await ask<string>('package');
}

/** The n8n of all files of this run; it is started when the first one asks. */
export async function sharedN8n(): Promise<SharedN8n> {
	return new SeenN8n(await ask<N8nState>('n8n'));
}

/** The queue mode of all files of this run. */
export async function sharedQueue(): Promise<Record<QueueProcessName, QueueProcess>> {
	const state = await ask<QueueState>('queue');
	const seen = (name: QueueProcessName) => new QueueN8n(name, state[name]);
	return {
		main: seen('main'),
		'webhook-1': seen('webhook-1'),
		'webhook-2': seen('webhook-2'),
		'worker-1': seen('worker-1'),
		'worker-2': seen('worker-2'),
	};
}

/** The owner's login at an n8n of this run, the same for all files. */
export async function sharedLogin(name: LoginName): Promise<string> {
	return await ask<string>(`login/${name}`);
}

/** Ends a server of the queue mode, or starts it again. */
export async function service(action: 'crash' | 'recover', name: QueueServiceName): Promise<void> {
	await ask(`${action}/${name}`);
}

async function ask<T>(path: string): Promise<T> {
	const keeper = process.env[KEEPER];
	if (keeper === undefined) throw new Error('Only Jest keeps an n8n for test files.');
	// It may take longer than an answer is waited for, and tells how far it is.
	await installN8n({ progress: (line) => process.stderr.write(`${line}\n`) });
	const response = await fetch(`${keeper}/${path}`, { method: 'POST' });
	const text = await response.text();
	if (!response.ok) throw new Error(text);
	return JSON.parse(text) as T;
}

class SeenN8n implements SharedN8n {
	readonly url: string;
	readonly userFolder: string;
	/** Of its log; what it said before is the matter of other files. */
	private readonly from: number;

	constructor(protected state: N8nState) {
		this.url = state.url;
		this.userFolder = state.userFolder;
		this.from = this.wholeLog().length;
	}

	get pid(): number | undefined {
		return this.isRunning ? this.state.pid : undefined;
	}

	get isRunning(): boolean {
		try {
			return this.state.pid !== undefined && process.kill(this.state.pid, 0);
		} catch {
			return false;
		}
	}

	/** What it printed since this file uses it. */
	log(): string {
		return this.wholeLog().slice(this.from);
	}

	private wholeLog(): string {
		return readFileSync(this.state.logFile, 'utf8');
	}
}

class QueueN8n extends SeenN8n implements QueueProcess {
	constructor(
		private readonly name: QueueProcessName,
		state: N8nState,
	) {
		super(state);
	}

	async crash(): Promise<void> {
		await ask(`crash/${this.name}`);
	}

	async start(): Promise<void> {
		this.state = await ask<N8nState>(`start/${this.name}`);
	}
}
