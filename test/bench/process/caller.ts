import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { lastLinesOf } from '../../../tools/n8n/command';
import { READY, type AnswerMessage, type CallMessage } from './messages';

export interface ForkOptions {
	/** Compiled script that ends in `answerCalls`. */
	script: string;
	args?: string[];
	/** The node executable; by default the one that runs this. */
	node?: string;
	/** Flags for node itself. */
	nodeArgs?: string[];
	env?: NodeJS.ProcessEnv;
	/** Gets what the process prints. */
	logFile: string;
}

interface Waiting {
	resolve: (result: unknown) => void;
	reject: (error: Error) => void;
}

/** A process of the bench that does what it is called for. */
export class Callee {
	private readonly waiting = new Map<number, Waiting>();
	private lastNumber = 0;

	private constructor(
		private readonly child: ChildProcess,
		private readonly logFile: string,
	) {
		child.on('message', (answer: AnswerMessage | typeof READY) => {
			if (answer !== READY) this.settle(answer);
		});
		child.once('exit', (code, signal) => this.giveUp(`ended (${signal ?? String(code)})`));
	}

	/** Starts the process and waits until it can be called. */
	static async fork(options: ForkOptions): Promise<Callee> {
		const { script, args = [], node, nodeArgs = [], env, logFile } = options;
		const log = openSync(logFile, 'a');
		const child = fork(script, args, {
			execPath: node ?? process.execPath,
			execArgv: nodeArgs,
			env: env ?? process.env,
			stdio: ['ignore', log, log, 'ipc'],
		});
		closeSync(log);
		const ready = once(child, 'message');
		const ended = once(child, 'exit').then(() => {
			throw new Error(`${script} ended before it was ready:\n${lastLinesOf(logFile)}`);
		});
		await Promise.race([ready, ended]);
		ended.catch(() => undefined);
		return new Callee(child, logFile);
	}

	get pid(): number {
		return this.child.pid ?? 0;
	}

	/** @throws Error with what the process said */
	async call<Result>(name: string, input: unknown = {}): Promise<Result> {
		const number = ++this.lastNumber;
		const result = new Promise((resolve, reject) => {
			this.waiting.set(number, { resolve, reject });
		});
		const message: CallMessage = { number, name, input };
		this.child.send(message);
		return (await result) as Result;
	}

	async stop(): Promise<void> {
		if (this.child.exitCode !== null || this.child.signalCode !== null) return;
		const ended = once(this.child, 'exit');
		this.child.kill('SIGKILL');
		await ended;
	}

	private settle(answer: AnswerMessage): void {
		const waiting = this.waiting.get(answer.number);
		this.waiting.delete(answer.number);
		if ('error' in answer) waiting?.reject(new Error(answer.error));
		else waiting?.resolve(answer.result);
	}

	private giveUp(what: string): void {
		const error = new Error(`A process of the bench ${what}:\n${lastLinesOf(this.logFile)}`);
		for (const { reject } of this.waiting.values()) reject(error);
		this.waiting.clear();
	}
}
