import { PartnerError } from '../../shared/errors';
import type { FormFile } from '../../shared/http';
import {
	attachmentsOf,
	documentElement,
	DOCUMENTS,
	isDocument,
	readDocument,
	storageProblem,
} from '../wire/documents';
import { PAGE_SIZE, quoted } from '../wire/query';
import type { CallOptions, WebserviceClient } from './client';
import { RemoteError } from './failures';
import {
	createRecord,
	type RecordAnswer,
	recordsIn,
	retrieveRecord,
	reviseRecord,
	type WireRecord,
} from './records';

type Signal = AbortSignal | undefined;
type ReadOptions = Omit<CallOptions, 'effect'>;

/** A file for the CRM, and what the document is to be like. */
export interface DocumentUpload {
	title: string;
	/** Id of the user that it is assigned to. */
	owner: string;
	/** Id of the folder; the CRM's default one without it. */
	folder: string | undefined;
	file: FormFile;
	/** Id of the record that it is linked to. */
	recordId: string | undefined;
}

/**
 * Uploads a file as a new document, once, and makes sure that the CRM kept it; then links it to a record.
 *
 * @throws PartnerError `unknown` when the document may be there, but not as it should
 */
export async function uploadDocument(
	client: WebserviceClient,
	{ title, owner, folder, file, recordId }: DocumentUpload,
	signal: Signal,
): Promise<RecordAnswer> {
	const element = documentElement(title, owner, folder);
	const answer = await createRecord(client, DOCUMENTS, element, { file, signal });
	const { record } = answer;
	const problem = storageProblem(record, file.bytes);
	if (problem) {
		throw notKept(record, file, 'unknown').addAdvice(
			`The document ${record.id} is there without the right file: delete it, or add the file with 'Document: Replace'.`,
		);
	}
	if (recordId !== undefined) await linkDocument(client, recordId, record.id, signal);
	return answer;
}

/**
 * Puts another file in the place of a document's, and makes sure that the CRM kept it.
 *
 * @param document as it is
 * @throws PartnerError `rejected` when the CRM reports success and has not stored the file
 */
export async function replaceFile(
	client: WebserviceClient,
	document: WireRecord,
	file: FormFile,
	options: ReadOptions,
): Promise<RecordAnswer> {
	const answer = await reviseRecord(client, document.id, {}, { ...options, file });
	const problem = storageProblem(answer.record, file.bytes, attachmentsOf(document));
	if (problem) throw notKept(answer.record, file, 'rejected');
	return answer;
}

/** @param outcome `rejected` where the same may be sent again */
function notKept(
	record: WireRecord,
	{ bytes, fileName }: FormFile,
	outcome: 'rejected' | 'unknown',
): PartnerError {
	const { size } = readDocument(record);
	return new PartnerError(`The CRM reported success, but did not store the file "${fileName}"`, {
		outcome,
		wasSent: true,
		description: `Its document ${record.id} has a file of ${size} bytes, and ${bytes} were sent. Most likely the file is larger than the PHP of the CRM accepts: ask the operator to raise upload_max_filesize and post_max_size.`,
	});
}

/**
 * Reads a document.
 *
 * @param options of a read that decides what is written
 * @throws PartnerError `rejected` for a record that is none
 */
export async function getDocument(
	client: WebserviceClient,
	id: string,
	options: ReadOptions,
): Promise<WireRecord> {
	const { record } = await retrieveRecord(client, id, options.signal, options);
	if (isDocument(record)) return record;
	throw new PartnerError(`The record ${id} is not a document`, {
		outcome: 'rejected',
		wasSent: true,
		description: "Take the ID from 'Document: Get Many' (documentId). Nothing was changed.",
	});
}

async function linkDocument(
	client: WebserviceClient,
	recordId: string,
	documentId: string,
	signal: Signal,
): Promise<void> {
	const fields = {
		sourceRecordId: recordId,
		relatedRecordId: documentId,
		relationIdLabel: DOCUMENTS,
	};
	const call = { operation: 'add_related', method: 'POST', fields } as const;
	try {
		await client.call(call, { effect: 'upsert', signal });
		// vtiger reports success whatever it did (docs/protocols/vtiger.md, 11.4).
		if (await isLinked(client, recordId, documentId, signal)) return;
	} catch (error) {
		throw error instanceof Error ? notLinked(recordId, documentId, error) : error;
	}
	throw notLinked(recordId, documentId);
}

function notLinked(recordId: string, documentId: string, cause?: Error): PartnerError {
	const reason = cause ? `: ${cause.message}` : '';
	return new PartnerError(
		`The document ${documentId} was uploaded, but is not linked to the record ${recordId}${reason}`,
		{
			outcome: 'unknown',
			wasSent: true,
			description:
				'Do not upload it again. Check the record in the CRM, and link the document there. The user needs the right to edit the record.',
		},
	);
}

async function isLinked(
	client: WebserviceClient,
	recordId: string,
	documentId: string,
	signal: Signal,
): Promise<boolean> {
	const first = await firstDocumentsOf(client, recordId, { signal });
	if (first.some(({ id }) => id === documentId)) return true;
	if (first.length < PAGE_SIZE) return false;
	const condition = `id = ${quoted(documentId)}`;
	return (await queryRelated(client, recordId, condition, { signal })).length > 0;
}

/**
 * Lists the documents of a record.
 *
 * @param limit how many are wanted at most
 * @throws PartnerError for a record that is not there, or that can have none
 */
export async function documentsOf(
	client: WebserviceClient,
	recordId: string,
	limit: number,
	options: ReadOptions,
): Promise<WireRecord[]> {
	const first = await firstDocumentsOf(client, recordId, options);
	if (first.length < PAGE_SIZE || limit <= PAGE_SIZE) return first.slice(0, limit);
	// It knows no pages (docs/protocols/vtiger.md, 11.2 and 11.3).
	const prefix = first[0]!.id.split('x')[0] ?? '';
	const found: WireRecord[] = [];
	for (let after = `${prefix}x0`; found.length < limit; after = found.at(-1)!.id) {
		const page = await queryRelated(client, recordId, `id > ${quoted(after)}`, options);
		found.push(...page);
		if (page.length < PAGE_SIZE) break;
	}
	return found.slice(0, limit);
}

async function firstDocumentsOf(
	client: WebserviceClient,
	recordId: string,
	options: ReadOptions,
): Promise<WireRecord[]> {
	const operation = 'retrieve_related';
	const fields = { id: recordId, relatedType: DOCUMENTS, relatedLabel: DOCUMENTS };
	try {
		const call = { operation, method: 'GET', fields } as const;
		return recordsIn(operation, (await client.call(call, { ...options, effect: 'read' })).result);
	} catch (error) {
		const hasNone = error instanceof RemoteError && error.code === 'UNKOWN_ENTITY';
		throw hasNone
			? error.addAdvice(`Records of the module of ${recordId} have no documents.`)
			: error;
	}
}

async function queryRelated(
	client: WebserviceClient,
	recordId: string,
	condition: string,
	options: ReadOptions,
): Promise<WireRecord[]> {
	const operation = 'query_related';
	// Without a semicolon, and the words in capitals.
	const query = `SELECT * FROM ${DOCUMENTS} WHERE ${condition} ORDER BY id LIMIT 0, ${PAGE_SIZE}`;
	const fields = { query, id: recordId, relatedLabel: DOCUMENTS };
	const call = { operation, method: 'GET', fields } as const;
	return recordsIn(operation, (await client.call(call, { ...options, effect: 'read' })).result);
}
