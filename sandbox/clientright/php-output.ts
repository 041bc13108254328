import { phpJson } from '../php-json';
import { isUtf8 } from './php-parameters';
import type { Quirks } from './quirks';
import type { WebserviceError } from './webservice-error';

/** A whole answer, before a fault spoils it. */
export interface Reply {
	status: number;
	contentType: string;
	body: string | Buffer;
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

export const PHP_HTML = 'text/html; charset=UTF-8';
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

	/** The answer to a request that the script has come to the end of. */
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
			this.printed + notice('Fatal error', text, OPERATIONS_FILE, line),
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

/** A warning as PHP prints it with `display_errors` on. */
export function phpWarning(message: string, file = OPERATIONS_FILE, line = 1): string {
	return notice('Warning', message, file, line);
}

function notice(kind: string, message: string, file: string, line: number): string {
	return `<br />\n<b>${kind}</b>:  ${message} in <b>${file}</b> on line <b>${line}</b><br />\n`;
}
