import { PassThrough, type Readable, Transform, type TransformCallback } from 'node:stream';
import { asSentence, PartnerError } from '../../shared/errors';
import { type FormFile, HttpFailure } from '../../shared/http';
import { isObject, type JsonObject } from '../../shared/wire';
import {
	attachmentsOf,
	documentElement,
	DOCUMENTS,
	isDocument,
	isLink,
	readDocument,
	storageProblem,
} from '../wire/documents';
import { ContentError, ContentSieve } from '../wire/file-content';
import { PAGE_SIZE, quoted } from '../wire/query';
import { type CallOptions, tooLarge, type WebserviceClient } from './client';
import { RemoteError, UnusableAnswer } from './failures';
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

/** Keeps the content of a file as it comes; called anew when it has to be fetched again. */
export type KeepContent<T> = (content: Readable, document: WireRecord) => Promise<T>;

const MEGABYTE = 1024 * 1024;

/**
 * Fetches the file of a document through the web service. It needs no access to the folder `storage`, where
 * web servers deny it (docs/protocols/vtiger.md, 12.6 and 12.7).
 *
 * @param keep gets the bytes of the file
 * @returns the document, and what `keep` made of its file
 * @throws PartnerError when there is no file, it is too large, or came otherwise than the CRM says
 */
export async function downloadDocument<T>(
	client: WebserviceClient,
	id: string,
	maxMegabytes: number,
	keep: KeepContent<T>,
	signal: Signal,
): Promise<{ document: WireRecord; kept: T }> {
	const document = await getDocument(client, id, { signal });
	const [attachment] = attachmentsOf(document);
	if (attachment === undefined) throw withoutFile(document);
	if (readDocument(document).size > maxMegabytes * MEGABYTE) throw tooLarge(maxMegabytes);
	let sifter: FileSifter<T> | undefined;
	const through = () =>
		(sifter = new FileSifter(maxMegabytes, async (content) => await keep(content, document)));
	const call = {
		operation: 'files_retrieve',
		method: 'GET',
		fields: { id: attachment },
		through,
	} as const;
	const { result } = await client.call(call, { effect: 'read', signal }).catch(notInOldVersions);
	const file: unknown = Array.isArray(result) ? result[0] : result;
	const kept = await sifter?.kept;
	if (!isObject(file) || !sifter || kept === undefined) throw withoutContent(document);
	checkSize(file, sifter.bytes);
	return { document, kept };
}

/** What an operation that a vtiger does not know brings (docs/protocols/vtiger.md, 2.10 and 12.6). */
function notInOldVersions(error: unknown): never {
	const isUnknown = error instanceof UnusableAnswer && error.status === 500;
	throw isUnknown
		? error.addAdvice(
				"A vtiger before 8.4 has no usable files_retrieve: use 'File: Download' with the path of the file.",
			)
		: error;
}

function withoutFile(document: WireRecord): PartnerError {
	const { documentId, fileName } = readDocument(document);
	return new PartnerError(`The document ${documentId} has no file`, {
		outcome: 'rejected',
		wasSent: true,
		description: isLink(document)
			? `It is a link. Download the file from ${fileName} with an HTTP Request node.`
			: "Upload one with 'Document: Replace'.",
	});
}

function withoutContent({ id }: WireRecord): PartnerError {
	return new PartnerError(`The CRM returned no content for the file of the document ${id}`, {
		outcome: 'rejected',
		wasSent: true,
		description:
			'Ask the operator of the CRM whether the file is still in its folder "storage", and whether PHP may read it.',
	});
}

/** @param bytes that came */
function checkSize({ filesize }: JsonObject, bytes: number): void {
	const size = typeof filesize === 'string' ? Number.parseInt(filesize, 10) : filesize;
	if (typeof size !== 'number' || Number.isNaN(size) || size === bytes) return;
	throw new PartnerError(`The CRM returned ${bytes} bytes of a file that has ${size}`, {
		outcome: 'rejected',
		wasSent: true,
		description: 'Download it again. If it happens again, ask the operator of the CRM.',
	});
}

/** Lets the answer pass without the content of the file, and gives that to who keeps it. */
class FileSifter<T> extends Transform {
	/** What became of the content; none without one. */
	kept: Promise<T> | undefined;
	private content: PassThrough | undefined;
	private readonly sieve: ContentSieve;

	constructor(
		private readonly maxMegabytes: number,
		private readonly keep: (content: Readable) => Promise<T>,
	) {
		super();
		this.sieve = new ContentSieve(maxMegabytes * MEGABYTE);
	}

	get bytes(): number {
		return this.sieve.bytes;
	}

	override _transform(part: Buffer, _: BufferEncoding, done: TransformCallback): void {
		try {
			const { rest, content } = this.sieve.take(part);
			if (rest.length > 0) this.push(rest);
			this.give(content, done);
		} catch (error) {
			done(error instanceof ContentError ? this.failureOf(error) : (error as Error));
		}
	}

	override _flush(done: TransformCallback): void {
		this.push(this.sieve.end());
		done();
	}

	override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
		// Who keeps it must not take a part for the whole.
		if (!this.sieve.isOver) this.content?.destroy(error ?? new Error('The response ended early'));
		done(error);
	}

	private give(bytes: Buffer, done: TransformCallback): void {
		if (!this.sieve.hasContent) {
			done();
			return;
		}
		const content = (this.content ??= this.open());
		const isRoom = bytes.length === 0 || content.write(bytes);
		if (this.sieve.isOver) content.end();
		if (isRoom || this.sieve.isOver) done();
		else content.once('drain', () => done());
	}

	private open(): PassThrough {
		const content = new PassThrough();
		// Whoever reads it hears of its errors as well.
		content.on('error', () => undefined);
		this.kept = this.keep(content).catch((error: unknown) => {
			throw notStored(error);
		});
		this.kept.catch((error: unknown) => this.destroy(error as HttpFailure));
		return content;
	}

	private failureOf({ fault }: ContentError): Error {
		if (fault === 'damaged') {
			return new HttpFailure(
				'broken',
				'The CRM returned a damaged file',
				'Its content is not base64. Ask the operator of the CRM.',
			);
		}
		const { message, details } = tooLarge(this.maxMegabytes);
		return new HttpFailure('tooLarge', message, details.description, { outcome: 'rejected' });
	}
}

function notStored(error: unknown): HttpFailure {
	const reason = error instanceof Error ? error.message : String(error);
	return new HttpFailure(
		'storage',
		'n8n could not store the file',
		`${asSentence(reason)} Check the storage for binary data of this n8n (N8N_DEFAULT_BINARY_DATA_MODE).`,
		{ outcome: 'rejected', wasSent: true, ...(error instanceof Error && { cause: error }) },
	);
}
