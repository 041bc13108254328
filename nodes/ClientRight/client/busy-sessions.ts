import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { LOST_CALL_MS, type RecordTurn } from '../../shared/items';
import { type ClientRightCredential, fingerprint } from './credential';

/** LOST_CALL_MS is shorter than the 15 minutes that a session lives after its last use. */
const sessions = new LRUCache<string, string>({ max: 10_000, ttl: LOST_CALL_MS });

/**
 * Where a call about a record may still run whose answer was lost. vtiger's lock on a session makes the
 * next call about this record wait for the lost one, so that it finds that one's record; in another
 * session both would create one (docs/protocols/vtiger.md, 5.5). Calls about other records would wait for
 * nothing, so these sessions are in no pool.
 */
export interface BusySession {
	/** Name of the session, if there is one. */
	readonly name: string | undefined;
	/**
	 * To be called before each request.
	 *
	 * @throws PartnerError `notSent` if other processes no longer wait for this call
	 */
	enter(session: string): Promise<void>;
	/** The answer was lost: the call may still run there. */
	keep(session: string): void;
	/** The CRM has answered. */
	clear(): void;
}

/** The busy session of a record, remembered by this process alone. */
export function busyInMemory(credential: ClientRightCredential, key: string): BusySession {
	const record = `${fingerprint(credential)} ${key}`;
	return {
		name: sessions.get(record),
		enter: async () => await Promise.resolve(),
		keep: (session) => sessions.set(record, session),
		clear: () => sessions.delete(record),
	};
}

/**
 * The busy session of a record, remembered for all processes: before each request, since a process that
 * dies tells nobody any more.
 */
export function busyInTurn({ accessKey }: ClientRightCredential, turn: RecordTurn): BusySession {
	const left = turn.note === undefined ? undefined : unseal(turn.note, accessKey);
	return {
		name: lostInTurn.has(turn) ? lostInTurn.get(turn) : left,
		enter: async (session) => await turn.confirm(seal(session, accessKey)),
		keep: (session) => lostInTurn.set(turn, session),
		clear() {
			lostInTurn.set(turn, undefined);
			turn.settle();
		},
	};
}

/** The sessions of calls that were lost within a turn of several calls; none once the CRM has answered. */
const lostInTurn = new WeakMap<RecordTurn, string | undefined>();

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Whoever has a session acts as the user, so only those who have the access key may read its name. */
function seal(session: string, accessKey: string): string {
	const iv = randomBytes(IV_BYTES);
	const cipher = createCipheriv(CIPHER, keyFrom(accessKey), iv);
	const text = Buffer.concat([cipher.update(session, 'utf8'), cipher.final()]);
	return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64');
}

/** @returns `undefined` for what was not sealed with this key */
function unseal(note: string, accessKey: string): string | undefined {
	const bytes = Buffer.from(note, 'base64');
	const [tagAt, textAt] = [IV_BYTES, IV_BYTES + TAG_BYTES];
	try {
		const decipher = createDecipheriv(CIPHER, keyFrom(accessKey), bytes.subarray(0, tagAt));
		decipher.setAuthTag(bytes.subarray(tagAt, textAt));
		return decipher.update(bytes.subarray(textAt), undefined, 'utf8') + decipher.final('utf8');
	} catch {
		return undefined;
	}
}

function keyFrom(accessKey: string): Buffer {
	return Buffer.from(hkdfSync('sha256', accessKey, '', 'ClientRight session', 32));
}
