import { createHash, timingSafeEqual } from 'node:crypto';
import { LosslessNumber } from 'lossless-json';
import {
	atOnce,
	type InTurns,
	isObject,
	memberSource,
	parseJsonInTurns,
	type StructureLimits,
	writeJson,
} from '../../shared/wire';
import { phpText } from './values';

/** A signed message has three values, and one that is laid out otherwise not many more. */
export const MAX_VALUES = 100;

/**
 * Limits of a signed message. Whoever sends more has not signed anything, and would have megabytes
 * of it parsed.
 */
const SIGNED_MESSAGE: StructureLimits = { maxValues: MAX_VALUES, maxDepth: MAX_VALUES };

/** Who sends and the secret both sides share. */
export interface ExapiKey {
	/** Identifier of the sender, at most 64 characters. */
	sender: string;
	secret: string;
}

const SIGNATURE = /^[0-9a-f]{32}$/;

/**
 * Signs a message (docs/protocols/exapi.md, 2.3): md5 of the JSON text followed by sender and secret,
 * as UTF-8 bytes.
 *
 * @param message the exact JSON text that goes over the wire, never a re-serialised object
 * @returns 32 lower-case hexadecimal digits
 */
export function sign(message: string, { sender, secret }: ExapiKey): string {
	return createHash('md5').update(message).update(sender).update(secret).digest('hex');
}

/** Half a character, which JSON can write, and UTF-8 only as the bytes of U+FFFD (docs/protocols/exapi.md, 2.9). */
function holdsHalfCharacter(text: string): boolean {
	// Each Node that n8n runs on has it; the types have it from ES2024 on.
	return !(text as string & { isWellFormed(): boolean }).isWellFormed();
}

/** As {@link findMatchingSecret}, for one secret. */
export function signatureMatches(message: string, signature: unknown, key: ExapiKey): boolean {
	return findMatchingSecret({ message, signature, sender: key.sender }, [key.secret]) !== undefined;
}

/**
 * The secret that a message is signed with, compared in constant time. Anything that is not 32
 * lower-case hexadecimal digits is refused, and so is an empty secret: fail closed. So is a message
 * with half a character: it would have the signature of another one.
 */
export function findMatchingSecret(
	{ message, signature, sender }: { message: string; signature: unknown; sender: string },
	secrets: readonly string[],
): string | undefined {
	if (typeof signature !== 'string' || !SIGNATURE.test(signature)) return undefined;
	// A message of megabytes is hashed once: the time does not tell how many secrets a sender has.
	const signed = createHash('md5').update(message).update(sender);
	let secret: string | undefined;
	// All secrets are compared, also behind the right one, so that the time tells nothing.
	for (const candidate of secrets) {
		const expected = signed.copy().update(candidate).digest('hex');
		const isRight = timingSafeEqual(Buffer.from(expected), Buffer.from(signature));
		if (isRight && candidate !== '') secret ??= candidate;
	}
	return secret === undefined || holdsHalfCharacter(message) ? undefined : secret;
}

/** What was wrong with an answer; decides what a caller may do next. */
export type AnswerFault =
	/** HTTP answered, but without a byte, as a server may refuse a signature (docs/protocols/exapi.md, 4.6). */
	| 'empty'
	/** Text that is not JSON: an HTML page, a PHP error, a truncated body. */
	| 'notJson'
	/** JSON that is not `{sign, answer}`. */
	| 'notAnEnvelope'
	/** Not signed with our secret, or not as an answer: nothing in it can be trusted. */
	| 'wrongSignature'
	/** Properly signed, but the answer to another request. */
	| 'wrongId'
	/** Properly signed, `error` is not null. */
	| 'remoteError'
	/** Properly signed, but the result is not of the shape of docs/protocols/exapi.md. */
	| 'unexpectedResult';

/**
 * An answer that cannot be used. `detail` holds what a person may see of it: the first
 * characters of an unreadable body, or the CRM's own error text. It is empty for a wrong
 * signature, since nothing of such an answer is to be trusted.
 */
