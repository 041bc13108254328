import { PassThrough, type Readable, Transform, type TransformCallback } from 'node:stream';
import { asSentence, messageOf, PartnerError } from '../../shared/errors';
import { HttpFailure } from '../../shared/http';
import { isObject, type JsonObject } from '../../shared/wire';
import { attachmentsOf, isLink, readDocument } from '../wire/documents';
import { ContentError, ContentSieve } from '../wire/file-content';
import { tooLarge, type WebserviceClient } from './client';
import { getDocument } from './documents';
import { UnusableAnswer } from './failures';
import type { WireRecord } from './records';

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
	signal: AbortSignal | undefined,
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
	const reason = messageOf(error);
	return new HttpFailure(
		'storage',
		'n8n could not store the file',
		`${asSentence(reason)} Check the storage for binary data of this n8n (N8N_DEFAULT_BINARY_DATA_MODE).`,
		{ outcome: 'rejected', wasSent: true, ...(error instanceof Error && { cause: error }) },
	);
}
