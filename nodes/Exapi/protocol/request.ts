import { ExapiInputError, ExapiRequestError } from './errors';
import { isObject, parseJson } from './json';
import { sign, signatureMatches, type ExapiKey } from './signature';

/** Sender identifiers are `string(64)` (exapi.md, table of the request message). */
export const MAX_SENDER_LENGTH = 64;

/** A JSON-RPC 1.0 request (exapi.md, "Структура объекта запроса"). */
export interface ExapiRequest {
	method: string;
	/** Always an array; the document stresses it. */
	params: unknown[];
	/** May be empty; the server's answer repeats it. */
	id: string;
}

/** A request that passed its signature check. */
export interface OpenedRequest {
	request: ExapiRequest;
	sender: string;
	/** The secret that the signature was made with; answers are signed with the same one. */
	secret: string;
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
 * Opens a signed request as a server does.
 *
 * @param body text of the POST
 * @param secretsOf the secrets that a sender may sign with; none for an unknown sender
 * @throws ExapiRequestError with `admitted: false` when the sender is not to get any answer, with
 *   `admitted: true` when the signature is right but the request inside makes no sense
 */
export function openRequest(
	body: string,
	secretsOf: (sender: string) => readonly string[],
): OpenedRequest {
	const message = parseJson(body);
	if (!isObject(message)) throw new ExapiRequestError('The body is not a JSON object', false);
	const { sender, sign: signature, request: text } = message;
	if (typeof sender !== 'string' || sender === '' || sender.length > MAX_SENDER_LENGTH) {
		throw new ExapiRequestError('The body names no sender', false);
	}
	if (typeof text !== 'string') throw new ExapiRequestError('The body has no request text', false);
	const secret = secretsOf(sender).find((candidate) =>
		signatureMatches(text, signature, { sender, secret: candidate }),
	);
	if (secret === undefined) throw new ExapiRequestError('The signature is wrong', false);
	return { request: readRequest(text), sender, secret };
}

function readRequest(text: string): ExapiRequest {
	const request = parseJson(text);
	if (!isObject(request)) throw new ExapiRequestError('The request is not a JSON object', true);
	const { method, params, id } = request;
	if (typeof method !== 'string' || method === '') {
		throw new ExapiRequestError('The request names no method', true);
	}
	if (!Array.isArray(params)) throw new ExapiRequestError('"params" is not an array', true);
	// The document's own client sends a number for the id that it describes as a string.
	return {
		method,
		params,
		id: typeof id === 'number' ? String(id) : typeof id === 'string' ? id : '',
	};
}
