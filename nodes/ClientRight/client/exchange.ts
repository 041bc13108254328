import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { LRUCache } from 'lru-cache';
import {
	DEFAULT_MAX_ANSWER_BYTES,
	type FormFile,
	type HttpClient,
	HttpFailure,
	type HttpRequest,
	type HttpResponse,
	multipartForm,
	type RetryDecision,
	textOfBody,
} from '../../shared/http';
import { LOST_CALL_MS, type RecordTurn } from '../../shared/items';
import { type JsonObject, takeTurns } from '../../shared/wire';
import {
	FORM_HEADERS,
	type OpenedEnvelope,
	openEnvelopeInTurns,
	type WireFields,
	withQuery,
	writeForm,
} from '../wire/envelope';
import { type ClientRightCredential, fingerprint } from './credential';
import { FileNotGiven, RemoteError, UnusableAnswer } from './failures';

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

const MASK = '•••';
/** Shorter texts are no secrets, and would blot out half of every message. */
const SHORTEST_SECRET = 4;
const LONGEST_EXCERPT = 200;
/** A page has megabytes, and only its beginning is shown. */
const LOOKED_AT = 64 * 1024;

/** Takes what must not be seen out of a text that the CRM wrote: it may repeat what it was sent. */
export function redact(text: string, secrets: readonly string[]): string {
	return secrets
		.filter((secret) => secret.length >= SHORTEST_SECRET)
		.reduce((clean, secret) => clean.replaceAll(secret, MASK), text);
}

/**
 * Half an answer to a login holds a session that nobody knows yet, and PHP's dumps show variables.
 * What follows such a name and a `:`, `=` or `=>` is a secret.
 */
const NAMED_SECRET =
	/(sessionname|sessionid|token|accesskey)(["'\]\s]*(?::|=>?|=&gt;)\s*["']?)[^\s"'<>,)]+/gi;

/** Without its end a tag goes on to the end of the page: searched for again and again, it would cost minutes. */
const SCRIPT = /<(script|style)\b[\s\S]*?(?:<\/\1>|$)/gi;
const TAG = /<[a-z/!?][^>]*(?:>|$)/gi;

/** The beginning of a page or a PHP error, without its tags, for a person to recognise it. */
export function excerpt(text: string, secrets: readonly string[]): string {
	const words = redact(text, secrets)
		.slice(0, LOOKED_AT)
		.replace(NAMED_SECRET, `$1$2${MASK}`)
		.replace(SCRIPT, ' ')
		.replace(TAG, ' ')
		.replace(/\s+/g, ' ')
		.trim();
	return words.length > LONGEST_EXCERPT ? `${words.slice(0, LONGEST_EXCERPT)}…` : words;
}

/**
 * What a call does at the CRM, which decides whether it may be sent again when its answer was
 * lost: a read may; an upsert finds the record of the first time; a write would make a second one.
 */
export type Effect = 'read' | 'upsert' | 'write';

/** Given by servers in front of the CRM. */
const PASSING_STATUS = new Set([502, 503, 504]);
const LOST = new Set(['broken', 'closed', 'timeout']);

/** Whether to make a failed call again. */
export function retryDecision(error: unknown, effect: Effect): RetryDecision {
	if (error instanceof HttpFailure) {
		return { again: error.noConnection || (effect !== 'write' && LOST.has(error.kind)) };
	}
	if (!(error instanceof UnusableAnswer || error instanceof FileNotGiven)) return { again: false };
	const again = error.status === 429 || (effect !== 'write' && PASSING_STATUS.has(error.status));
	return again && error.retryAfter !== undefined ? { again, after: error.retryAfter } : { again };
}

/** The way to one CRM. */
export interface CrmConnection {
	credential: ClientRightCredential;
	send: HttpClient;
	/** Milliseconds for a request. */
	timeout: number;
	/** Called when the CRM printed something around an answer. */
	onPrintedAround?: () => void;
}

/**
 * Where an operation reads its parameters: in the URL, in the body, or `either` where that is not known
 * (docs/protocols/vtiger.md, 2.2 and 2.3).
 */
export type CallMethod = 'GET' | 'POST' | 'either';

/** A call of an operation. */
export interface WebserviceCall {
	operation: string;
	method: CallMethod;
	/** Everything but the operation and the session. */
	fields: WireFields;
	/** Sent with the fields, of a POST. */
	file?: FormFile | undefined;
	/** What the answer passes through: see `HttpRequest`. */
	through?: (() => Duplex) | undefined;
}

/** What an operation answered. */
export interface Answer {
	result: unknown;
	/** The whole envelope as it came. */
	raw: JsonObject;
}

/**
 * Sends one call and reads its answer.
 *
 * @param secrets what must not be seen in an error, even if the CRM repeats it
 * @throws HttpFailure without an HTTP answer, UnusableAnswer without an envelope, RemoteError for
 *   `success: false`
 */
export async function exchange(
	crm: CrmConnection,
	call: WebserviceCall,
	secrets: readonly string[],
	signal: AbortSignal | undefined,
): Promise<Answer> {
	const response = await crm.send({ ...requestFor(crm, call), signal });
	const hidden = [crm.credential.accessKey, ...secrets];
	const opened = await openAnswer(response, call.operation, hidden);
	if (opened.printedAround) crm.onPrintedAround?.();
	const { envelope, raw } = opened;
	if (envelope.success) return { result: envelope.result, raw };
	const { code, message } = envelope.error;
	throw new RemoteError(call.operation, {
		code: redact(code, hidden),
		message: redact(message, hidden),
	});
}

async function openAnswer(
	response: HttpResponse,
	operation: string,
	hidden: readonly string[],
): Promise<OpenedEnvelope> {
	const text = textOfBody(response);
	const opened = await takeTurns(openEnvelopeInTurns(text));
	if (opened) return opened;
	throw new UnusableAnswer(operation, response, excerpt(text, hidden));
}

/** With parameters longer than this, web servers refuse the URL; only a body holds them then. */
const LONGEST_URL = 7_500;
/** Read in either place; the body keeps them out of logs. */
const SESSION = new Set(['sessionName', 'sessionId']);

function requestFor(
	{ credential, timeout }: CrmConnection,
	{ operation, method, fields, file, through }: WebserviceCall,
): HttpRequest {
	const { allowUnauthorizedCerts } = credential;
	const maxAnswerBytes = DEFAULT_MAX_ANSWER_BYTES;
	const limits = { timeout, allowUnauthorizedCerts, maxAnswerBytes, through };
	const all = { operation, ...fields };
	if (file) {
		const texts = Object.entries(all).map(([name, value]) => ({ name, value }));
		const { headers, body } = multipartForm([...texts, file]);
		const accepted = { accept: 'application/json', ...headers };
		return { ...limits, method: 'POST', url: credential.url, headers: accepted, body };
	}
	if (method === 'GET') {
		const url = withQuery(credential.url, all);
		return { ...limits, method, url, headers: { accept: 'application/json' } };
	}
	const url = method === 'POST' ? credential.url : urlWithParameters(credential.url, fields);
	return { ...limits, method: 'POST', url, headers: { ...FORM_HEADERS }, body: writeForm(all) };
}

function urlWithParameters(address: string, fields: WireFields): string {
	const parameters = Object.entries(fields).filter(([name]) => !SESSION.has(name));
	const url = withQuery(address, Object.fromEntries(parameters));
	return url.length > LONGEST_URL ? address : url;
}
