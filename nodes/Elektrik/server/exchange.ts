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

/** Names that only a local network knows (RFC 6761, RFC 6762, RFC 8375), and that proxies use. */
const LOCAL_NAME = /(^|\.)(localhost|local|internal|intranet|lan|home\.arpa|test|invalid)$/i;

/**
 * The trigger's address as the client sees it, for the WSDL. n8n's own idea of it (`WEBHOOK_URL`) is
 * used when it names the host that the client asked for: it knows of https, and of paths that a
 * proxy takes away, also when it was not told of the proxy. It is also used when it is public and
 * the host is not: a proxy that does not pass the client's host on asks for n8n at such a name. Else
 * the request tells, with X-Forwarded headers where n8n trusts them.
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

/** Whether a name or an address means the same everywhere. */
function isPublic(hostname: string): boolean {
	const name = hostname.replace(/^\[|\]$/g, '');
	if (isAddress(name)) return !isPrivate(name);
	return name.includes('.') && !LOCAL_NAME.test(name);
}

/** A question of the portal, and how to answer it in the protocol it came by. */
export interface Question {
	protocol: 'json' | 'soap';
	phoneHash: string;
	answer(check: UserCheck): Answer;
	/** For what is not the portal's fault. */
	failure(reason: string): Answer;
}

/** A request that is no question of the portal, and its answer. */
export class RefusedRequest extends Error {
	override readonly name = 'RefusedRequest';

	constructor(
		message: string,
		readonly answer: Answer,
	) {
		super(message);
	}
}

/** A question has about a hundred bytes. */
const MAX_JSON_BYTES = 64 * 1024;
const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * Reads a question by either protocol: SOAP when the body is XML, or said to be, also in parts.
 *
 * @throws RefusedRequest with the answer
 */
export function readQuestion(body: Buffer, contentType: string | undefined): Question {
	const isSoap = saysSoap(contentType) || beginsLikeXml(body);
	return isSoap ? soapQuestion(body, contentType) : jsonQuestion(body);
}

/** An error to a request whose body was not read: its header tells the protocol. */
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
function jsonQuestion(body: Buffer): Question {
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
function soapQuestion(body: Buffer, contentType: string | undefined): Question {
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

/** For clients that send MTOM (SOAP MTOM, section 3.2) or attachments: a check has no use for them. */
const IN_PARTS = 'Multipart messages are not supported: send the envelope alone, without MTOM';

function saysSoap(contentType: string | undefined): boolean {
	return /^[^;]*[/+]xml\b/i.test(contentType ?? '') || isMultipart(contentType);
}

/** The type of messages in parts (RFC 2387); forms have another. */
function isMultipart(contentType: string | undefined): boolean {
	return /^\s*multipart\/related\b/i.test(contentType ?? '');
}

/** Nobody puts more blanks before a message; a body of megabytes is not searched. */
const BEGINNING_BYTES = 1024;

/** The first byte that is no mark, blank or part of a two-byte character. */
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

/** Who gives the answer, and who gets it. */
export const ELEKTRIK_RESPOND: RespondingService = {
	node: 'elektrik',
	nodeTitle: 'Elektrik.ru',
	trigger: 'elektrikTrigger',
	triggerTitle: 'Elektrik.ru Trigger',
};

/**
 * What `request.respond` hands to the trigger, which knows how the portal asked. It goes through
 * n8n as the body of a response, in queue mode from one process to another.
 */
const MARK = 'elektrikAnswer';

/** The body that `request.respond` gives n8n: the answer as JSON text, marked as ours. */
export function writeRespondMessage(check: UserCheck): Record<string, string> {
	return { [MARK]: writeCheckAnswer(check) };
}

/** The answer in a body that n8n wrote; `undefined` for any other. */
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

/** Texts for the portal: they tell nothing of the workflow. */
export const FAILED = 'The check could not be processed';
const LATE = 'The check was not processed in time';

/**
 * Makes the answer to the portal out of what n8n wrote, whatever that was. Only a look-up that found
 * nothing makes an electrician unknown; what failed is an error.
 *
 * @param tell hears what a user should know of a workflow that gave no proper answer
 * @param answerKey the key of this request, with which Respond hands an answer on as the last node
 */
export function answerFrom(
	question: Question,
	outcome: ResponseOutcome,
	responseMode: TriggerSettings['responseMode'],
	tell: (message: string) => void,
	answerKey?: string,
): Answer {
	if (outcome.kind === 'deadline') {
		tell('a check was not processed by the deadline');
		return question.failure(LATE);
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
		if (check) return question.answer(check);
		tell('the workflow failed or returned no response to a check');
	} catch (error) {
		if (!(error instanceof ElektrikInputError)) throw error;
		tell(`the response to a check was not sent: "${error.field}" ${error.message}`);
	}
	return question.failure(FAILED);
}

/**
 * Reads the items of the last node.
 *
 * @returns `undefined` when the workflow failed
 * @throws ElektrikInputError saying what the workflow must give
 */
function checkInItems(body: unknown): UserCheck | undefined {
	if (!Array.isArray(body)) return undefined;
	// An empty item comes from a look-up that found nothing, with "Always Output Data".
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
