import { isObject, type JsonObject, trimmedText } from '../../shared/wire';
import { decodeEntities } from './envelope';
import { FieldError } from './records';

/** A lone surrogate, which JSON can contain and a URL cannot. */
const HALF_CHARACTER = /\p{Surrogate}/gu;
const ABSOLUTE = /^[a-z][a-z\d+.-]*:/i;

/**
 * Returns the URL of a file in the CRM. Its path is relative to the folder of webservice.php
 * (docs/protocols/clientright.md, 4.4). A path that is a full URL is kept.
 *
 * @param webserviceUrl the credential's URL
 *
 * @example
 * clientright.fileAddress('storage/the contract.pdf', 'https://crm.example.org/crm/webservice.php');
 * // => 'https://crm.example.org/crm/storage/the%20contract.pdf'
 */
export function fileAddress(path: string, webserviceUrl: string): string {
	if (ABSOLUTE.test(path) && URL.canParse(path)) return new URL(path).href;
	const whole = path.replace(/^\/+/, '').replace(HALF_CHARACTER, '\ufffd');
	const relative = whole.split('/').map(encodeURIComponent).join('/');
	return new URL(`./${relative}`, webserviceUrl).href;
}

/**
 * Returns the URL to download a file from.
 *
 * @throws FieldError when it is outside of the CRM: on another host, or above its folder
 *
 * @example
 * const url = 'https://crm.example.org/crm/webservice.php';
 * clientright.ownFileAddress('storage/1.pdf', url); // => 'https://crm.example.org/crm/storage/1.pdf'
 * clientright.ownFileAddress('../secret', url); // throws FieldError: must not contain ".."
 */
export function ownFileAddress(path: string, webserviceUrl: string): string {
	if (path.trim() === '') throw new FieldError('path', 'is missing');
	if (climbs(path)) throw new FieldError('path', 'must not contain ".."');
	const address = new URL(fileAddress(path.trim(), webserviceUrl));
	if (address.username !== '' || address.password !== '') {
		throw new FieldError('path', 'must not contain a user or a password');
	}
	const folder = new URL('.', webserviceUrl);
	if (address.origin !== folder.origin || !address.pathname.startsWith(folder.pathname)) {
		throw new FieldError(
			'path',
			`must be within the CRM, ${folder.href}: the node downloads no files from other places`,
		);
	}
	return address.href;
}

function climbs(path: string): boolean {
	return path
		.replace(/%2e/gi, '.')
		.split(/[/\\]|%2f|%5c/i)
		.includes('..');
}

/**
 * The ID of a record. vtiger's own IDs have the form 12x83859; those of the CRM's own operations are digits
 * (docs/protocols/clientright.md, 1.7).
 */
const RECORD_ID = /^(?!0+$)(\d+x)?\d+$/;

const LONGEST_SHOWN = 200;

/** What is wrong with a result: the handler rejected the request, or docs/protocols/clientright.md has another form. */
export type ResultFault = 'refused' | 'undone' | 'noId' | 'noList';

/** A result that is not a success, in a response that vtiger marks as one. */
export class ResultError extends Error {
	override readonly name = 'ResultError';

	/** @param said the CRM's error text, if it is not in the message */
	constructor(
		readonly fault: ResultFault,
		message: string,
		readonly said = '',
	) {
		super(message);
	}
}

/** A file in the CRM's list. */
export interface ListedFile {
	title: string;
	/** The path relative to the folder of webservice.php. */
	path: string;
	/** The entry as received. */
	raw: JsonObject;
}

/**
 * Throws for a failure that a handler reports inside a success, by the `status` `" failed"`
 * (docs/protocols/clientright.md, 4.3 and 4.5).
 *
 * @throws ResultError
 */
function throwIfFailed(operation: string, result: unknown): void {
	// A record with an id may have fields called status and message.
	if (!isObject(result) || 'id' in result || trimmedText(result.status).toLowerCase() !== 'failed')
		return;
	const message = messageIn(result) || 'without a reason';
	throw new ResultError('refused', `The CRM refused ${operation}: ${message}`);
}

/**
 * Throws as {@link throwIfFailed} does, and also for the conversion of a lead that did nothing: vtiger rolled
 * it back or had nothing to create, and returns a success without a result (docs/protocols/vtiger.md, 13.1).
 *
 * @throws ResultError
 */
