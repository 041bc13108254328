import { createHash } from 'node:crypto';

/** A file of a contact to put in. */
export interface FileSeed {
	title: string;
	/** Below the CRM's folder, or a whole address; default: an invented one below `storage/`. */
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

interface StoredFile extends CrmFile {
	content: Buffer;
}

/** The files of the contacts of one CRM. */
export class FileStore {
	private readonly files: StoredFile[] = [];

	add(contactId: string, { title, path, content }: FileSeed): CrmFile {
		const number = this.files.length + 1;
		const bytes = content === undefined ? smallPdf(`Sandbox file ${number}`) : asBuffer(content);
		const file: StoredFile = {
			contactId,
			title,
			path: path ?? inventedPath(number),
			forbidden: false,
			size: bytes.length,
			content: bytes,
		};
		this.files.push(file);
		return view(file);
	}

	/** Oldest first. */
	list(contactId?: string): CrmFile[] {
		return this.files
			.filter((file) => contactId === undefined || file.contactId === contactId)
			.map(view);
	}

	/** @param path as `GetFilesList` returns it */
	find(path: string): Readonly<StoredFile> | undefined {
		return this.files.find((file) => file.path === path);
	}

	/** @returns whether there is such a file */
	forbid(path: string): boolean {
		const file = this.files.find((one) => one.path === path);
		if (file) file.forbidden = true;
		return file !== undefined;
	}
}

/** As in docs/protocols/clientright.md, 4.7: a folder a week, a name without meaning. */
function inventedPath(number: number): string {
	const name = createHash('md5').update(`sandbox file ${number}`).digest('hex');
	return `storage/2026/January/week1/${name}.pdf`;
}

function asBuffer(content: string | Uint8Array): Buffer {
	return typeof content === 'string' ? Buffer.from(content) : Buffer.from(content);
}

function view({ contactId, title, path, forbidden, size }: StoredFile): CrmFile {
	return { contactId, title, path, forbidden, size };
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
