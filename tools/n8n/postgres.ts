/** @needs postgresql */

import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port';
import { Problem } from './problem';

/** Debian keeps the server's programs here, by version, and not on the PATH. */
const DEBIAN = '/usr/lib/postgresql';
const USER = 'postgres';

/** Only this machine reaches it, and what a power cut would lose is not worth waiting for. */
const SETTINGS = [
	'listen_addresses=127.0.0.1',
	'unix_socket_directories=',
	'fsync=off',
	'synchronous_commit=off',
	'full_page_writes=off',
];

/** The folder with PostgreSQL's programs, of the newest version; `undefined` when there is none. */
export function postgresPrograms(): string | undefined {
	const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
	const newestFirst = versions.sort((a, b) => Number(b) - Number(a));
	return [
		...newestFirst.map((version) => join(DEBIAN, version, 'bin')),
		...(process.env.PATH ?? '').split(delimiter),
	].find((folder) => existsSync(join(folder, 'initdb')));
}

/** A PostgreSQL server on 127.0.0.1 with an empty database. */
export interface PostgresServer {
	port: number;
	user: string;
	database: string;
	password: string;
	/** Ends it as a crash would; its files stay. */
	crash(): Promise<void>;
	/** Starts it again after a crash, at the same port. */
	recover(): Promise<void>;
	/** Ends it and removes its files. */
	stop(): Promise<void>;
}

/**
 * Starts a PostgreSQL server of its own on a free port and waits until it takes connections.
 *
 * @throws Problem when PostgreSQL is not installed; Error with its own words when it does not start
 */
export async function startPostgres(): Promise<PostgresServer> {
	const programs = postgresPrograms();
	if (programs === undefined) {
		throw new Problem('PostgreSQL is not installed: apt-get install postgresql');
	}
	const account = accountForPostgres();
	const folder = await mkdtemp(join(tmpdir(), 'partner-exchange-postgres-'));
	if (account) await chown(folder, account.uid, account.gid);
	const files = join(folder, 'files');
	const control = ['--pgdata', files, '--wait'];
	const options = { cwd: folder, ...account };
	const run = async (program: string, args: string[]) =>
		await promisify(execFile)(join(programs, program), args, options);

	const port = await freePort();
	const password = await initialise(folder, files, account, run);
	const settings = SETTINGS.map((setting) => `-c ${setting}`).join(' ');
	const log = join(folder, 'postgres.log');
	const stopArgs = ['stop', ...control, '--mode', 'immediate'];
	const stopWithUs = () => void execFileSync(join(programs, 'pg_ctl'), stopArgs, options);
	let isRunning = false;
	const recover = async () => {
		const startArgs = ['--log', log, '--options', `-p ${port} ${settings}`];
		await run('pg_ctl', ['start', ...control, ...startArgs]);
		isRunning = true;
		process.once('exit', stopWithUs);
	};
	const crash = async () => {
		process.off('exit', stopWithUs);
		if (isRunning) await run('pg_ctl', stopArgs);
		isRunning = false;
	};
	const stop = async () => {
		await crash();
		await rm(folder, { recursive: true, force: true });
	};
	await recover();
	return { port, user: USER, database: USER, password, crash, recover, stop };
}

interface Account {
	uid: number;
	gid: number;
}

/** PostgreSQL refuses to run as root: then it runs as the account that its installation made. */
function accountForPostgres(): Account | undefined {
	if (process.getuid?.() !== 0) return undefined;
	const idOf = (flag: string) => Number(execFileSync('id', [flag, USER]).toString());
	return { uid: idOf('-u'), gid: idOf('-g') };
}

/** @returns the password of its only user */
async function initialise(
	folder: string,
	files: string,
	account: Account | undefined,
	run: (program: string, args: string[]) => Promise<unknown>,
): Promise<string> {
	const password = randomBytes(16).toString('hex');
	const passwordFile = join(folder, 'password');
	await writeFile(passwordFile, password, { mode: 0o600 });
	if (account) await chown(passwordFile, account.uid, account.gid);
	const login = [`--username=${USER}`, '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
	const text = ['--encoding=UTF8', '--locale=C'];
	await run('initdb', [`--pgdata=${files}`, ...login, ...text, '--no-sync']);
	await rm(passwordFile);
	return password;
}
