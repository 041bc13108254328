import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import manifest from '../../package.json';
import { checkoutFolder } from '../../tools/n8n/checkout';
import { installN8n } from '../../tools/n8n/install';
import { N8nInstance } from '../../tools/n8n/instance';
import { withoutOuterNpm } from '../../tools/n8n/npm';
import { packPackage } from '../../tools/n8n/package';
import { N8nRest } from '../../tools/n8n/rest';
import { OWNER } from '../e2e/owner';
import { npmWithTarball } from './npm-shim';

/** Installing n8n may take minutes where no earlier run did it. */
export const INSTALL_TIMEOUT = 20 * 60_000;

/** A real n8n without the package, which its Community Nodes screen can install. */
export interface EditorHost {
	n8n: N8nInstance;
	stop(): Promise<void>;
}

export async function startEditorHost(): Promise<EditorHost> {
	const folder = await mkdtemp(join(tmpdir(), 'partner-exchange-browser-'));
	const installed = await installN8n({ progress: (line) => process.stderr.write(`${line}\n`) });
	const tarball = await packPackage(checkoutFolder(), join(folder, 'pack'));
	const path = [dirname(installed.node), withoutOuterNpm(process.env).PATH].join(delimiter);
	const n8n = new N8nInstance({
		n8n: installed,
		userFolder: join(folder, 'user'),
		timeZone: 'Europe/Moscow',
		env: { PATH: await npmWithTarball(join(folder, 'bin'), manifest, tarball, path) },
	});
	await n8n.start();
	await new N8nRest(n8n.url).logInAsOwner(OWNER);
	return {
		n8n,
		stop: async () => {
			await n8n.stop();
			await rm(folder, { recursive: true, force: true });
		},
	};
}