export class ExapiAnswerError extends Error {
	override readonly name = 'ExapiAnswerError';

	constructor(
		readonly fault: AnswerFault,
		message: string,
		readonly detail = '',
	) {
		super(message);
	}
}

/** Why a request cannot be accepted; a server drops or answers it accordingly. */
export class ExapiRequestError extends Error {
	override readonly name = 'ExapiRequestError';

	/**
	 * @param answerTo how to answer, when the signature was right: then, and only then, a server
	 *   owes a signed answer (docs/protocols/exapi.md, 1.5 and 1.6)
	 */
	constructor(
		message: string,
		readonly answerTo?: { key: ExapiKey; id: RequestId },
	) {
		super(message);
	}
}

/**
 * A value that must not be sent. `field` is its name in the node and in `OrderInput`; the message
 * goes on from there ("is missing").
 */
export class ExapiInputError extends Error {
	override readonly name = 'ExapiInputError';

	constructor(
		readonly field: string,
		message: string,
	) {
		super(message);
	}
}

/** What is wrong with a number of a user whose digits are lost already. */
export const LOST_DIGITS = 'is a number too long to keep all its digits. Enter it as text';

/** The same of a number within a value. */
export const HOLDS_LOST_DIGITS =
	'contains a number too long to keep all its digits. Enter it as text';

/** Sender identifiers are `string(64)` (docs/protocols/exapi.md, 2.1). */
export const MAX_SENDER_LENGTH = 64;

/**
 * Every answer repeats it, and answers are remembered: an id that is unique needs no more
 * (docs/protocols/exapi.md, 3.1).
 */
const MAX_ID_LENGTH = 255;

/**
 * What an answer repeats to be told apart: text, or a number as clients send it
 * (docs/protocols/exapi.md, 3.3); nobody writes a list or an object, which would be answered with `null`.
 */
export type RequestId = string | number | LosslessNumber | boolean | null;

/** A JSON-RPC 1.0 request (docs/protocols/exapi.md, 3.1). */
export interface ExapiRequest {
	method: string;
	/** Always an array (docs/protocols/exapi.md, 3.2). */
	params: unknown[];
	/** May be empty; the server's answer repeats it as it came. */
	id: RequestId;
}

/** The body of a POST as it is before its signature was looked at. */
export interface SignedMessage {
	sender: string;
	/** Whatever stood for the signature. */
	sign: unknown;
	/** The request as JSON text; the signature is over its exact bytes. */
	request: string;
}

/** A request that passed its signature check. */
export interface OpenedRequest {
	request: ExapiRequest;
	/** The sender and the one of its secrets that it signed with; answers are signed with the same. */
	key: ExapiKey;
}

/**
 * Writes the signed body of a POST: `{sender, sign, request}` with `request` as JSON text.
 *
 * @throws ExapiInputError when sender or secret cannot sign anything
 */
export function writeRequest(request: ExapiRequest, key: ExapiKey): string {
	checkKey(key);
	const text = writeJson({ method: request.method, params: request.params, id: request.id });
	return JSON.stringify({ sender: key.sender, sign: sign(text, key), request: text });
}

/** Refuses a sender or secret with which every request would be rejected. */
export function checkKey({ sender, secret }: ExapiKey): void {
	if (sender === '') throw new ExapiInputError('sender', 'is empty');
	if (sender.length > MAX_SENDER_LENGTH) {
		throw new ExapiInputError(
			'sender',
			`has ${sender.length} characters, exapi allows ${MAX_SENDER_LENGTH}`,
		);
	}
	if (secret === '') throw new ExapiInputError('secret', 'is empty');
}

/**
 * Opens a signed request as a server does: reads the message, checks its signature, reads the
 * request in it.
 *
 * @param body text of the POST
 * @param secretsOf the secrets that a sender may sign with; none for an unknown sender
 * @throws ExapiRequestError
 */
