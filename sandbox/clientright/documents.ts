import { createHash } from 'node:crypto';
import { WebserviceError } from './errors';
import type { Operation } from './operation-table';
import type { UploadedFile } from './php';
import type { Attachment, Origin, RecordBook, StoredRecord } from './records';

/** A file of a contact to put in. */
export interface FileSeed {
	title: string;
	/** Below the CRM's folder, or a whole address; default: as vtiger stores uploads. */
	path?: string;
	/** Text, or bytes; default: a small PDF. */
	content?: string | Uint8Array;
}

/** A file of a contact; its bytes are read with {@link ClientRightCrm.fileContent}. */
export interface CrmFile {
	contactId: string;
	title: string;
	path: string;
	/** Its download answers 403. */
	forbidden: boolean;
	/** Length in bytes. */
	size: number;
}

/** Titles as the CRM's files have them (docs/protocols/clientright.md, 4.4), for a person to try. */
export const SAMPLE_FILES: readonly FileSeed[] = [
	{ title: 'договор' },
	{ title: 'подтверждение оплаты' },
	{ title: 'Скриншот "личного кабинета"' },
];

/** vtiger's own name for the folder that documents are put into. */
const DEFAULT_FOLDER = '22x1';
/** The part of a form that is a document's file; others are kept and not shown. */
const FILE_PART = 'filename';
/** Endings that a web server may run. */
const RUN =
	/^(bat|bin|cfm|cgi|dll|exe|htaccess|html?|js|jsp|msi|p?html|phar|phps?|php[345]|pl|py|rb|sh|vbs)$/i;

/** The operation that gives a document's file. */
export function fileOperation(crm: { readonly records: RecordBook }): Operation {
	return {
		name: 'files_retrieve',
		httpMethod: 'GET',
		isNew: true,
		run(call) {
			const id = call.parameter('id');
			const [, number] = /^15x(\d+)$/.exec(id) ?? [];
			for (const { fields, attachments } of crm.records.all('Documents')) {
				const file = attachments.find((one) => one.number === number);
				if (file) return [fileAnswer(file, fields)];
			}
			const text = 'Record you are trying to access is not found';
			throw new WebserviceError('RECORD_NOT_FOUND', text);
		},
	};
}

function fileAnswer({ number, content }: Attachment, fields: StoredRecord['fields']): object {
	const { filename, filetype } = fields;
	const filecontents = content.toString('base64');
	return { fileid: number, filename, filetype, filesize: content.length, filecontents };
}

/**
 * Stores the files that were sent with a document, in place of those it had. vtiger says nothing of
 * what it does not keep: empty files, files above PHP's limit, and parts of another name.
 */
export function attach(
	records: RecordBook,
	document: StoredRecord,
	files: readonly UploadedFile[],
): void {
	const { fields } = document;
	fields.folderid ||= DEFAULT_FOLDER;
	const whole = files.filter(({ content }) => content.length > 0);
	if (whole.length > 0) document.attachments = whole.map((file) => stored(records, file));
	const sent = files.find(({ part }) => part === FILE_PART);
	if (sent) Object.assign(fields, fileFields(sent));
	// Only a file gives a document that holds one its file's name.
	else if (document.attachments.length === 0 && fields.filelocationtype === 'I') {
		fields.filename = '';
	}
}

function fileFields({ name, type, content }: UploadedFile): Record<string, string> {
	if (content.length === 0) {
		return { filename: '', filetype: '', filesize: '', filelocationtype: '' };
	}
	return {
		filename: storedName(name),
		filetype: type,
		filesize: String(content.length),
		filelocationtype: 'I',
	};
}

/** Blanks become `_`; what a web server could run becomes a text. */
function storedName(name: string): string {
	const parts = name.replace(/\s+/g, '_').split('.');
	if (!parts.some((part) => RUN.test(part))) return parts.join('.');
	return `${parts.map((part) => (RUN.test(part) ? `${part}file` : part)).join('.')}.txt`;
}