export function refuseUndone(operation: string, result: unknown): void {
	throwIfFailed(operation, result);
	if (operation.toLowerCase() !== 'convertlead' || isObject(result)) return;
	throw new ResultError('undone', `The CRM returned no result for ${operation}: it did nothing`);
}

/**
 * Reads the id of a created or updated record, as text.
 *
 * @throws ResultError
 *
 * @example
 * clientright.readRecordId('CreateContact', 84001); // => '84001'
 * clientright.readRecordId('CreateContact', { status: 'failed', message: 'no INN' });
 * // throws ResultError: The CRM refused CreateContact: no INN
 */
export function readRecordId(operation: string, result: unknown): string {
	throwIfFailed(operation, result);
	const id = trimmedText(result);
	if (RECORD_ID.test(id)) return id;
	const said = isObject(result) ? messageIn(result) || trimmedText(result.status) : '';
	throw new ResultError('noId', `The CRM returned no record ID for ${operation}`, said);
}

/**
 * Reads the result of GetFilesList (docs/protocols/clientright.md, 4.4). It accepts all of PHP's forms of an
 * empty list. A message instead of files is never read as an empty list.
 *
 * @throws ResultError
 *
 * @example
 * clientright.readFiles('GetFilesList', { files: [{ title: 'Contract', path: 'storage/1.pdf' }] });
 * // => [{ title: 'Contract', path: 'storage/1.pdf', raw: { title: 'Contract', path: 'storage/1.pdf' } }]
 * clientright.readFiles('GetFilesList', { status: 'ok' }); // => []
 */
export function readFiles(operation: string, result: unknown): ListedFile[] {
	throwIfFailed(operation, result);
	const answer = Array.isArray(result) ? { files: result } : result;
	if (!isObject(answer) || isOther(answer)) throw unexpectedList(operation);
	refuseWords(operation, answer);
	return listOf(operation, answer.files).map((file) => readFile(operation, file));
}

/** Whether it is another kind of result: it has properties, but none of the expected ones. */
function isOther(answer: JsonObject): boolean {
	const names = Object.keys(answer);
	return names.length > 0 && !['status', 'files', 'message'].some((name) => names.includes(name));
}

/** Throws for a status other than ok and failed, and for a message instead of files. */
function refuseWords(operation: string, { status, files, message }: JsonObject): void {
	const words = messageIn({ message });
	const isGiven = status !== undefined && status !== null && status !== '';
	if (isGiven && trimmedText(status).toLowerCase() !== 'ok') {
		const shown = `The CRM responded to ${operation} with the status ${inShort(status)}`;
		throw new ResultError('refused', words === '' ? shown : `${shown}: ${words}`);
	}
	if (words !== '' && isNone(files)) {
		throw new ResultError(
			'refused',
			`The CRM returned a message instead of files for ${operation}: ${words}`,
		);
	}
}

function listOf(operation: string, files: unknown): unknown[] {
	if (isNone(files)) return [];
	if (Array.isArray(files)) return files;
	// PHP writes a list with gaps as an object.
	if (isObject(files)) return Object.values(files);
	throw unexpectedList(operation);
}

/** Whether it is one of PHP's empty values. */
function isNone(value: unknown): boolean {
	if (value === undefined || value === null || value === false) return true;
	return typeof value === 'string' ? value.trim() === '' : isEmpty(value);
}

function isEmpty(value: unknown): boolean {
	return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** Reads the CRM's message; a handler may return a list of messages. */
function messageIn({ message }: JsonObject): string {
	if (isNone(message)) return '';
	return decodeEntities(trimmedText(message)) || inShort(message);
}

function inShort(value: unknown): string {
	const json = JSON.stringify(value);
	return json.length > LONGEST_SHOWN ? `${json.slice(0, LONGEST_SHOWN)}…` : json;
}

function readFile(operation: string, file: unknown): ListedFile {
	if (!isObject(file) || typeof file.path !== 'string') throw unexpectedList(operation);
	return {
		title: decodeEntities(trimmedText(file.title)),
		path: decodeEntities(file.path).trim(),
		raw: file,
	};
}

function unexpectedList(operation: string): ResultError {
	return new ResultError('noList', `The CRM returned no list of files for ${operation}`);
}
