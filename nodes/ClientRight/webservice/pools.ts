import { fingerprint, type ClientRightCredential } from './credential';
import { SessionPool } from './session-pool';

const MAX_POOLS = 1_000;
const pools = new Map<string, SessionPool>();

/**
 * The pool of a credential in this process, a cache: what it forgets costs a login.
 *
 * @param executionId gives that execution a pool of its own, as the CRM recommends: a new
 *   session for each session of a user (docs/protocols/clientright.md, 1.3)
 */
export function poolFor(credential: ClientRightCredential, executionId = ''): SessionPool {
	const key = `${fingerprint(credential)} ${executionId}`;
	const pool = pools.get(key) ?? new SessionPool();
	// Last used, last in the map: the first key is the one to give up.
	pools.delete(key);
	pools.set(key, pool);
	if (pools.size > MAX_POOLS) pools.delete(pools.keys().next().value!);
	return pool;
}
