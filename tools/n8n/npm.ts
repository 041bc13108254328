import { npmCommand, withoutOuterNpm } from '../bootstrap/npm-command.js';
import { runCommand, type CommandOptions } from './command';

export { withoutOuterNpm };

/**
 * Runs npm with the Node that runs this.
 *
 * @param options `env` is added to the current environment
 * @throws CommandFailure
 */
export async function runNpm(args: string[], options: CommandOptions): Promise<void> {
	const { command, before, shell } = npmCommand();
	await runCommand(
		command,
		// Without warnings: of n8n's hundreds, those about Node would bury the reason of a failure.
		[...before, ...args, '--loglevel=error'],
		{
			...options,
			env: { ...withoutOuterNpm(process.env), ...options.env },
			shownAs: ['npm', ...args].join(' '),
			shell,
		},
	);
}
