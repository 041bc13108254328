import type { Request } from 'express';
import type { IWebhookFunctions } from 'n8n-workflow';
import type { Answer, ResponseOutcome } from '../../shared/reply/reply';
import { handedOnItem, isAddress, isPrivate, type RespondingService } from '../../shared/webhook';
import { isObject, type JsonObject, parseJson } from '../../shared/wire';
import {
	ElektrikInputError,
	ElektrikMessageError,
	readCheckAnswer,
	readCheckRequest,
	readCheckUser,
	readPoints,
	readYesNo,
	SoapFault,
	type UserCheck,
	versionOfContentType,
	writeCheckAnswer,
	writeCheckUserResponse,
	writeErrorAnswer,
	writeFault,
} from '../protocol';
import type { TriggerSettings } from './fields';

const HOST = /^[\w.-]+(:\d+)?$|^\[[\da-f:.]+\](:\d+)?$/i;

/** Names of local networks (RFC 6761, RFC 6762, RFC 8375), and names that proxies use. */
const LOCAL_NAME = /(^|\.)(localhost|local|internal|intranet|lan|home\.arpa|test|invalid)$/i;

/**
 * Returns the trigger's URL as the client sees it, for the WSDL. The URL that n8n is configured with
 * (`WEBHOOK_URL`) is used when it has the host of the request: it has https, and a path that a proxy
 * removes, even if the proxy is not configured in n8n. It is also used when it is public and the host of
 * the request is not: a proxy that does not pass on the client's host uses such a name. Otherwise the
 * URL is that of the request, with X-Forwarded headers if n8n trusts them.
 */
export function ownAddress(node: IWebhookFunctions, request: Request): string {
	const { pathname } = new URL(request.originalUrl, 'http://unused');
	const configured = node.getNodeWebhookUrl('default') ?? '';
	const known = URL.canParse(configured) ? new URL(configured) : undefined;
	const { host } = request as { host?: string };
	if (host === undefined || !HOST.test(host)) return known ? known.href : pathname;
	const asked = new URL(`${request.protocol}://${host}${pathname}`);
	if (!known) return asked.href;
	const isSame = known.host === asked.host && known.pathname.endsWith(asked.pathname);
	const isProxys = isPublic(known.hostname) && !isPublic(asked.hostname);
	return isSame || isProxys ? known.href : asked.href;
}

/** Whether a host name or an address is public. */
function isPublic(hostname: string): boolean {
	const name = hostname.replace(/^\[|\]$/g, '');
	if (isAddress(name)) return !isPrivate(name);
	return name.includes('.') && !LOCAL_NAME.test(name);
}

/** A check of the portal, with functions that write a response in the same protocol. */
export interface IncomingCheck {
	protocol: 'json' | 'soap';
	phoneHash: string;
	answer(check: UserCheck): Answer;
	/** Writes an error that the portal did not cause. */
	failure(reason: string): Answer;
}

/** A request that is not a check of the portal, and the response to it. */
export class RefusedRequest extends Error {
	override readonly name = 'RefusedRequest';

	constructor(
		message: string,
		readonly answer: Answer,
	) {
		super(message);
	}
}

/** The largest check by JSON. A check has about a hundred bytes. */
const MAX_JSON_BYTES = 64 * 1024;
const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * Reads a check in either protocol: SOAP if the body or its content type is XML, also in a multipart
 * message.
 *
 * @throws RefusedRequest with the response
 */
export function readIncomingCheck(body: Buffer, contentType: string | undefined): IncomingCheck {
	const isSoap = saysSoap(contentType) || beginsLikeXml(body);
	return isSoap ? soapCheck(body, contentType) : jsonCheck(body);
}

/** Writes an error for a request whose body was not read, in the protocol of its content type. */
export function errorByType(
	contentType: string | undefined,
	status: 400 | 403 | 500,
	reason: string,
): Answer {
	if (!saysSoap(contentType)) return jsonError(status, reason);
	const code = status === 500 ? 'Receiver' : 'Sender';
	const fault = writeFault(new SoapFault(versionOfContentType(contentType), code, reason));
	return status === 403 ? { ...fault, status } : fault;
}

/** Reads a check by JSON (docs/protocols/elektrik.md, 2.2). */
function jsonCheck(body: Buffer): IncomingCheck {
	try {
		if (body.length > MAX_JSON_BYTES) throw new ElektrikMessageError('The body is too large');
		return {
			protocol: 'json',
			phoneHash: readCheckRequest(body.toString('utf8')),
			answer: (check) => json(200, writeCheckAnswer(check)),
			failure: (reason) => jsonError(500, reason),
		};
	} catch (error) {
		if (!(error instanceof ElektrikMessageError)) throw error;
		throw new RefusedRequest(error.message, jsonError(400, error.message));
	}
}

/** Reads a check by SOAP (docs/protocols/elektrik.md, 4.2). */
function soapCheck(body: Buffer, contentType: string | undefined): IncomingCheck {
	try {
		if (isMultipart(contentType)) {
			throw new SoapFault(versionOfContentType(contentType), 'Sender', IN_PARTS);
		}
		const { version, phoneHash } = readCheckUser(body, contentType);
		return {
			protocol: 'soap',
			phoneHash,
			answer: (check) => writeCheckUserResponse(version, check),
			failure: (reason) => writeFault(new SoapFault(version, 'Receiver', reason)),
		};
	} catch (error) {
		if (!(error instanceof SoapFault)) throw error;
		throw new RefusedRequest(error.message, writeFault(error));
	}
}

