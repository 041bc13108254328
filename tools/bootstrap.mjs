// Runs before anything is installed: plain JavaScript, Node's own modules only.
// Usage: node tools/bootstrap.mjs <entry under build/> [arguments for the entry…]
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dependenciesAreInstalled, fingerprintOfSources } from './bootstrap/freshness.mjs';
import { npm } from './bootstrap/npm.mjs';
import { Problem } from './bootstrap/problem.mjs';
import { forwardSignals } from './bootstrap/signals.mjs';

const LEAST_NODE = [20, 19];
const checkout = dirname(dirname(fileURLToPath(import.meta.url)));

function checkNode() {
	const [major, minor] = process.versions.node.split('.').map(Number);
	const tooOld = major < LEAST_NODE[0] || (major === LEAST_NODE[0] && minor < LEAST_NODE[1]);
	if (tooOld) {
		throw new Problem(
			`This needs Node.js ${LEAST_NODE.join('.')} or newer, and this is ${process.versions.node}.\n` +
				'Install Node.js 24 (https://nodejs.org, or `nvm install 24`) and start again.',
		);
	}
}

async function buildWhenNeeded(entry) {
	const stamp = join(checkout, 'build', '.sources');
	const before = fingerprintOfSources(checkout);
	const isBuilt =
		existsSync(entry) &&
		existsSync(join(checkout, 'dist')) &&
		existsSync(stamp) &&
		readFileSync(stamp, 'utf8') === before;
	if (isBuilt) return;
	await npm(checkout, 'Building the package', ['run', 'build']);
	await npm(checkout, 'Building the tools', ['run', 'build:tools']);
	if (!existsSync(entry)) {
		throw new Problem(`The build made no ${relative(checkout, entry)}: is the name right?`);
	}
	// The fingerprint from before the build: a file written meanwhile leads to another build.
	writeFileSync(stamp, before);
}

function run(entry, args) {
	return new Promise((done, fail) => {
		const child = spawn(process.execPath, [entry, ...args], { stdio: 'inherit' });
		const stopForwarding = forwardSignals(child);
		child.on('error', fail);
		child.on('close', (code, signal) => {
			stopForwarding();
			done(code ?? 128 + (constants.signals[signal] ?? 0));
		});
	});
}

async function main([name, ...args]) {
	checkNode();
	if (!name) throw new Problem('Usage: node tools/bootstrap.mjs <entry under build/> [arguments…]');
	if (!dependenciesAreInstalled(checkout))
		await npm(checkout, "Installing the project's packages", ['ci']);
	const entry = resolve(checkout, name);
	await buildWhenNeeded(entry);
	return run(entry, args);
}

try {
	process.exitCode = await main(process.argv.slice(2));
} catch (error) {
	console.error(error instanceof Problem ? error.message : error);
	process.exitCode = 1;
}
