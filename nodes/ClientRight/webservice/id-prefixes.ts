import { LRUCache } from 'lru-cache';
import { exclusive } from '../../shared/items';
import type { WebserviceClient } from './client';
import type { ClientRightCredential } from './credential';
import { isObject } from '../../shared/wire';
import { LoginError } from './login-error';

/** What a describe told, or that it told nothing. */
interface Known {
	prefix: string | undefined;
}

const LIFETIME = 24 * 60 * 60 * 1000;
/** After a describe that was denied or failed, before it is tried again. */
const PAUSE = 10 * 60 * 1000;
/** By CRM, user and module: rights are the user's. */
const known = new LRUCache<string, Known>({ max: 1_000, ttl: LIFETIME });

/**
 * The number that the ids of each module begin with in this CRM: it differs by installation. A module is
 * asked for once in a process; a CRM that does not tell is done without.
 *
 * @throws LoginError, since nothing else can be sent either
 */
export async function idPrefixesOf(
	client: WebserviceClient,
	{ url, username }: ClientRightCredential,
	modules: readonly string[],
	signal: AbortSignal | undefined,
): Promise<Map<string, string>> {
	const prefixes = new Map<string, string>();
	for (const module of new Set(modules)) {
		const key = JSON.stringify([url, username, module]);
		const ask = async () => known.get(key) ?? (await describe(client, module, signal));
		// Each execution asks with its own signal: one that is stopped must not fail the others.
		const answer = known.get(key) ?? (await exclusive(`describe ${key}`, ask, signal));
		const { prefix } = answer;
		known.set(key, answer, { ttl: prefix === undefined ? PAUSE : LIFETIME });
		if (prefix !== undefined) prefixes.set(module, prefix);
	}
	return prefixes;
}

async function describe(
	client: WebserviceClient,
	module: string,
	signal: AbortSignal | undefined,
): Promise<Known> {
	const call = { operation: 'describe', method: 'GET', fields: { elementType: module } } as const;
	try {
		const { result } = await client.call(call, { effect: 'read', signal });
		const prefix = isObject(result) ? String(result.idPrefix) : '';
		return { prefix: /^\d+$/.test(prefix) ? prefix : undefined };
	} catch (error) {
		if (error instanceof LoginError || signal?.aborted) throw error;
		return { prefix: undefined };
	}
}
