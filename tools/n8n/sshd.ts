import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from './free-port';
import { Problem } from './problem';

const STARTED_WITHIN_MS = 10_000;
/** Where Debian's server, started as root, keeps the empty folder for its unprivileged process. */
const RUN_FOLDER = '/run/sshd';

/** The program of OpenSSH's server; `undefined` when there is none. It is not on every user's PATH. */
export function sshdProgram(): string | undefined {
	return ['/usr/sbin', ...(process.env.PATH ?? '').split(delimiter)]
		.map((folder) => join(folder, 'sshd'))
		.find((file) => existsSync(file));
}

/** An OpenSSH server on 127.0.0.1 that gives this process's user its files by SFTP, and nothing else. */
export interface SftpServer {
	port: number;
	username: string;
	/** The only key that it accepts, in OpenSSH's form. */
	privateKey: string;
	/** Ends it and removes its files. */
	stop(): Promise<void>;
}

/**
 * Starts an OpenSSH server of its own on a free port and waits until it accepts connections.
 *
 * @throws Problem when OpenSSH's server is not installed, or does not start
 */
export async function startSftp(): Promise<SftpServer> {
	const program = sshdProgram();
	if (program === undefined) {
		throw new Problem("OpenSSH's server is not installed: apt-get install openssh-server");
	}
	const folder = await mkdtemp(join(tmpdir(), 'partner-exchange-sshd-'));
	const hostKey = await createKey(folder, 'host_key');
	const userKey = await createKey(folder, 'user_key');
	const port = await freePort();
	const configuration = join(folder, 'sshd_config');
	await writeFile(configuration, settings(port, hostKey, `${userKey}.pub`));
	if (process.getuid?.() === 0) await mkdir(RUN_FOLDER, { recursive: true });
	const server = spawn(program, ['-D', '-e', '-f', configuration], {
		stdio: ['ignore', 'ignore', 'pipe'],
	});
	let log = '';
	server.stderr.on('data', (text: Buffer) => (log += text.toString()));
	const ended = once(server, 'exit');
	const stopWithUs = () => void server.kill();
	process.once('exit', stopWithUs);
	const stop = async () => {
		process.off('exit', stopWithUs);
		server.kill();
		await ended;
		await rm(folder, { recursive: true, force: true });
	};
	try {
		await waitFor(port, () => server.exitCode !== null);
	} catch {
		await stop();
		throw new Problem(`OpenSSH's server did not start:\n${log}`);
	}
	const privateKey = await readFile(userKey, 'utf8');
	return { port, username: userInfo().username, privateKey, stop };
}

async function createKey(folder: string, name: string): Promise<string> {
	const file = join(folder, name);
	await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
	return file;
}

function settings(port: number, hostKey: string, authorizedKeys: string): string {
	return [
		`Port ${port}`,
		'ListenAddress 127.0.0.1',
		`HostKey ${hostKey}`,
		`AuthorizedKeysFile ${authorizedKeys}`,
		'PidFile none',
		// The key is in a folder below one that everybody may write to.
		'StrictModes no',
		'UsePAM no',
		'PasswordAuthentication no',
		'KbdInteractiveAuthentication no',
		'PermitRootLogin prohibit-password',
		'Subsystem sftp internal-sftp',
		'ForceCommand internal-sftp',
		'',
	].join('\n');
}

async function waitFor(port: number, hasEnded: () => boolean): Promise<void> {
	const until = Date.now() + STARTED_WITHIN_MS;
	while (!(await accepts(port))) {
		if (hasEnded() || Date.now() > until) throw new Error('It does not accept connections');
		await sleep(50);
	}
}

async function accepts(port: number): Promise<boolean> {
	const socket = connect(port, '127.0.0.1');
	try {
		await once(socket, 'connect');
		return true;
	} catch {
		return false;
	} finally {
		socket.destroy();
	}
}
