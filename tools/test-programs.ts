import { spawnSync } from 'node:child_process';

/** What is tested: by itself, in n8n's engine, against other languages, in a real n8n. */
export type Suite = 'unit' | 'workflows' | 'peers' | 'e2e';

/** A program that a suite needs besides Node. */
interface Program {
	name: string;
	/** How to get it on Debian or Ubuntu. */
	install: string;
	/** A command that succeeds when it is there. */
	probe: [command: string, ...args: string[]];
}

const PROGRAMS: Record<Suite, readonly Program[]> = {
	unit: [],
	workflows: [],
	peers: [{ name: 'PHP', install: 'apt-get install php-cli', probe: ['php', '--version'] }],
	e2e: [],
};

/** The programs of a suite that are not installed here. */
export function missingPrograms(suite: Suite): Program[] {
	return PROGRAMS[suite].filter(({ probe: [command, ...args] }) => {
		return spawnSync(command, args, { stdio: 'ignore' }).status !== 0;
	});
}
