import { spawn } from 'node:child_process';
import { npmCommand, withoutOuterNpm } from './npm-command.js';
import { Problem } from './problem.mjs';
import { forwardSignals } from './signals.mjs';

const PROGRESS_EVERY_MS = 5000;
const LINES_OF_A_FAILURE = 30;
/** Runs npm quietly, with a line every few seconds; what it printed is shown only when it fails. */
export function npm(checkout, title, args) {
	const { command, before, shell } = npmCommand();
	const started = Date.now();
	const seconds = () => Math.round((Date.now() - started) / 1000);
	console.log(`${title}…`);
	return new Promise((done, fail) => {
		const child = spawn(command, [...before, ...args], {
			cwd: checkout,
			env: withoutOuterNpm(process.env),
			shell,
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		const printed = [];
		for (const stream of [child.stdout, child.stderr]) stream.on('data', (c) => printed.push(c));
		const progress = setInterval(() => console.log(`${title}… ${seconds()} s`), PROGRESS_EVERY_MS);
		const stopForwarding = forwardSignals(child);
		const end = () => {
			clearInterval(progress);
			stopForwarding();
		};
		child.on('error', (error) => {
			end();
			fail(new Problem(`npm could not be started (${error.message}). Is npm installed?`));
		});
		child.on('close', (code, signal) => {
			end();
			if (code === 0) {
				console.log(`${title}: done in ${seconds()} s`);
				return done();
			}
			if (signal) return fail(new Problem(`${title}: stopped by ${signal}.`));
			const lines = Buffer.concat(printed).toString('utf8').trimEnd().split('\n');
			fail(
				new Problem(
					`${title} failed: \`npm ${args.join(' ')}\` ended with code ${code}. Its last lines:\n` +
						`${lines.slice(-LINES_OF_A_FAILURE).join('\n')}\n` +
						'Correct what they say (no network? no space left?) and start again.',
				),
			);
		});
	});
}
