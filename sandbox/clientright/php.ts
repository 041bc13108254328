import type { Request } from 'express';
import { PHP_HTML, phpJson, phpNotice, phpWarning } from '../core/php';
import type { Reply } from '../core/player';
import type { WebserviceError } from './errors';
import type { Quirks } from './quirks';

/** A parameter's value as PHP has it; `name[]` gives a list. */
type PhpValue = string | readonly string[];

/** `$_GET`, `$_POST` or `$_COOKIE`. */
export type PhpParameters = ReadonlyMap<string, PhpValue>;

/** Reads a query string or a form body as PHP does: of values with one name the last one stays. */
function readForm(form: Buffer): PhpParameters {
	const pairs = form
		.toString('latin1')
		.split('&')
		.filter((pair) => pair !== '')
		.map((pair) => {
			const equals = pair.indexOf('=');
			const [name, value] =
				equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
			return [decode(name), decode(value)] as const;
		});
	return parametersOf(pairs);
}

function readCookies(header = ''): PhpParameters {
	const pairs = header.split(';').map((pair) => {
		const [name = '', ...value] = pair.trim().split('=');
		return [name, decode(value.join('='))] as const;
	});
	return parametersOf(pairs.filter(([name]) => name !== ''));
}

/** Names and values in the order they came. PHP has no spaces and dots in names. */
function parametersOf(pairs: Iterable<readonly [string, string]>): PhpParameters {
	const parameters = new Map<string, PhpValue>();
	for (const [rawName, value] of pairs) {
		const bracket = rawName.indexOf('[');
		const isList = bracket > 0;
		const name = (isList ? rawName.slice(0, bracket) : rawName).replace(/[ .]/g, '_');
		parameters.set(name, isList ? [...listIn(parameters.get(name)), value] : value);
	}
	return parameters;
}

function listIn(value: PhpValue = []): readonly string[] {
	return typeof value === 'string' ? [] : value;
}

function decode(text: string): string {
	const bytes = text
		.replaceAll('+', ' ')
		.replace(/%([0-9a-f]{2})/gi, (_match, hex: string) => String.fromCharCode(parseInt(hex, 16)));
	return textOfBytes(Buffer.from(bytes, 'latin1'));
}

/**
 * Text of UTF-8 bytes. PHP keeps other bytes as they are; here they become lone surrogates, which
 * no UTF-8 text can hold, so that {@link isUtf8} tells them apart.
 */
function textOfBytes(bytes: Buffer): string {
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch {
		return [...bytes]
			.map((byte) => String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte))
			.join('');
	}
}

/** Whether PHP's `json_encode` can write such text. */
function isUtf8(text: string): boolean {
	return !/\p{Surrogate}/u.test(text);
}

/** A request as a PHP script sees it. */
export interface PhpRequest {
	get: PhpParameters;
	post: PhpParameters;
	cookie: PhpParameters;
}

/** PHP's `post_max_size`: a larger body is as if it had not been sent. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** @param req with its raw body */
export async function readPhpRequest(req: Request): Promise<PhpRequest> {
	const [, query = ''] = /\?(.*)/s.exec(req.originalUrl) ?? [];
	const body = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
	// PHP fills $_POST for POST only, and for nothing but these two content types.
	const isRead = req.method === 'POST' && body.length <= MAX_BODY_BYTES;
	return {
		get: readForm(Buffer.from(query, 'latin1')),
		post: isRead ? await readBody(body, req.headers['content-type'] ?? '') : new Map(),
		cookie: readCookies(req.headers.cookie),
	};
}

/** `$_REQUEST`: what comes later in PHP's `request_order` wins. */
export function allParameters(request: PhpRequest, withCookies: boolean): PhpParameters {
	return new Map<string, PhpValue>([
		...request.get,
		...request.post,
		...(withCookies ? request.cookie : []),
	]);
}

async function readBody(body: Buffer, contentType: string): Promise<PhpParameters> {
	const [type = ''] = contentType.toLowerCase().split(';');
	if (type.trim() === 'application/x-www-form-urlencoded') return readForm(body);
	if (type.trim() === 'multipart/form-data') return await readMultipart(body, contentType);
	return new Map();
}

