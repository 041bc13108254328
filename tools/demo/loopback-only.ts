import { join } from 'node:path';
import { checkoutFolder } from '../n8n/checkout';

/** Settings of an n8n that answers only requests to a loopback name. */
export function loopbackOnly(): Record<string, string> {
	return {
		EXTERNAL_HOOK_FILES: join(checkoutFolder(), 'tools', 'demo', 'loopback-hook.cjs'),
		// Paths of Windows hold colons.
		EXTERNAL_HOOK_FILES_SEPARATOR: ';',
	};
}
