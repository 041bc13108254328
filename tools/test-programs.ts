import { spawnSync } from 'node:child_process';
import { chromiumProgram } from './chromium';
import { postgresPrograms } from './n8n/postgres';

/** What is tested: by itself, in n8n's engine, against other languages, in a real n8n, in its editor. */
export type Suite = 'unit' | 'workflows' | 'peers' | 'e2e' | 'browser';

/** A program that a suite needs besides Node. */
interface Program {
	name: string;
	/** How to get it on Debian or Ubuntu. */
	install: string;
	isThere(): boolean;
}

/** Whether a command can be run and succeeds. */
function succeeds(command: string, ...args: string[]): boolean {
	return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

const REDIS: Program = {
	name: 'Redis',
	install: 'apt-get install redis-server',
	isThere: () => succeeds('redis-server', '--version'),
};

const NGINX: Program = {
	name: 'nginx',
	install: 'apt-get install nginx',
	isThere: () => succeeds('nginx', '-v'),
};

/** The clients of SOAP that read our WSDL. */
const SOAP_CLIENTS: readonly Program[] = [
	{
		name: 'PHP with soap',
		install: 'apt-get install php-cli php-soap',
		isThere: () => succeeds('php', '-r', 'exit(extension_loaded("soap") ? 0 : 1);'),
	},
	{
		name: 'zeep for Python',
		install: 'apt-get install python3-zeep',
		// Debian's zeep belongs to Debian's Python, which need not be the first on the path.
		isThere: () => succeeds('/usr/bin/python3', '-c', 'import zeep'),
	},
];

const PROGRAMS: Record<Suite, readonly Program[]> = {
	unit: [],
	workflows: [],
	peers: [...SOAP_CLIENTS, REDIS, NGINX],
	e2e: [
		{
			name: 'PHP with curl',
			install: 'apt-get install php-cli php-curl',
			isThere: () => succeeds('php', '-r', 'curl_version();'),
		},
		...SOAP_CLIENTS,
		REDIS,
		{
			name: 'PostgreSQL',
			install: 'apt-get install postgresql',
			isThere: () => postgresPrograms() !== undefined,
		},
		NGINX,
	],
	browser: [
		{
			name: 'Chromium',
			install: 'apt-get install chromium, or its program in CHROMIUM',
			isThere: () => chromiumProgram() !== undefined,
		},
	],
};

/** The programs of a suite that are not installed here. */
export function missingPrograms(suite: Suite): Program[] {
	return PROGRAMS[suite].filter((program) => !program.isThere());
}
