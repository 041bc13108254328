import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/**
 * Runs a program of another language that takes JSON at its standard input and prints JSON.
 *
 * @param name for the error
 * @throws Error with the program's own words when it fails
 */
export async function runJsonProgram(
	name: string,
	command: string,
	args: readonly string[],
	asked: object,
): Promise<unknown> {
	const program = spawn(command, args);
	const exited = once(program, 'close');
	program.stdin.end(JSON.stringify(asked));
	const [printed, problem] = await Promise.all([text(program.stdout), text(program.stderr)]);
	const [code] = (await exited) as [number | null];
	if (code === 0) return JSON.parse(printed);
	throw new Error(`${name}: ${problem.trim() || printed.trim()}`);
}
