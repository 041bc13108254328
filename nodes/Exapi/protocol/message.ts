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
import { type ExapiKey, findMatchingSecret, sign } from './signature';
import { FieldError } from '../../shared/wire/field-error';
import { phpText } from './values';

/** The most JSON values in a message. A signed message has three. */
export const MAX_VALUES = 100;

/**
 * Limits of a signed message. A larger one cannot be valid, and parsing it could mean parsing
 * megabytes.
 */
const SIGNED_MESSAGE: StructureLimits = { maxValues: MAX_VALUES, maxDepth: MAX_VALUES };

/** What was wrong with an answer. It decides what the caller may do next. */
export type AnswerFault =
	/** The HTTP response has no body, which is how a server may reject a signature (docs/protocols/exapi.md, 4.6). */
	| 'empty'
	/** Text that is not JSON: an HTML page, a PHP error, a truncated body. */
	| 'notJson'
	/** JSON that is not `{sign, answer}`. */
	| 'notAnEnvelope'
	/** Not signed with our secret, or signed but not an answer: nothing in it can be trusted. */
	| 'wrongSignature'
	/** Properly signed, but the answer to another request. */
	| 'wrongId'
	/** Properly signed, `error` is not null. */
	| 'remoteError'
	/** Properly signed, but the result has another form than docs/protocols/exapi.md describes. */
	| 'unexpectedResult';

/**
 * An answer that cannot be used. `detail` is what a user may see of it: the first characters of
 * an unreadable body, or the CRM's own error text. It is empty for a wrong signature, because
 * nothing in such an answer can be trusted.
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

/** Why a request cannot be accepted. A server closes the connection or returns an error accordingly. */
export class ExapiRequestError extends Error {
	override readonly name = 'ExapiRequestError';

	/**
	 * @param answerTo when set, the signature was valid and the server must return a signed error
	 *   (docs/protocols/exapi.md, 1.5 and 1.6)
	 */
	constructor(
		message: string,
		readonly answerTo?: { key: ExapiKey; id: RequestId },
	) {
		super(message);
	}
}

/** A value that exapi does not allow. `field` is also its name in `OrderInput`. */
export class ExapiInputError extends FieldError {
	override readonly name = 'ExapiInputError';
}

/** Why a number from a user is rejected that has already lost digits. */
export const LOST_DIGITS = 'is a number too long to keep all its digits. Enter it as text';

/** The same for a number inside a value. */
export const HOLDS_LOST_DIGITS =
	'contains a number too long to keep all its digits. Enter it as text';

/** Sender identifiers are `string(64)` (docs/protocols/exapi.md, 2.1). */
export const MAX_SENDER_LENGTH = 64;

/**
 * The longest id that is accepted. Every answer repeats the id, and answers are cached; a unique id
 * needs no more characters (docs/protocols/exapi.md, 3.1).
 */
const MAX_ID_LENGTH = 255;

/**
 * The id that an answer repeats: text, or a number as clients send it (docs/protocols/exapi.md, 3.3).
 * A list or an object, which no client sends, is answered with `null`.
 */
export type RequestId = string | number | LosslessNumber | boolean | null;

/** A JSON-RPC 1.0 request (docs/protocols/exapi.md, 3.1). */
export interface ExapiRequest {
	method: string;
	/** Always an array (docs/protocols/exapi.md, 3.2). */
	params: unknown[];
	/** May be empty. The server's answer repeats it unchanged. */
	id: RequestId;
}

/** The body of a POST before its signature is checked. */
export interface SignedMessage {
	sender: string;
	/** The value of `sign`, of any type. */
	sign: unknown;
	/** The request as JSON text; the signature is over its exact bytes. */
	request: string;
}

/** A request that passed its signature check. */
export interface OpenedRequest {
	request: ExapiRequest;
	/** The sender and the secret that it signed with. The answer is signed with the same secret. */
	key: ExapiKey;
}

/**
 * Writes the signed body of a POST: `{sender, sign, request}` with `request` as JSON text.
 *
 * @throws ExapiInputError when sender or secret cannot sign anything
 *
 * @example
 * const key = { sender: 'partner_7', secret: 'invented' };
 * exapi.writeRequest({ method: 'addOrder', params: [], id: '1' }, key);
 * // => '{"sender":"partner_7","sign":"4a6a98a83da1a85c4217c39adaa82660","request":"{\\"method\\":\\"addOrder\\",\\"params\\":[],\\"id\\":\\"1\\"}"}'
 */
export function writeRequest(request: ExapiRequest, key: ExapiKey): string {
	checkKey(key);
	const text = writeJson({ method: request.method, params: request.params, id: request.id });
	return JSON.stringify({ sender: key.sender, sign: sign(text, key), request: text });
}

