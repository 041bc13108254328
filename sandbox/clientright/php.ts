import type { Request } from 'express';
import { PHP_HTML, phpJson, phpNotice, phpWarning, vtigerJson } from '../core/php';
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
	return (text as string & { isWellFormed(): boolean }).isWellFormed();
}

/** An uploaded file, as in `$_FILES`. */
export interface UploadedFile {
	/** The name of its part of the form. */
	part: string;
	/** Without folders. */
	name: string;
	type: string;
	/** Empty where it was larger than PHP accepts. */
	content: Buffer;
}

/** A request as a PHP script sees it. */
export interface PhpRequest {
	get: PhpParameters;
	post: PhpParameters;
	cookie: PhpParameters;
	files: readonly UploadedFile[];
}

/** PHP's limits: a larger body is as if it had not been sent, a larger file as if it were empty. */
interface Limits {
	bodyBytes: number;
	fileBytes: number;
}

/** The recorded 7.2 has PHP's own `post_max_size`; the other takes a file of the largest size. */
const OLD_BODY_BYTES = 8 * 1024 * 1024;
const MORE_THAN_FILE_BYTES = 8 * 1024 * 1024;

export function limitsOf({ version }: Quirks, fileBytes: number): Limits {
	const bodyBytes = version === '7.2' ? OLD_BODY_BYTES : fileBytes + MORE_THAN_FILE_BYTES;
	return { bodyBytes, fileBytes };
}

/** @param req with its raw body */
export function readPhpRequest(req: Request, { bodyBytes, fileBytes }: Limits): PhpRequest {
	const [, query = ''] = /\?(.*)/s.exec(req.originalUrl) ?? [];
	const body = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
	// PHP fills $_POST for POST only, and for nothing but these two content types.
	const isRead = req.method === 'POST' && body.length <= bodyBytes;
	const nothing = { post: new Map<string, PhpValue>(), files: [] };
	return {
		get: readForm(Buffer.from(query, 'latin1')),
		cookie: readCookies(req.headers.cookie),
		...(isRead ? readBody(body, req.headers['content-type'] ?? '', fileBytes) : nothing),
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

type Body = Pick<PhpRequest, 'files' | 'post'>;

function readBody(body: Buffer, contentType: string, fileBytes: number): Body {
	const [type = ''] = contentType.toLowerCase().split(';');
	if (type.trim() === 'application/x-www-form-urlencoded') {
		return { post: readForm(body), files: [] };
	}
	const [, boundary] = /;\s*boundary="?([^";]+)"?/i.exec(contentType) ?? [];
	if (type.trim() !== 'multipart/form-data' || boundary === undefined) {
		return { post: new Map(), files: [] };
	}
	return readMultipart(body, boundary, fileBytes);
}

function readMultipart(body: Buffer, boundary: string, fileBytes: number): Body {
	const fields: Array<readonly [string, string]> = [];
	const files: UploadedFile[] = [];
	for (const { head, content } of partsOf(body, `--${boundary}`)) {
		const part = quotedIn(head, 'name');
		const name = quotedIn(head, 'filename');
		if (part === undefined) continue;
		if (name === undefined) {
			fields.push([part, textOfBytes(content)]);
		} else if (name !== '') {
			const [, type = ''] = /^content-type:\s*([^;\r\n]+)/im.exec(head) ?? [];
			const kept = content.length > fileBytes ? Buffer.alloc(0) : content;
			files.push({ part, name: name.replace(/^.*[/\\]/s, ''), type: type.trim(), content: kept });
		}
	}
	return { post: parametersOf(fields), files };
}

function* partsOf(body: Buffer, mark: string): Generator<{ head: string; content: Buffer }> {
	let start = body.indexOf(mark);
	while (start >= 0) {
		const end = body.indexOf(`\r\n${mark}`, start);
		const headEnd = body.indexOf('\r\n\r\n', start);
		// A body without its boundary at the end is one that PHP leaves out.
		if (end < 0 || headEnd < 0) return;
		const head = body.toString('utf8', start + mark.length, headEnd);
		yield { head, content: body.subarray(Math.min(headEnd + 4, end), end) };
		start = end + 2;
	}
}

function quotedIn(head: string, name: string): string | undefined {
	const [, value] = new RegExp(`[;\\s]${name}="((?:[^"\\\\]|\\\\.)*)"`, 'i').exec(head) ?? [];
	return value?.replace(/\\(["\\])/g, '$1');
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
		const body = encode(this.printed, value, this.quirks);
		return reply(200, isHeaderSent ? PHP_HTML : JSON_TYPE, body);
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
export function success(result: unknown, quirks: Quirks): Reply {
	return reply(200, JSON_TYPE, encode('', successMessage(result, quirks), quirks));
}

export function failure(error: WebserviceError, quirks: Quirks): Reply {
	return reply(200, JSON_TYPE, encode('', failureMessage(error), quirks));
}

/** 8.4 leaves out a result that is null. */
export function successMessage(result: unknown, { version }: Quirks): object {
	const isLeftOut = version === '8.4' && (result === null || result === undefined);
	return isLeftOut ? { success: true } : { success: true, result };
}

export function failureMessage({ message, code }: WebserviceError): object {
	return { success: false, error: { message, code } };
}

function reply(status: number, contentType: string, body: string | Buffer): Reply {
	return { status, contentType, body };
}

function encode(printed: string, value: unknown, { version }: Quirks): string | Buffer {
	if (version === '8.4') return bytesOfText(printed + vtigerJson(value));
	// PHP's `json_encode` gives `false`, printed as nothing, for text that is not UTF-8.
	return printed + (isUtf8Throughout(value) ? phpJson(value) : '');
}

/** The reverse of {@link textOfBytes}. */
function bytesOfText(text: string): Buffer {
	if (isUtf8(text)) return Buffer.from(text);
	return Buffer.concat(
		Array.from(text, (character) => {
			const code = character.codePointAt(0) ?? 0;
			return code >= 0xdc80 && code <= 0xdcff ? Buffer.from([code & 0xff]) : Buffer.from(character);
		}),
	);
}

function isUtf8Throughout(value: unknown): boolean {
	if (typeof value === 'string') return isUtf8(value);
	if (typeof value !== 'object' || value === null) return true;
	return Object.entries(value).every(([name, entry]) => isUtf8(name) && isUtf8Throughout(entry));
}
