import { createHash } from 'node:crypto';
import { smallPdf } from './pdf';
import type { CrmFile, FileSeed } from './record-types';

interface StoredFile extends CrmFile {
	content: Buffer;
}

/** The files of the contacts of one CRM. */
export class FileStore {
	private files: StoredFile[] = [];

	add(contactId: string, { title, path, content, forbidden = false }: FileSeed): CrmFile {
		const number = this.files.length + 1;
		const bytes = content === undefined ? smallPdf(`Sandbox file ${number}`) : asBuffer(content);
		const file: StoredFile = {
			contactId,
			title,
			path: path ?? inventedPath(number),
			forbidden,
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

	/** @param path as `GetFilesList` gives it */
	find(path: string): CrmFile | undefined {
		const file = this.stored(path);
		return file && view(file);
	}

	content(path: string): Buffer | undefined {
		return this.stored(path)?.content;
	}

	/** @returns whether there is such a file */
	setForbidden(path: string, forbidden: boolean): boolean {
		const file = this.stored(path);
		if (file) file.forbidden = forbidden;
		return file !== undefined;
	}

	reset(): void {
		this.files = [];
	}

	private stored(path: string): StoredFile | undefined {
		return this.files.find((file) => file.path === path);
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
