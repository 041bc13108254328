import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { StreamedBody } from './exchange';
import { HttpFailure } from './failure';

/** A text of a form. */
interface FormText {
	/** Name of the part. */
	name: string;
	value: string;
}

/** A file of a form. It is sent piece by piece, and never in memory as a whole. */
export interface FormFile {
	/** Name of the part. */
	name: string;
	/** Without a path, as `safeFileName` gives it. */
	fileName: string;
	mimeType: string;
	bytes: number;
	/** Opens the content, anew for each time that it is sent. */
	open: () => AsyncIterable<Uint8Array>;
}

/** A part of a form. */
export type FormPart = FormText | FormFile;

const LINE_END = '\r\n';
const MIME_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:;\s*charset=[\w-]+)?$/;
/** What would end a name in a header, and what would end the header (HTML's own escapes of them). */
const ESCAPES: Readonly<Record<string, string>> = { '"': '%22', '\r': '%0D', '\n': '%0A' };
// eslint-disable-next-line no-control-regex -- they are what it looks for
const UNSAFE = /[\u0000-\u001f"\u007f]/g;

/**
 * Writes a form with files as `multipart/form-data`, in UTF-8.
 *
 * @returns the headers that it needs, and the body, whose length is known before it is read
 */
export function multipartForm(parts: readonly FormPart[]): {
	headers: Record<string, string>;
	body: StreamedBody;
} {
	const boundary = `form-${randomBytes(16).toString('hex')}`;
	const end = `--${boundary}--${LINE_END}`;
	const bytes = parts.reduce(
		(sum, part) =>
			sum + Buffer.byteLength(headOf(part, boundary)) + contentBytes(part) + LINE_END.length,
		end.length,
	);
	return {
		headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
		body: {
			bytes,
			open: () => Readable.from(piecesOf(parts, boundary, end), { objectMode: false }),
		},
	};
}

function contentBytes(part: FormPart): number {
	return 'open' in part ? part.bytes : Buffer.byteLength(part.value);
}

function headOf(part: FormPart, boundary: string): string {
	const disposition = `Content-Disposition: form-data; name="${escaped(part.name)}"`;
	const lines =
		'open' in part
			? [
					`${disposition}; filename="${escaped(part.fileName)}"`,
					`Content-Type: ${MIME_TYPE.test(part.mimeType) ? part.mimeType : 'application/octet-stream'}`,
				]
			: [disposition];
	return [`--${boundary}`, ...lines, '', ''].join(LINE_END);
}

function escaped(name: string): string {
	return name.replace(UNSAFE, (character) => ESCAPES[character] ?? '');
}

async function* piecesOf(
	parts: readonly FormPart[],
	boundary: string,
	end: string,
): AsyncGenerator<Uint8Array> {
	for (const part of parts) {
		yield Buffer.from(headOf(part, boundary));
		if ('open' in part) yield* contentOf(part);
		else yield Buffer.from(part.value);
		yield Buffer.from(LINE_END);
	}
	yield Buffer.from(end);
}

/** A body of another length than was said is never sent to its end: it would look complete. */
async function* contentOf({ fileName, bytes, open }: FormFile): AsyncGenerator<Uint8Array> {
	let read = 0;
	try {
		for await (const piece of open()) {
			read += piece.length;
			if (read > bytes) break;
			yield piece;
		}
	} catch (error) {
		throw unreadable(`The file "${fileName}" could not be read from n8n's storage`, error);
	}
	if (read !== bytes) throw unreadable(`The file "${fileName}" changed while it was sent`);
}

function unreadable(message: string, cause?: unknown): HttpFailure {
	return new HttpFailure(
		'storage',
		message,
		'Run the node that provides the file again. If it happens often, check the storage for binary data of this n8n (N8N_DEFAULT_BINARY_DATA_MODE).',
		cause instanceof Error ? { cause } : {},
	);
}