async function readMultipart(body: Buffer, contentType: string): Promise<PhpParameters> {
	const headers = { 'Content-Type': contentType };
	try {
		// eslint-disable-next-line @typescript-eslint/no-deprecated -- deprecated for servers that take large uploads; what comes here is small, and a test's
		const form = await new Response(new Uint8Array(body), { headers }).formData();
		const fields = [...form].filter((pair): pair is [string, string] => {
			return typeof pair[1] === 'string';
		});
		return parametersOf(fields);
	} catch {
		// A body without its boundary is one that PHP leaves out.
		return new Map();
	}
}

/** The script ends at once with what it has printed so far and this text. */
export class PhpExit extends Error {
	override readonly name = 'PhpExit';
}

/** PHP cannot go on. The message is what it would print with `display_errors` on. */
export class PhpFatalError extends Error {
	override readonly name = 'PhpFatalError';

	constructor(
		message: string,
		readonly line = 1,
		readonly trace = '#0 {main}',
	) {
		super(message);
	}
}

const JSON_TYPE = 'application/json';
/** Where the recorded CRM keeps its own operations; warnings name it. */
const OPERATIONS_FILE = '/var/www/crm/include/Webservices/Custom/CustomApi.php';
const ENTRY_POINT = '/var/www/crm/webservice.php';

/** What a PHP script prints, and what that makes of its answer's head. */
export class PhpOutput {
	private printed = '';
	private startedAt = 0;

	constructor(private readonly quirks: Readonly<Quirks>) {}

	/** @param line of the operations' file, named by later warnings */
	print(text: string, line = 1): void {
		if (this.printed === '') this.startedAt = line;
		this.printed += text;
	}

	/** Printed only with {@link Quirks.displayErrors}. */
	warn(message: string, line = 1): void {
		if (this.quirks.displayErrors) this.print(phpWarning(message, OPERATIONS_FILE, line), line);
	}

	/** The answer of a script that has reached its end. */
	json(value: unknown): Reply {
		const isHeaderSent = this.printed !== '' && !this.quirks.outputBuffering;
		if (isHeaderSent) this.warnOfHeader();
		const json = phpJsonOrNothing(value);
		return reply(200, isHeaderSent ? PHP_HTML : JSON_TYPE, this.printed + json);
	}

	exit({ message }: PhpExit): Reply {
		return reply(200, PHP_HTML, this.printed + message);
	}

	fatal({ message, line, trace }: PhpFatalError, contentType = PHP_HTML): Reply {
		if (!this.quirks.displayErrors) return reply(500, contentType, '');
		const text = `${message} in ${OPERATIONS_FILE}:${line}\nStack trace:\n${trace}\n  thrown`;
		return reply(
			200,
			contentType,
			this.printed + phpNotice('Fatal error', text, OPERATIONS_FILE, line),
		);
	}

	private warnOfHeader(): void {
		if (!this.quirks.displayErrors) return;
		const origin = `(output started at ${OPERATIONS_FILE}:${this.startedAt})`;
		const text = `Cannot modify header information - headers already sent by ${origin}`;
		this.print(phpWarning(text, ENTRY_POINT, 46));
	}
}

/** An answer with nothing printed in front of it. */
export function success(result: unknown): Reply {
	return reply(200, JSON_TYPE, phpJsonOrNothing({ success: true, result }));
}

export function failure(error: WebserviceError): Reply {
	return reply(200, JSON_TYPE, phpJsonOrNothing(failureMessage(error)));
}

export function failureMessage({ message, code }: WebserviceError): object {
	return { success: false, error: { message, code } };
}

function reply(status: number, contentType: string, body: string): Reply {
	return { status, contentType, body };
}

/** `json_encode` gives `false`, printed as nothing, for text that is not UTF-8. */
function phpJsonOrNothing(value: unknown): string {
	return isUtf8Throughout(value) ? phpJson(value) : '';
}

function isUtf8Throughout(value: unknown): boolean {
	if (typeof value === 'string') return isUtf8(value);
	if (typeof value !== 'object' || value === null) return true;
	return Object.entries(value).every(([name, entry]) => isUtf8(name) && isUtf8Throughout(entry));
}
