import { LRUCache } from 'lru-cache';
import { exclusive } from '../../shared/items';
import {
	type ListedModule,
	type ModuleDescription,
	readDescription,
	readModules,
} from '../wire/describe';
import type { WebserviceClient } from './client';
import type { ClientRightCredential } from './credential';
import { LoginError, RemoteError } from './failures';

type CrmUser = Pick<ClientRightCredential, 'url' | 'username'>;

/** The result of a describe, `undefined` if the CRM returned none. */
interface Known<Value> {
	value: Value | undefined;
}

/** How long to use a description: an administrator may add a field. */
const DESCRIPTION_LIFETIME = 5 * 60 * 1000;
/** How long to use the number of a module, which never changes. */
const PREFIX_LIFETIME = 24 * 60 * 60 * 1000;
/** How long to wait after a describe was denied or failed. */
const PAUSE = 10 * 60 * 1000;
/** Descriptions by CRM, user and module, because access depends on the user. */
const descriptions = new LRUCache<string, Known<ModuleDescription>>({
	max: 500,
	ttl: DESCRIPTION_LIFETIME,
});
const prefixes = new LRUCache<string, Known<string>>({ max: 1_000, ttl: PREFIX_LIFETIME });

const keyOf = ({ url, username }: CrmUser, module: string): string =>
	JSON.stringify([url, username, module]);

/**
 * Describes a module: its fields with their types, and the number that its IDs begin with. It requests the
 * description from the CRM once in five minutes.
 *
 * @param isFresh requests it again, for a user in the editor who may just have added a field
 * @returns `undefined` if the CRM does not describe the module to this user
 * @throws PartnerError when the CRM did not respond
 */
export async function describeModule(
	client: WebserviceClient,
	user: CrmUser,
	module: string,
	signal: AbortSignal | undefined,
	isFresh = false,
): Promise<ModuleDescription | undefined> {
	const key = keyOf(user, module);
	if (isFresh) descriptions.delete(key);
	const ask = async () => descriptions.get(key) ?? (await describe(client, module, signal));
	// Each execution uses its own signal, so that stopping one does not fail the others.
	const known = descriptions.get(key) ?? (await exclusive(`describe ${key}`, ask, signal));
	const { value } = known;
	if (!descriptions.has(key)) {
		descriptions.set(key, known);
		prefixes.set(key, { value: value?.idPrefix }, { ttl: value ? PREFIX_LIFETIME : PAUSE });
	}
	return value;
}

async function describe(
	client: WebserviceClient,
	module: string,
	signal: AbortSignal | undefined,
): Promise<Known<ModuleDescription>> {
	const call = { operation: 'describe', method: 'GET', fields: { elementType: module } } as const;
	try {
		const { result } = await client.call(call, { effect: 'read', signal });
		return { value: readDescription(result) };
	} catch (error) {
		if (error instanceof RemoteError && error.code === 'ACCESS_DENIED') return { value: undefined };
		throw error;
	}
}

/**
 * Returns the numbers that the IDs of modules begin with in this CRM, because they differ by installation. A
 * module is requested once per process, and omitted if the CRM does not return its number.
 *
 * @throws LoginError, because nothing else can be sent either
 */
export async function idPrefixesOf(
	client: WebserviceClient,
	user: CrmUser,
	modules: readonly string[],
	signal: AbortSignal | undefined,
): Promise<Map<string, string>> {
	const found = new Map<string, string>();
	for (const module of new Set(modules)) {
		const key = keyOf(user, module);
		const prefix = (prefixes.get(key) ?? (await askPrefix(client, user, module, signal))).value;
		if (prefix !== undefined) found.set(module, prefix);
	}
	return found;
}

async function askPrefix(
	client: WebserviceClient,
	user: CrmUser,
	module: string,
	signal: AbortSignal | undefined,
): Promise<Known<string>> {
	try {
		return { value: (await describeModule(client, user, module, signal))?.idPrefix };
	} catch (error) {
		if (error instanceof LoginError || signal?.aborted) throw error;
		const unknown = { value: undefined };
		prefixes.set(keyOf(user, module), unknown, { ttl: PAUSE });
		return unknown;
	}
}

/**
 * Lists the modules that the user may use.
 *
 * @throws PartnerError when the CRM did not respond
 */
export async function listModules(
	client: WebserviceClient,
	signal: AbortSignal | undefined,
): Promise<ListedModule[]> {
	const call = { operation: 'listtypes', method: 'GET', fields: {} } as const;
	return readModules((await client.call(call, { effect: 'read', signal })).result);
}
