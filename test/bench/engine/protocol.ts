import { join } from 'node:path';
import type * as ExapiProtocol from '../../../nodes/Exapi/protocol';

/** The wire format of exapi as the installed package exports it. */
export function exapiProtocol(packageFolder: string): typeof ExapiProtocol {
	// eslint-disable-next-line @typescript-eslint/no-require-imports -- its place is known at run time
	return (require(join(packageFolder, 'index.js')) as { exapi: typeof ExapiProtocol }).exapi;
}
