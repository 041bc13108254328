import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { checkoutFolder } from '../n8n/checkout';

/**
 * Writes a generated page, formatted by Prettier.
 *
 * @param file relative to the checkout
 */
export async function writePage(file: string, markdown: string): Promise<void> {
	const path = join(checkoutFolder(), file);
	const options = { ...(await resolveConfig(path)), parser: 'markdown' };
	await writeFile(path, await format(markdown, options));
}
