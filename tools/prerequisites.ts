import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chromiumProgram } from './chromium';
import { postgresPrograms } from './n8n/postgres';
import { sshdProgram } from './n8n/sshd';

/** A program that some tests need besides Node. */
export interface Program {
	name: string;
	/** How to get it on Debian or Ubuntu. */
	install: string;
	isThere(): boolean;
}

/** By the names that stand behind `@needs` at the head of a file. */
const PROGRAMS = {
	php: {
		name: 'PHP',
		install: 'apt-get install php-cli',
		isThere: () => succeeds('php', '--version'),
	},
	'php-curl': {
		name: 'PHP with curl',
		install: 'apt-get install php-cli php-curl',
		isThere: () => succeeds('php', '-r', 'curl_version();'),
	},
	'php-soap': {
		name: 'PHP with soap',
		install: 'apt-get install php-cli php-soap',
		isThere: () => succeeds('php', '-r', 'exit(extension_loaded("soap") ? 0 : 1);'),
	},
	zeep: {
		name: 'zeep for Python',
		install: 'apt-get install python3-zeep',
		// Debian's zeep belongs to Debian's Python, which need not be the first on the path.
		isThere: () => succeeds('/usr/bin/python3', '-c', 'import zeep'),
	},
	redis: {
		name: 'Redis',
		install: 'apt-get install redis-server',
		isThere: () => succeeds('redis-server', '--version'),
	},
	postgresql: {
		name: 'PostgreSQL',
		install: 'apt-get install postgresql',
		isThere: () => postgresPrograms() !== undefined,
	},
	nginx: {
		name: 'nginx',
		install: 'apt-get install nginx',
		isThere: () => succeeds('nginx', '-v'),
	},
	chromium: {
		name: 'Chromium',
		install: 'apt-get install chromium, or its program in CHROMIUM',
		isThere: () => chromiumProgram() !== undefined,
	},
	sshd: {
		name: 'the OpenSSH server',
		install: 'apt-get install openssh-server',
		isThere: () => sshdProgram() !== undefined,
	},
	nftables: {
		name: 'nftables and iproute2',
		install: 'apt-get install nftables iproute2',
		isThere: () => succeeds('nft', '--version') && succeeds('ip', '-V'),
	},
} satisfies Record<string, Program>;

type ProgramKey = keyof typeof PROGRAMS;

/** The first comment of a file, when nothing comes before it. */
const HEAD = /^\s*\/\*\*[^]*?\*\//;
const NEEDS = /^[\s/*]*@needs[ \t]+([a-z\- \t]+?)[ \t]*(?:\*\/)?$/gm;

/**
 * What a file says at its head that it needs: a comment such as `@needs php-curl redis`.
 *
 * @throws Error for a name that is not in the table
 */
export function needsOf(file: string): ProgramKey[] {
	const [head = ''] = HEAD.exec(readFileSync(file, 'utf8')) ?? [];
	return [...head.matchAll(NEEDS)]
		.flatMap(([, names = '']) => names.split(/\s+/))
		.map((name) => {
			if (!Object.hasOwn(PROGRAMS, name)) throw new Error(`${file}: @needs an unknown "${name}"`);
			return name as ProgramKey;
		});
}

const found = new Map<ProgramKey, boolean>();

/** The programs that a test file needs and that are not installed here. */
export function missingPrograms(file: string): Program[] {
	return needsOf(file)
		.filter((key) => {
			if (!found.has(key)) found.set(key, PROGRAMS[key].isThere());
			return found.get(key) === false;
		})
		.map((key) => PROGRAMS[key]);
}

/** Whether a command can be run and succeeds. */
function succeeds(command: string, ...args: string[]): boolean {
	return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
