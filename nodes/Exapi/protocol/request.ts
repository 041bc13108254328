import { ExapiInputError, ExapiRequestError } from './errors';
import { isObject, parseJson } from './json';
import { secretOf, sign, type ExapiKey } from './signature';
import { isSmallStructure } from './structure';

/** Sender identifiers are `string(64)` (exapi.md, table of the request message). */
export const MAX_SENDER_LENGTH = 64;

/** Every answer repeats it, and answers are remembered: "ideally unique" (exapi.md) needs no more. */
const MAX_ID_LENGTH = 255;

/**
 * What an answer repeats to be told apart. The document describes text, and its own client sends a
 * number; nobody writes a list or an object, which would be answered with `null`.
 */
export type RequestId = string | number | boolean | null;

/** A JSON-RPC 1.0 request (exapi.md, "Структура объекта запроса"). */
export interface ExapiRequest {
	method: string;
	/** Always an array; the document stresses it. */
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
	const text = JSON.stringify({ method: request.method, params: request.params, id: request.id });
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
	const message = isSmallStructure(body) ? parseJson(body) : undefined;
	if (!isObject(message)) throw new ExapiRequestError('The body is not a JSON object');
	const { sender, sign: signature, request } = message;
	if (typeof sender !== 'string' || sender === '' || sender.length > MAX_SENDER_LENGTH) {
		throw new ExapiRequestError('The body names no sender');
	}
	if (typeof request !== 'string') throw new ExapiRequestError('The body has no request text');
	return { sender, sign: signature, request };
}

/** The key that the message is signed with, out of the secrets of its sender; none if by none. */
export function findKey(
	{ sender, sign: signature, request }: SignedMessage,
	secrets: readonly string[],
): ExapiKey | undefined {
	const secret = secretOf({ message: request, signature, sender }, secrets);
	return secret === undefined ? undefined : { sender, secret };
}

/**
 * Reads the request in a message that is signed with `key`.
 *
 * @throws ExapiRequestError with how to answer, when it makes no sense
 */
export function readRequest(text: string, key: ExapiKey): ExapiRequest {
	const request = parseJson(text);
	const fields = isObject(request) ? request : {};
	const isLong = typeof fields.id === 'string' && fields.id.length > MAX_ID_LENGTH;
	const id = isLong ? null : readId(fields.id);
	const refuse = (message: string): ExapiRequestError =>
		new ExapiRequestError(message, { key, id });
	if (!isObject(request)) throw refuse('The request is not a JSON object');
	if (isLong) throw refuse(`"id" has more than ${MAX_ID_LENGTH} characters`);
	const { method, params } = fields;
	if (typeof method !== 'string' || method === '') throw refuse('The request names no method');
	if (!Array.isArray(params)) throw refuse('"params" is not an array');
	return { method, params, id };
}

/** A partner may compare ids by type as well: what came as a number goes back as one. */
function readId(id: unknown): RequestId {
	return typeof id === 'string' || typeof id === 'number' || typeof id === 'boolean' ? id : null;
}