function stored(records: RecordBook, { name, content }: UploadedFile): Attachment {
	const number = records.nextId();
	const ending = storedName(name).split('.').at(-1) ?? '';
	return { number, path: storagePath(number, name, ending), content, forbidden: false };
}

const MONTHS =
	'January February March April May June July August September October November December'.split(
		' ',
	);

/** A folder a week, a name without meaning, behind the attachment's id. */
function storagePath(number: string, name: string, ending: string): string {
	const now = new Date();
	const week = Math.ceil(now.getUTCDate() / 7);
	const folder = `storage/${now.getUTCFullYear()}/${MONTHS[now.getUTCMonth()]}/week${week}`;
	return `${folder}/${number}_${createHash('md5')
		.update(number + name)
		.digest('hex')}.${ending}`;
}

/** Makes a document of a file, and links it to a record. */
export function addDocument(
	records: RecordBook,
	owner: StoredRecord,
	title: string,
	file: UploadedFile,
	origin: Origin = {},
): StoredRecord {
	const fields = { notes_title: title, filestatus: '1', filelocationtype: 'I' };
	const document = records.create('Documents', fields, origin);
	attach(records, document, [{ ...file, part: FILE_PART }]);
	records.link(owner, document);
	return document;
}

/** Makes a document of a seed, as `capture.php` does of what a form sends. */
export function seedFile(records: RecordBook, owner: StoredRecord, seed: FileSeed): CrmFile {
	const { title, path, content } = seed;
	const bytes = content === undefined ? smallPdf('A file of the sandbox') : Buffer.from(content);
	const file = { part: FILE_PART, name: `${title}.pdf`, type: 'application/pdf', content: bytes };
	const document = addDocument(records, owner, title, file);
	const [attachment] = document.attachments;
	if (attachment && path !== undefined) attachment.path = path;
	return viewOf(owner, document, attachment);
}

/** The files of a record, or of all contacts, oldest first. */
export function filesOf(records: RecordBook, owner?: StoredRecord): CrmFile[] {
	const owners = owner ? [owner] : records.all('Contacts');
	return owners.flatMap((one) =>
		records
			.linkedTo(one)
			.filter(({ module }) => module.name === 'Documents')
			.map((document) => viewOf(one, document, document.attachments[0])),
	);
}

function viewOf(owner: StoredRecord, document: StoredRecord, file?: Attachment): CrmFile {
	return {
		contactId: owner.id,
		title: document.fields.notes_title ?? '',
		path: file?.path ?? '',
		forbidden: file?.forbidden ?? false,
		size: file?.content.length ?? 0,
	};
}

/** @param path as `GetFilesList` returns it */
export function fileAt(records: RecordBook, path: string): Attachment | undefined {
	return records
		.all('Documents')
		.flatMap(({ attachments }) => attachments)
		.find((attachment) => attachment.path === path);
}

/**
 * A whole PDF of one page that says one line.
 *
 * @param line ASCII letters, digits and spaces: no font is embedded
 */
function smallPdf(line: string): Buffer {
	const drawing = `BT /F1 18 Tf 72 770 Td (${line.replace(/[^\w .-]/g, '')}) Tj ET`;
	const objects = [
		'<< /Type /Catalog /Pages 2 0 R >>',
		'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
		'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R ' +
			'/Resources << /Font << /F1 5 0 R >> >> >>',
		`<< /Length ${drawing.length} >>\nstream\n${drawing}\nendstream`,
		'<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
	];
	let text = '%PDF-1.4\n';
	const offsets = objects.map((object, index) => {
		const offset = text.length;
		text += `${index + 1} 0 obj\n${object}\nendobj\n`;
		return String(offset).padStart(10, '0');
	});
	const table = ['0000000000 65535 f ', ...offsets.map((offset) => `${offset} 00000 n `)];
	const trailer = `<< /Size ${table.length} /Root 1 0 R >>`;
	const end = `xref\n0 ${table.length}\n${table.join('\n')}\ntrailer\n${trailer}`;
	return Buffer.from(`${text}${end}\nstartxref\n${text.length}\n%%EOF\n`, 'latin1');
}
