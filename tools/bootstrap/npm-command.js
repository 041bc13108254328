// Shared by the bootstrap, which runs before anything is built, and by the tools that are built.
const { existsSync } = require('node:fs');
const { basename, dirname, join } = require('node:path');

/**
 * What npm sets for the script that it runs, and what would mislead an npm started by that script.
 * Settings that a user gives npm by environment (registry, cache, proxy) are kept.
 */
const FROM_AN_OUTER_NPM =
	/^(npm_(package|lifecycle|command|node_execpath)|npm_config_(local_prefix|global_prefix|noproxy|node_gyp|user_agent)$|init_cwd$)/i;

/**
 * Finds the npm that belongs to the Node that runs this.
 *
 * @returns {{ command: string, before: string[], shell: boolean }} `before`: arguments before npm's own
 */
function npmCommand() {
	const besideNode = dirname(process.execPath);
	const script = [
		process.env.npm_execpath ?? '',
		join(besideNode, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
		join(besideNode, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
	].find((path) => basename(path) === 'npm-cli.js' && existsSync(path));
	if (script) return { command: process.execPath, before: [script], shell: false };
	// npm is a script on Windows.
	return { command: 'npm', before: [], shell: process.platform === 'win32' };
}

/**
 * Returns the environment without what an outer `npm run` added to it.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
function withoutOuterNpm(env) {
	return Object.fromEntries(Object.entries(env).filter(([name]) => !FROM_AN_OUTER_NPM.test(name)));
}

module.exports = { npmCommand, withoutOuterNpm };
