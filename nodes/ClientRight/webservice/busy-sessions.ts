import { LRUCache } from 'lru-cache';

/**
 * How long PHP may go on with a call whose answer was lost; shorter than the 15 minutes that a session
 * lives after its last use.
 */
const LIFETIME = 10 * 60 * 1000;
const MAX_SESSIONS = 10_000;

/**
 * Sessions by the CRM, user and record of a call that may still run in them. vtiger's lock on a session
 * makes the next call about this record wait for the lost one, so that it finds that one's record; in
 * another session both would create one (docs/protocols/vtiger.md, 5.5). Calls about other records would wait
 * for nothing, so these sessions are in no pool.
 */
export const busySessions = new LRUCache<string, string>({ max: MAX_SESSIONS, ttl: LIFETIME });