export function openRequest(
	body: string,
	secretsOf: (sender: string) => readonly string[],
): OpenedRequest {
	const message = readMessage(body);
	const key = findKey(message, secretsOf(message.sender));
	if (key === undefined) throw new ExapiRequestError('The signature is wrong');
	return { request: readRequest(message.request, key), key };
}

/**
 * Reads who claims to send, before any signature is computed.
 *
 * @throws ExapiRequestError for what is no message of exapi; nothing is owed to its sender
 */
export function readMessage(body: string): SignedMessage {
	return atOnce(readMessageInTurns(body));
}

/** As {@link readMessage}; others get their turn while a body of megabytes is read. */
export function* readMessageInTurns(body: string): InTurns<SignedMessage> {
	const message = yield* parseJsonInTurns(body, SIGNED_MESSAGE);
	yield;
	if (!isObject(message)) throw new ExapiRequestError('The body is not a JSON object');
	const { sign: signature, request } = message;
	const sender = readSender(body, message.sender);
	if (typeof sender !== 'string' || sender === '' || sender.length > MAX_SENDER_LENGTH) {
		throw new ExapiRequestError('The body names no sender');
	}
	if (typeof request !== 'string') throw new ExapiRequestError('The body has no request text');
	return { sender, sign: signature, request };
}

/** PHP joins a sender that is a JSON number as text (docs/protocols/exapi.md, 2.8). */
function readSender(body: string, sender: unknown): unknown {
	if (typeof sender !== 'number' && typeof sender !== 'string') return sender;
	const source = mayBeNumber(sender) ? memberSource(body, 'sender') : undefined;
	return source === undefined || source.startsWith('"') ? sender : phpText(source);
}

/** A number beyond 2^53 was parsed as text of its digits. */
function mayBeNumber(value: number | string): boolean {
	return typeof value === 'number' || /^-?\d{16,}$/.test(value);
}

/** The key that the message is signed with, out of the secrets of its sender; none if by none. */
export function findKey(
	{ sender, sign: signature, request }: SignedMessage,
	secrets: readonly string[],
): ExapiKey | undefined {
	const secret = findMatchingSecret({ message: request, signature, sender }, secrets);
	return secret === undefined ? undefined : { sender, secret };
}

/**
 * Reads the request in a message that is signed with `key`.
 *
 * @throws ExapiRequestError with how to answer, when it makes no sense
 */
export function readRequest(text: string, key: ExapiKey): ExapiRequest {
	return atOnce(readRequestInTurns(text, key));
}

/** As {@link readRequest}; others get their turn while a request of megabytes is read. */
export function* readRequestInTurns(text: string, key: ExapiKey): InTurns<ExapiRequest> {
	yield;
	const request = yield* parseJsonInTurns(text);
	const fields = isObject(request) ? request : {};
	const received = readId(text, fields.id);
	const isLong = String(received).length > MAX_ID_LENGTH;
	const id = isLong ? null : received;
	const refuse = (message: string): ExapiRequestError =>
		new ExapiRequestError(message, { key, id });
	if (!isObject(request)) throw refuse('The request is not a JSON object');
	if (isLong) throw refuse(`"id" has more than ${MAX_ID_LENGTH} characters`);
	const { method, params } = fields;
	if (typeof method !== 'string' || method === '') throw refuse('The request names no method');
	if (!Array.isArray(params)) throw refuse('"params" is not an array');
	return { method, params, id };
}

/** A partner may compare ids by type as well: what came as a number goes back as one, digit by digit. */
function readId(text: string, id: unknown): RequestId {
	if (typeof id === 'boolean') return id;
	if (typeof id !== 'number' && typeof id !== 'string') return null;
	const source = mayBeNumber(id) ? memberSource(text, 'id') : undefined;
	if (source === undefined || source.startsWith('"')) return id;
	return String(Number(source)) === source ? Number(source) : new LosslessNumber(source);
}

/** As an item holds it: text of its digits where a number of JavaScript has others. */
export function idForItem(id: RequestId): string | number | boolean | null {
	return id instanceof LosslessNumber ? id.toString() : id;
}
