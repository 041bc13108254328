/**
 * Loaded into an n8n process by `--require`: SIGUSR2 begins a CPU profile, the next one writes it
 * into the file that BENCH_PROFILE names.
 */
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';

const file = process.env.BENCH_PROFILE;
let session: Session | undefined;

function begin(): Session {
	const opened = new Session();
	opened.connect();
	opened.post('Profiler.enable');
	opened.post('Profiler.start');
	return opened;
}

if (file !== undefined) {
	// n8n's task runner gets the same environment, and is not what is looked at.
	delete process.env.BENCH_PROFILE;
	process.on('SIGUSR2', () => {
		if (session === undefined) {
			session = begin();
			return;
		}
		const ended = session;
		session = undefined;
		ended.post('Profiler.stop', (error, result) => {
			writeFileSync(file, error ? '' : JSON.stringify(result.profile));
			ended.disconnect();
		});
	});
}