/**
 * Checks that sender and secret can sign a request.
 *
 * @throws ExapiInputError when the CRM would reject every request signed with them
 *
 * @example
 * exapi.checkKey({ sender: 'partner_7', secret: '' }); // throws ExapiInputError: is empty
 */
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
 * Opens a signed request as a server does: reads the message, checks its signature, and reads the
 * request inside.
 *
 * @param body text of the POST
 * @param secretsOf returns the secrets that a sender may sign with, none for an unknown sender
 * @throws ExapiRequestError
 *
 * @example
 * const key = { sender: 'partner_7', secret: 'invented' };
 * const body = exapi.writeRequest({ method: 'getOrders', params: ['2026-03-01'], id: '1' }, key);
 * exapi.openRequest(body, () => ['invented']).request;
 * // => { method: 'getOrders', params: ['2026-03-01'], id: '1' }
 * exapi.openRequest(body, () => ['other']); // throws ExapiRequestError: The signature is wrong
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
 * Reads the sender, the signature and the request text, before any signature is computed.
 *
 * @throws ExapiRequestError for a body that is not an exapi message; a server must not answer it
 *
 * @example
 * exapi.readMessage('{"sender":"partner_7","sign":"0f","request":"{}"}');
 * // => { sender: 'partner_7', sign: '0f', request: '{}' }
 * exapi.readMessage('{"sign":"0f","request":"{}"}'); // throws ExapiRequestError: The body names no sender
 */
export function readMessage(body: string): SignedMessage {
	return atOnce(readMessageInTurns(body));
}

/**
 * Reads a message as {@link readMessage} does, and lets other work run while it reads a large body.
 *
 * @example
 * const turns = exapi.readMessageInTurns('{"sender":"partner_7","sign":"0f","request":"{}"}');
 * let turn = turns.next();
 * while (!turn.done) turn = turns.next();
 * turn.value.sender; // => 'partner_7'
 */
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

/** Reads a sender that is a JSON number as PHP converts it to text (docs/protocols/exapi.md, 2.8). */
function readSender(body: string, sender: unknown): unknown {
	if (typeof sender !== 'number' && typeof sender !== 'string') return sender;
	const source = mayBeNumber(sender) ? memberSource(body, 'sender') : undefined;
	return source === undefined || source.startsWith('"') ? sender : phpText(source);
}

/** Whether the value may have been a JSON number: one beyond 2^53 is parsed as text of its digits. */
function mayBeNumber(value: number | string): boolean {
	return typeof value === 'number' || /^-?\d{16,}$/.test(value);
}

/**
 * Finds the key that a message was signed with, among the secrets of its sender.
 *
 * @returns `undefined` when no secret matches
 *
 * @example
 * const key = { sender: 'partner_7', secret: 'invented' };
 * const body = exapi.writeRequest({ method: 'addOrder', params: [], id: '1' }, key);
 * exapi.findKey(exapi.readMessage(body), ['old', 'invented']);
 * // => { sender: 'partner_7', secret: 'invented' }
 */
export function findKey(
	{ sender, sign: signature, request }: SignedMessage,
	secrets: readonly string[],
): ExapiKey | undefined {
	const secret = findMatchingSecret({ message: request, signature, sender }, secrets);
	return secret === undefined ? undefined : { sender, secret };
}

/**
 * Reads the request inside a message that was signed with `key`.
 *
 * @throws ExapiRequestError with `answerTo`, when the text is not a valid request
 *
 * @example
 * const key = { sender: 'partner_7', secret: 'invented' };
 * exapi.readRequest('{"method":"getOrders","params":["2026-03-01"],"id":7}', key);
 * // => { method: 'getOrders', params: ['2026-03-01'], id: 7 }
 * exapi.readRequest('{"params":[]}', key); // throws ExapiRequestError: The request names no method
 */
export function readRequest(text: string, key: ExapiKey): ExapiRequest {
	return atOnce(readRequestInTurns(text, key));
}

/**
 * Reads a request as {@link readRequest} does, and lets other work run while it reads a large one.
 *
 * @example
 * const key = { sender: 'partner_7', secret: 'invented' };
 * const turns = exapi.readRequestInTurns('{"method":"getOrders","params":[],"id":7}', key);
 * let turn = turns.next();
 * while (!turn.done) turn = turns.next();
 * turn.value.method; // => 'getOrders'
 */
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

/** Reads an id and keeps its type: a partner may compare types, so a number is returned digit by digit. */
function readId(text: string, id: unknown): RequestId {
	if (typeof id === 'boolean') return id;
	if (typeof id !== 'number' && typeof id !== 'string') return null;
	const source = mayBeNumber(id) ? memberSource(text, 'id') : undefined;
	if (source === undefined || source.startsWith('"')) return id;
	return String(Number(source)) === source ? Number(source) : new LosslessNumber(source);
}

/**
 * Converts an id for an item: a number that JavaScript cannot represent becomes text of its digits.
 *
 * @example
 * const key = { sender: 'partner_7', secret: 'invented' };
 * const text = '{"method":"getOrders","params":[],"id":9007199254740993}';
 * exapi.idForItem(exapi.readRequest(text, key).id); // => '9007199254740993'
 */
export function idForItem(id: RequestId): string | number | boolean | null {
	return id instanceof LosslessNumber ? id.toString() : id;
}
