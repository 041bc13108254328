/** @needs php */

import { join } from 'node:path';
import { runJsonProgram } from './json-program';

/** What PHP made of the answer to one check by JSON. */
export interface JsonOutcome {
	status: number;
	/** By PHP's `json_decode`; null for what is no JSON. */
	answer: unknown;
}

/** Checks electricians by JSON as a portal in PHP does, one after the other. */
export async function checkByPhpJson(
	url: string,
	phoneHashes: readonly string[],
): Promise<JsonOutcome[]> {
	const args = [join(__dirname, 'elektrik-json-client.php'), url];
	return (await runJsonProgram('PHP', 'php', args, { phones: phoneHashes })) as JsonOutcome[];
}
