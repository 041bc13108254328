import { decodeEntities } from './entities';
import { isObject, type JsonObject } from './json';

/** vtiger's own record ids have the form 12x83859; the document's are digits. */
const RECORD_ID = /^(?!0+$)(\d+x)?\d+$/;

/** What is wrong with a result: a handler's own refusal, or not what the document describes. */
export type ResultFault = 'refused' | 'noId' | 'noList';

/** A result, of an answer that vtiger calls a success, that is none. */
export class ResultError extends Error {
	override readonly name = 'ResultError';

	constructor(
		readonly fault: ResultFault,
		message: string,
	) {
		super(message);
	}
}

/** A file as the CRM listed it. */
export interface ListedFile {
	title: string;
	/** Relative to the folder of webservice.php. */
	path: string;
	/** As it came. */
	raw: JsonObject;
}

/**
 * Throws for what a handler reports as failed within a success: the document says to go by
 * `status`, and shows it as `" failed"` (clientright-crm.md, section 4.1).
 *
 * @throws ResultError
 */
export function refuseFailed(operation: string, result: unknown): void {
	// A record of vtiger's own, with an id, may have a status and a message as its fields.
	if (!isObject(result) || 'id' in result || asText(result.status).toLowerCase() !== 'failed')
		return;
	const message = decodeEntities(asText(result.message)) || 'without a reason';
	throw new ResultError('refused', `The CRM refused ${operation}: ${message}`);
}

/**
 * Reads the id of a created or updated record, as text.
 *
 * @throws ResultError
 */
export function readRecordId(operation: string, result: unknown): string {
	refuseFailed(operation, result);
	const id = asText(result);
	if (RECORD_ID.test(id)) return id;
	throw new ResultError('noId', `The CRM answered ${operation} without the id of a record`);
}

/**
 * Reads the answer of GetFilesList (clientright-crm.md, section 4.2).
 *
 * @throws ResultError
 */
export function readFiles(operation: string, result: unknown): ListedFile[] {
	refuseFailed(operation, result);
	const files = isObject(result) ? (result.files ?? []) : undefined;
	// PHP writes a list with gaps as an object.
	if (Array.isArray(files)) return files.map((file) => readFile(operation, file));
	if (isObject(files)) return Object.values(files).map((file) => readFile(operation, file));
	throw unexpectedList(operation);
}

function readFile(operation: string, file: unknown): ListedFile {
	if (!isObject(file) || typeof file.path !== 'string') throw unexpectedList(operation);
	return {
		title: decodeEntities(asText(file.title)),
		path: decodeEntities(file.path.trim()),
		raw: file,
	};
}

function unexpectedList(operation: string): ResultError {
	return new ResultError('noList', `The CRM answered ${operation} without a list of files`);
}

function asText(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}
