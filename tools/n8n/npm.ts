import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { runCommand, type CommandOptions } from './command';

/**
 * What npm sets for the script it runs, and what would mislead an npm started by that script.
 * Settings that a user gives npm by environment (registry, cache, proxy) are kept.
 */
const FROM_AN_OUTER_NPM =
	/^(npm_(package|lifecycle|command|node_execpath)|npm_config_(local_prefix|global_prefix|noproxy|node_gyp|user_agent)$|init_cwd$)/i;

function npmScript(): string | undefined {
	const besideNode = dirname(process.execPath);
	const candidates = [
		process.env.npm_execpath,
		join(besideNode, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
		join(besideNode, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
	];
	return candidates.find(
		(path) => path !== undefined && basename(path) === 'npm-cli.js' && existsSync(path),
	);
}

/** The environment without what an outer `npm run` put into it. */
export function withoutOuterNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
	return Object.fromEntries(Object.entries(env).filter(([name]) => !FROM_AN_OUTER_NPM.test(name)));
}

/**
 * Runs npm with the Node that runs this.
 *
 * @param options `env` is added to the current environment
 * @throws CommandFailure
 */
export async function runNpm(args: string[], options: CommandOptions): Promise<void> {
	const env = { ...withoutOuterNpm(process.env), ...options.env };
	const shownAs = ['npm', ...args].join(' ');
	// Without warnings: of n8n's hundreds, those about Node would bury the reason of a failure.
	const all = [...args, '--loglevel=error'];
	const script = npmScript();
	if (script !== undefined) {
		await runCommand(process.execPath, [script, ...all], { ...options, env, shownAs });
	} else {
		const shell = process.platform === 'win32';
		await runCommand('npm', all, { ...options, env, shownAs, shell });
	}
}
