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
	retryByStatus,
	type RetryDecision,
	retryUnanswered,
	textOfBody,
} from '../../shared/http';
import { LOST_CALL_MS, type RecordTurn } from '../../shared/items';
import { type JsonObject, takeTurns } from '../../shared/wire';
import { excerpt } from '../../shared/wire/text';
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

/** LOST_CALL_MS is shorter than the 15 minutes that a session lasts after its last use. */
const sessions = new LRUCache<string, string>({ max: 10_000, ttl: LOST_CALL_MS });

/**
 * The session in which a call whose response was lost may still be running. vtiger's lock on the session makes
 * the next call about the same record wait for it, so that it finds that record; in another session both would
 * create one (docs/protocols/vtiger.md, 5.5). These sessions are in no pool, because calls about other records
 * would wait needlessly.
 */
export interface BusySession {
	/** The name of the session, if there is one. */
	readonly name: string | undefined;
	/**
	 * Prepares a request. Call it before each one.
	 *
	 * @throws PartnerError `notSent` if other processes no longer wait for this call
	 */
	enter(session: string): Promise<void>;
	/** Records that the response was lost and the call may still be running. */
	store(session: string): void;
	/** Records that the CRM has responded. */
	clear(): void;
}

/** The busy session of a record, stored in this process only. */
export function busyInMemory(credential: ClientRightCredential, key: string): BusySession {
	const record = `${fingerprint(credential)} ${key}`;
	return {
		name: sessions.get(record),
		enter: async () => await Promise.resolve(),
		store: (session) => sessions.set(record, session),
		clear: () => sessions.delete(record),
	};
}

/**
 * The busy session of a record, stored for all processes. It is stored before each request, because a process
 * that dies cannot store it any more.
 */
export function busyInTurn({ accessKey }: ClientRightCredential, turn: RecordTurn): BusySession {
	const left = turn.note === undefined ? undefined : unseal(turn.note, accessKey);
	return {
		name: lostInTurn.has(turn) ? lostInTurn.get(turn) : left,
		enter: async (session) => await turn.confirm(seal(session, accessKey)),
		store: (session) => lostInTurn.set(turn, session),
		clear() {
			lostInTurn.set(turn, undefined);
			turn.settle();
		},
	};
}

/** The sessions of lost calls within a turn of several calls; empty once the CRM has responded. */
const lostInTurn = new WeakMap<RecordTurn, string | undefined>();

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts the name of a session with the access key, because a session allows acting as the user. */
function seal(session: string, accessKey: string): string {
	const iv = randomBytes(IV_BYTES);
	const cipher = createCipheriv(CIPHER, keyFrom(accessKey), iv);
	const text = Buffer.concat([cipher.update(session, 'utf8'), cipher.final()]);
	return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64');
}

/** Decrypts the name of a session. @returns `undefined` for text that was not encrypted with this key */
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
/** Shorter texts are not secrets, and masking them would make messages unreadable. */
const SHORTEST_SECRET = 4;
/** Only the beginning of a page is shown, which may have megabytes. */
const LOOKED_AT = 64 * 1024;

/** Masks secrets in a text from the CRM, which may repeat what was sent to it. */
export function redact(text: string, secrets: readonly string[]): string {
	return secrets
		.filter((secret) => secret.length >= SHORTEST_SECRET)
		.reduce((clean, secret) => clean.replaceAll(secret, MASK), text);
}

/**
 * The names of secrets. A truncated login response contains a session that is not known yet, and PHP's dumps
 * show variables. The text after such a name and a `:`, `=` or `=>` is a secret.
 */
const NAMED_SECRET =
	/(sessionname|sessionid|token|accesskey)(["'\]\s]*(?::|=>?|=&gt;)\s*["']?)[^\s"'<>,)]+/gi;

/** A tag, whose length is limited: searching for the missing ends of many tags could take minutes. */
const SCRIPT = /<(script|style)\b[\s\S]*?(?:<\/\1>|$)/gi;
const TAG = /<[a-z/!?][^>]*(?:>|$)/gi;

/** Returns the beginning of a page or a PHP error without tags, so that a user can recognize it. */
export function pageExcerpt(text: string, secrets: readonly string[]): string {
	const words = redact(text, secrets)
		.slice(0, LOOKED_AT)
		.replace(NAMED_SECRET, `$1$2${MASK}`)
		.replace(SCRIPT, ' ')
		.replace(TAG, ' ');
	return excerpt(words);
}

/**
 * The effect of a call, which decides whether it may be repeated after a lost response: a read may, an upsert
 * finds the record of the first call, and a write would create a second record.
 */
export type Effect = 'read' | 'upsert' | 'write';

/** Decides whether to retry a failed call. */
export function retryDecision(error: unknown, effect: Effect): RetryDecision {
	const isRepeatable = effect !== 'write';
	if (error instanceof HttpFailure) return retryUnanswered(error, isRepeatable);
	if (!(error instanceof UnusableAnswer || error instanceof FileNotGiven)) return { again: false };
	return retryByStatus(error.status, error.retryAfter, isRepeatable);
}

/** How to send to one CRM. */
export interface CrmConnection {
	credential: ClientRightCredential;
	send: HttpClient;
	/** Milliseconds for a request. */
	timeout: number;
	/** Called when the CRM printed other text around a response. */
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
	/** All fields except the operation and the session. */
	fields: WireFields;
	/** Sent with the fields, of a POST. */
	file?: FormFile | undefined;
	/** What the answer passes through: see `HttpRequest`. */
	through?: (() => Duplex) | undefined;
}

/** The response to an operation. */
export interface Answer {
	result: unknown;
	/** The whole envelope as received. */
	raw: JsonObject;
}

/**
 * Sends one call and reads the response.
 *
 * @param secrets texts to mask in an error, even if the CRM repeats them
 * @throws HttpFailure without an HTTP response, UnusableAnswer without an envelope, RemoteError for
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
	throw new UnusableAnswer(operation, response, pageExcerpt(text, hidden));
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
	const url = method === 'POST' ? credential.url : urlWithParameters(credential.url, all);
	return { ...limits, method: 'POST', url, headers: { ...FORM_HEADERS }, body: writeForm(all) };
}

function urlWithParameters(address: string, fields: WireFields): string {
	const parameters = Object.entries(fields).filter(([name]) => !SESSION.has(name));
	const url = withQuery(address, Object.fromEntries(parameters));
	return url.length > LONGEST_URL ? address : url;
}
