import { type JsonObject, trimmedText } from '../../shared/wire';
import { FieldError } from '../../shared/wire/field-error';

/** vtiger's module of documents. The label of its relations is the same. */
export const DOCUMENTS = 'Documents';
/** The part of a form that vtiger takes a document's file from (docs/protocols/vtiger.md, 12.1). */
export const FILE_PART = 'filename';

/** A document of the CRM, by our names. */
export interface CrmDocument {
	documentId: string;
	title: string;
	/** As the CRM stored it; the address of a link; empty without a file. */
	fileName: string;
	/** Bytes, as the CRM noted them when the file was uploaded. */
	size: number;
}

/** Reads a record of the module Documents. */
export function readDocument(record: JsonObject): CrmDocument {
	return {
		documentId: trimmedText(record.id),
		title: trimmedText(record.notes_title),
		fileName: trimmedText(record.filename),
		size: Number(trimmedText(record.filesize)) || 0,
	};
}

/** Whether a record is a document: its id alone does not say so. */
export function isDocument(record: JsonObject): boolean {
	return 'notes_title' in record && 'filelocationtype' in record;
}

/** Whether the document is a link to a file elsewhere (docs/protocols/vtiger.md, 12.5). */
export function isLink({ filelocationtype: type }: JsonObject): boolean {
	return trimmedText(type) === 'E';
}

/** The ids of a document's files; `files_retrieve` wants one of them (docs/protocols/vtiger.md, 12.6). */
export function attachmentsOf({ imageattachmentids: ids }: JsonObject): string[] {
	return trimmedText(ids)
		.split(',')
		.map((id) => id.trim())
		.filter((id) => id !== '');
}

/** The fields of a new document (docs/protocols/vtiger.md, 12.1). */
export function documentElement(
	title: string,
	owner: string,
	folder: string | undefined,
): Record<string, string> {
	return {
		notes_title: title,
		assigned_user_id: owner,
		filelocationtype: 'I',
		filestatus: '1',
		...(folder !== undefined && { folderid: folder }),
	};
}

/**
 * What vtiger did with a file that was sent to it: it reports success also when it kept none of it
 * (docs/protocols/vtiger.md, 12.3).
 *
 * @param record the document after that
 * @param bytes that were sent
 * @param earlier the document's files before
 * @returns `undefined` if the file is there
 */
export function storageProblem(
	record: JsonObject,
	bytes: number,
	earlier: readonly string[] = [],
): 'noFile' | 'otherSize' | 'sameFile' | undefined {
	const { fileName, size } = readDocument(record);
	// A user of the CRM may have no right to see these fields: only what is there can be checked.
	if (record.filename !== undefined && fileName === '') return 'noFile';
	const attachments = attachmentsOf(record);
	if (attachments.length > 0 && attachments.every((id) => earlier.includes(id))) return 'sameFile';
	if (record.filesize !== undefined && size !== bytes) return size === 0 ? 'noFile' : 'otherSize';
	return undefined;
}

/** On the disk of the CRM a file is called `<id>_<md5>.<ending>` (docs/protocols/vtiger.md, 12.8). */
const NUMBERED_FILE = /(?:^|\/)(\d+)_[^/]*$/;
const PDF_PATH = /\.pdf$/i;
/** The name of the type, which may have something in front of it. */
const PDF_MARK = '%PDF-';

/** How much of a file {@link isPdf} wants to see. */
export const PDF_HEAD_BYTES = 1_024;

/** Whether a file is a PDF by its first bytes: a name and a type are only what somebody wrote. */
export function isPdf(head: Buffer): boolean {
	return head.toString('latin1', 0, PDF_HEAD_BYTES).includes(PDF_MARK);
}

/** A file of a client as GetFilesList names it. */
export interface NamedFile {
	title: string;
	path: string;
}

/**
 * Finds the document of a file that GetFilesList gave: by the number in its path, or else by its title.
 *
 * @param documents of the client
 * @throws FieldError when there is none, or when several could be meant
 */
export function documentOfFile<T extends JsonObject>(
	{ title, path }: NamedFile,
	documents: readonly T[],
): T {
	if (!PDF_PATH.test(path)) throw new FieldError('path', 'must be the path of a PDF');
	const number = NUMBERED_FILE.exec(path)?.[1];
	const byNumber = documents.filter((document) =>
		attachmentsOf(document).some((id) => id.split('x').at(-1) === number),
	);
	if (number !== undefined && byNumber.length === 1) return byNumber[0]!;
	// A number that is not there any more is that of a file which was replaced.
	const byTitle = documents.filter(
		(document) => trimmedText(document.notes_title) === title.trim(),
	);
	if (title.trim() !== '' && byTitle.length === 1) return byTitle[0]!;
	throw byTitle.length > 1
		? new FieldError(
				'title',
				`fits ${byTitle.length} documents of this client, and the path fits none`,
			)
		: new FieldError('path', 'fits no document of this client, and neither does the title');
}

/**
 * Finds a file in what GetFilesList gives after it was replaced.
 *
 * @param attachments the new ids of the document's files
 */
export function replacedFile<T extends NamedFile>(
	before: NamedFile,
	attachments: readonly string[],
	files: readonly T[],
): T | undefined {
	const numbers = attachments.map((id) => id.split('x').at(-1));
	const byNumber = files.find(({ path }) => {
		const number = NUMBERED_FILE.exec(path)?.[1];
		return number !== undefined && numbers.includes(number);
	});
	if (byNumber) return byNumber;
	const byTitle = files.filter(({ title, path }) => title === before.title && path !== before.path);
	return byTitle.length === 1 ? byTitle[0] : undefined;
}

/** How operators call the field of the tax number, by its label or its name. */
const INN_FIELD = /^(?:cf_)?(?:inn|инн)$/i;
const SMS_FIELD = /(?:sms|смс).*(?:code|код)|(?:code|код).*(?:sms|смс)/i;

/**
 * Looks for what GetFilesList wants of a client in the client's own record. Each operator has other names for
 * these fields; what cannot be told apart is left out.
 *
 * @param fields of the module, with their labels
 */
export function clientCodes(
	record: JsonObject,
	fields: ReadonlyArray<{ name: string; label: string }>,
): { inn: string; smsCode: string } {
	const valueOf = (wanted: RegExp) => {
		const found = fields.filter(
			({ name, label }) => wanted.test(label.trim()) || wanted.test(name),
		);
		return found.length === 1 ? trimmedText(record[found[0]!.name]) : '';
	};
	return { inn: valueOf(INN_FIELD), smsCode: valueOf(SMS_FIELD) };
}
