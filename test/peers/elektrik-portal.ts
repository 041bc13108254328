import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPhpServer } from './php-server';

/** What the PHP portal remembers. */
export interface PhpPortalState {
	/** Points by phone; an empty list while there are none, as PHP writes an empty array. */
	points: Record<string, unknown> | never[];
	/** Updates it took, oldest first, points as PHP's `json_decode` read them. */
	received: Array<{ phone: string; points: unknown }>;
}

/** `elektrik-portal.php` in a `php -S` of its own. */
export interface PhpPortal {
	/** Where updates go. */
	url: string;
	state(): Promise<PhpPortalState>;
	/** What PHP printed. */
	log(): string;
	stop(): Promise<void>;
}

/** @param phones of its electricians, 7 and ten digits */
export async function startPhpPortal(uid: string, phones: readonly string[]): Promise<PhpPortal> {
	const folder = await mkdtemp(join(tmpdir(), 'elektrik-portal-'));
	const server = await startPhpServer(join(__dirname, 'elektrik-portal.php'), {
		ELEKTRIK_STATE: join(folder, 'state.json'),
		ELEKTRIK_UID: uid,
		ELEKTRIK_PHONES: phones.join(','),
	});
	return {
		url: `${server.url}/integration/`,
		log: () => server.log(),
		async state() {
			const response = await fetch(`${server.url}/control`);
			return (await response.json()) as PhpPortalState;
		},
		async stop() {
			await server.stop();
			await rm(folder, { recursive: true, force: true });
		},
	};
}
