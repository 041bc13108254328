import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isMusl } from './platform';
import { Problem } from './problem';

const ANSWER_WITHIN_MS = 10_000;
/** node-gyp 12 wants this Python at least. */
const LEAST_PYTHON_MINOR = 8;

const INSTALL_COMMANDS: Partial<Record<NodeJS.Platform, string>> = {
	linux:
		'On Debian and Ubuntu: sudo apt-get install -y build-essential python3\n' +
		'On Alpine: apk add build-base python3',
	darwin: 'On macOS: xcode-select --install',
	win32:
		'On Windows: winget install Python.Python.3.13, and Visual Studio Build Tools with ' +
		'"Desktop development with C++":\n' +
		'winget install Microsoft.VisualStudio.2022.BuildTools',
};

async function runs(command: string, ...args: string[]): Promise<boolean> {
	try {
		await promisify(execFile)(command, args, { timeout: ANSWER_WITHIN_MS });
		return true;
	} catch {
		return false;
	}
}

async function anyRuns(commands: Array<string | undefined>, ...args: string[]): Promise<boolean> {
	for (const command of commands) {
		if (command && (await runs(command, ...args))) return true;
	}
	return false;
}

/** Started, not only looked for: pyenv's shims and macOS's stubs are there without what they start. */
async function missingTools(): Promise<string[]> {
	const { CXX, MAKE, PYTHON, npm_config_python } = process.env;
	const pythonTest = `import sys; sys.exit(sys.version_info < (3, ${LEAST_PYTHON_MINOR}))`;
	const python = await anyRuns([npm_config_python, PYTHON, 'python3', 'python'], '-c', pythonTest);
	const missing = python ? [] : [`Python 3.${LEAST_PYTHON_MINOR} or newer (python3)`];
	// Visual Studio puts no compiler on the PATH: node-gyp finds it, and says when it does not.
	if (process.platform === 'win32') return missing;
	if (!(await anyRuns([CXX, 'c++', 'g++', 'clang++'], '--version'))) {
		missing.unshift('a C++ compiler (c++)');
	}
	if (!(await anyRuns([MAKE, 'make', 'gmake'], '--version'))) missing.push('make');
	return missing;
}

/** Where sqlite3's own installer, prebuild-install, looks for a binary (N-API 6). */
function prebuiltAddress(version: string): string {
	const platform = isMusl() ? 'linuxmusl' : process.platform;
	const file = `sqlite3-v${version}-napi-v6-${platform}-${process.arch}.tar.gz`;
	return `https://github.com/TryGhost/node-sqlite3/releases/download/v${version}/${file}`;
}

async function canBeDownloaded(address: string): Promise<boolean> {
	try {
		const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
		return (await fetch(address, { method: 'HEAD', signal })).ok;
	} catch {
		return false;
	}
}

/**
 * Makes sure that sqlite3, which n8n keeps its data with, can be had on this machine: compiled, or
 * downloaded ready-made.
 *
 * @throws Problem that names what is missing and the command that installs it
 */
export async function requireWhatSqliteNeeds(sqliteVersion: string): Promise<void> {
	const missing = await missingTools();
	if (missing.length === 0) return;
	const address = prebuiltAddress(sqliteVersion);
	if (await canBeDownloaded(address)) return;
	throw new Problem(
		`n8n keeps its data with sqlite3, which has to be compiled here: the ready-made one at\n` +
			`${address}\ncannot be downloaded. For that this machine lacks ${missing.join(', ')}.\n` +
			`${INSTALL_COMMANDS[process.platform] ?? 'Install them with your package manager.'}\n` +
			'Then start again.',
	);
}
