/** @needs nftables */

import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** A route that really breaks, in a network namespace: needs Linux, nftables and the right to make one. */

const succeeds = (command: string, ...parameters: string[]) =>
	spawnSync(command, parameters, { stdio: 'ignore' }).status === 0;
const mayIsolate = succeeds('unshare', '-rn', 'nft', 'list', 'ruleset');

(mayIsolate ? it : it.skip)(
	'EHOSTUNREACH behind a request leaves open what became of it (needs nftables and a network namespace)',
	() => {
		const client = join(__dirname, 'broken-route-client.js');
		// Three retransmissions in place of fifteen, which take a quarter of an hour.
		const prepare = 'ip link set lo up && echo 3 > /proc/sys/net/ipv4/tcp_retries2';
		const output = execFileSync(
			'unshare',
			['-rn', 'sh', '-c', `${prepare} && exec "$0" "$1"`, process.execPath, client],
			{ encoding: 'utf8' },
		);
		const failure = JSON.parse(output) as Record<string, unknown>;
		expect(failure).toMatchObject({
			received: 1,
			kind: 'broken',
			outcome: 'unknown',
			code: 'EHOSTUNREACH',
		});
		expect(failure.message).toContain('broke before the response (EHOSTUNREACH)');
		expect(failure.description).not.toMatch(/nothing was sent/i);
	},
);