/** Reason sent to clients that use MTOM (SOAP MTOM, section 3.2) or attachments. */
const IN_PARTS = 'Multipart messages are not supported: send the envelope alone, without MTOM';

function saysSoap(contentType: string | undefined): boolean {
	return /^[^;]*[/+]xml\b/i.test(contentType ?? '') || isMultipart(contentType);
}

/** Whether it is the type of multipart messages (RFC 2387); forms have another type. */
function isMultipart(contentType: string | undefined): boolean {
	return /^\s*multipart\/related\b/i.test(contentType ?? '');
}

/** Only the beginning of a body is searched for its first character. */
const BEGINNING_BYTES = 1024;

/** Whether a body is XML: its first byte is "<", after a byte order mark, whitespace and zero bytes of UTF-16. */
function beginsLikeXml(body: Buffer): boolean {
	const skipped = new Set([0x00, 0x09, 0x0a, 0x0d, 0x20, 0xef, 0xbb, 0xbf, 0xfe, 0xff]);
	const beginning = body.subarray(0, BEGINNING_BYTES);
	return beginning.find((byte) => !skipped.has(byte)) === '<'.charCodeAt(0);
}

function jsonError(status: number, reason: string): Answer {
	return json(status, writeErrorAnswer(reason));
}

function json(status: number, text: string): Answer {
	return { status, contentType: JSON_TYPE, body: Buffer.from(text) };
}

/** The node that provides the response, and the trigger that sends it. */
export const ELEKTRIK_RESPOND: RespondingService = {
	node: 'elektrik',
	nodeTitle: 'Elektrik.ru',
	trigger: 'elektrikTrigger',
	triggerTitle: 'Elektrik.ru Trigger',
};

/**
 * Marks what `request.respond` passes to the trigger, which knows the protocol of the check. n8n passes
 * it on as the body of a response, in queue mode from one process to another.
 */
const MARK = 'elektrikAnswer';

/** Writes the body that `request.respond` passes to n8n: the response as JSON text, with our mark. */
export function writeRespondMessage(check: UserCheck): Record<string, string> {
	return { [MARK]: writeCheckAnswer(check) };
}

/** Reads the response in a body that n8n wrote. @returns `undefined` for any other body */
export function readRespondMessage(body: unknown): UserCheck | undefined {
	const message = isObject(body) ? body[MARK] : undefined;
	if (typeof message !== 'string') return undefined;
	try {
		return readCheckAnswer(parseJson(message));
	} catch (error) {
		if (error instanceof ElektrikMessageError) return undefined;
		throw error;
	}
}

/** Texts for the portal. They contain nothing about the workflow. */
export const FAILED = 'The check could not be processed';
const LATE = 'The check was not processed in time';

/**
 * Builds the response to the portal from what n8n wrote. Only a lookup that found nothing makes an
 * electrician unknown; a workflow that failed is an error.
 *
 * @param warn logs what a user should know about a workflow that returned no valid response
 * @param answerKey the key of this request, with which Respond passes a response on as the last node
 */
export function answerFrom(
	incoming: IncomingCheck,
	outcome: ResponseOutcome,
	responseMode: TriggerSettings['responseMode'],
	warn: (message: string) => void,
	answerKey?: string,
): Answer {
	if (outcome.kind === 'deadline') {
		warn('a check was not processed by the deadline');
		return incoming.failure(LATE);
	}
	const body =
		outcome.kind === 'written' && outcome.status === 200
			? parseJson(outcome.body.toString('utf8'))
			: undefined;
	try {
		const check =
			responseMode === 'lastNode'
				? (readRespondMessage(handedOnItem(body, answerKey)) ?? checkInItems(body))
				: readRespondMessage(body);
		if (check) return incoming.answer(check);
		warn('the workflow failed or returned no response to a check');
	} catch (error) {
		if (!(error instanceof ElektrikInputError)) throw error;
		warn(`the response to a check was not sent: "${error.field}" ${error.message}`);
	}
	return incoming.failure(FAILED);
}

/**
 * Reads the items of the last node.
 *
 * @returns `undefined` when the workflow failed
 * @throws ElektrikInputError that states what the workflow must return
 */
function checkInItems(body: unknown): UserCheck | undefined {
	if (!Array.isArray(body)) return undefined;
	// A lookup that found nothing returns an empty item if "Always Output Data" is on.
	const items = body.filter(isObject).filter((item) => Object.keys(item).length > 0);
	const checks = items.map(checkInItem);
	const [first = { exist: false }, ...others] = checks;
	if (others.some((other) => JSON.stringify(other) !== JSON.stringify(first))) {
		throw new ElektrikInputError('points', 'differ between the items that the last node returned');
	}
	return first;
}

function checkInItem(item: JsonObject): UserCheck {
	const { exist, points } = item;
	if (exist === undefined && points === undefined) {
		throw new ElektrikInputError(
			'points',
			'phoneHash' in item && 'action' in item
				? 'is missing: the last node returned only the output of the trigger'
				: 'is missing in the item that the last node returned',
		);
	}
	const known = exist === undefined ? true : readYesNo(exist);
	if (known === undefined) throw new ElektrikInputError('exist', 'must be true or false');
	return known ? { exist: true, points: readPoints(points) } : { exist: false };
}
