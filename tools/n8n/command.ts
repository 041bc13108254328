import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { Problem } from './problem';

const LINES_OF_A_FAILURE = 30;

export interface CommandOptions {
	cwd: string;
	/** How the command is named in errors; by default as it is run. */
	shownAs?: string;
	env?: NodeJS.ProcessEnv;
	/** Both output streams are appended to this file. */
	logFile: string;
	/** Needed for `npm.cmd` on Windows. */
	shell?: boolean;
	/** Called every `beatEveryMs` while the command runs, with the milliseconds it has run. */
	onBeat?: (elapsedMs: number) => void;
	beatEveryMs?: number;
	/** After this many milliseconds the command is killed; no limit when left out. */
	timeoutMs?: number;
}

/** A command ended with another exit code than 0; the message ends with its last lines. */
export class CommandFailure extends Problem {
	constructor(
		readonly commandLine: string,
		readonly outcome: string,
		readonly lastLines: string,
		readonly logFile: string,
	) {
		super(`\`${commandLine}\` ${outcome}. Its last lines:\n${lastLines}`);
	}
}

/**
 * For `.catch()`: puts what happened before a failed command's lines and what to do now after them.
 * Other errors pass through.
 */
export function explained(happened: string, advice: string): (error: unknown) => never {
	return (error) => {
		if (!(error instanceof CommandFailure)) throw error;
		throw new Problem(
			`${happened}: ${error.message}\nThe whole output is in ${error.logFile}.\n${advice}`,
		);
	};
}

/** The last `count` lines of a log file, '' when there is none. */
export function lastLinesOf(file: string, count = LINES_OF_A_FAILURE): string {
	try {
		return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
	} catch {
		return '';
	}
}

/**
 * Runs a command to its end with its output in a file, never in a pipe: nothing is lost when the
 * command exits by itself in the middle of writing.
 *
 * @throws CommandFailure when it cannot be started, fails, or takes longer than `timeoutMs`
 */
export async function runCommand(
	command: string,
	args: string[],
	options: CommandOptions,
): Promise<void> {
	const { cwd, env, logFile, shell, onBeat, beatEveryMs = 5_000, timeoutMs } = options;
	const log = openSync(logFile, 'a');
	const commandLine = options.shownAs ?? [command, ...args].join(' ');
	const started = Date.now();
	await new Promise<void>((done, fail) => {
		const child = spawn(command, args, { cwd, env, shell, stdio: ['ignore', log, log] });
		const killWithUs = (): boolean => child.kill('SIGKILL');
		process.once('exit', killWithUs);
		const beat = setInterval(() => onBeat?.(Date.now() - started), beatEveryMs);
		const limit = timeoutMs === undefined ? undefined : setTimeout(killWithUs, timeoutMs);
		const end = (outcome?: string): void => {
			clearInterval(beat);
			clearTimeout(limit);
			process.off('exit', killWithUs);
			if (outcome === undefined) done();
			else fail(new CommandFailure(commandLine, outcome, lastLinesOf(logFile), logFile));
		};
		child.once('error', (error) => end(`could not be started (${error.message})`));
		child.once('close', (code, signal) => {
			const tookTooLong = timeoutMs !== undefined && Date.now() - started >= timeoutMs;
			if (code === 0) end();
			else if (tookTooLong) end(`took longer than ${timeoutMs / 1000} s and was stopped`);
			else end(signal ? `was stopped by ${signal}` : `ended with code ${code}`);
		});
	}).finally(() => closeSync(log));
}
