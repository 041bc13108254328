import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Problem } from './problem';

const MANIFEST = join('tools', 'n8n', 'manifest');

/** The project's folder, whether this runs compiled (from build/) or from the sources. */
export function checkoutFolder(): string {
	for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
		if (existsSync(join(folder, MANIFEST, 'package.json'))) return folder;
	}
	throw new Problem(`${MANIFEST} was not found above ${__dirname}: run this from a checkout.`);
}

/** The folder with the nested manifest that says which n8n is installed. */
export function manifestFolder(): string {
	return join(checkoutFolder(), MANIFEST);
}
