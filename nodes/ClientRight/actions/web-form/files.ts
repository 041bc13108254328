import type { IDataObject } from 'n8n-workflow';
import type { FormFile } from '../../../shared/http';
import type { JobResult } from '../../../shared/items';
import { trimmedText } from '../../../shared/wire';
import { placeholderPdf } from '../../wire/placeholder';
import { FieldError } from '../../wire/records';
import { checkFormName } from '../../wire/web-form';
import { inputFile } from '../binary';
import { type ClientRightRun, withInputErrors } from '../operation';

/** A file of an item. */
export interface GivenFile {
	/** With the name of the form's field for it. */
	file: FormFile;
	/** Empty without one. */
	title: string;
}

/**
 * Looks at the files of each item: their names and sizes, not their content.
 *
 * @returns in the order of the items; what cannot be sent is its error
 */
export async function readFiles(run: ClientRightRun): Promise<Array<JobResult<GivenFile[]>>> {
	const all: Array<JobResult<GivenFile[]>> = [];
	for (const item of run.items.keys()) {
		try {
			all.push({ done: true, value: await filesOf(run, item) });
		} catch (error) {
			all.push({ done: false, error });
		}
	}
	return all;
}

async function filesOf(run: ClientRightRun, item: number): Promise<GivenFile[]> {
	const rows = run.parameter('files.file', item, []);
	const given: GivenFile[] = [];
	for (const row of Array.isArray(rows) ? (rows as IDataObject[]) : []) {
		const name = withInputErrors(run.fields, () => fieldOf(row, given));
		const file = { ...(await inputFile(run, item, row.binaryProperty ?? 'data')), name };
		const isPlaceholder = row.placeholder === true;
		const sent = isPlaceholder ? withInputErrors(run.fields, () => placeholderOf(file)) : file;
		given.push({ file: sent, title: trimmedText(row.title) });
	}
	return given;
}

function fieldOf({ fieldName: given }: IDataObject, others: readonly GivenFile[]): string {
	const name = trimmedText(given);
	if (name === '') throw new FieldError('fieldName', 'is missing');
	checkFormName('fieldName', name);
	if (others.every(({ file }) => file.name !== name)) return name;
	throw new FieldError(
		'fieldName',
		`must not be "${name}" twice: the CRM would keep one file only`,
	);
}

function placeholderOf(file: FormFile): FormFile {
	if (!/\.pdf$/i.test(file.fileName)) {
		throw new FieldError(
			'placeholder',
			`must be off for "${file.fileName}": a placeholder is a PDF, and the CRM keeps the type of a file`,
		);
	}
	const content = placeholderPdf();
	return {
		...file,
		mimeType: 'application/pdf',
		bytes: content.length,
		open: async function* () {
			yield await Promise.resolve(content);
		},
	};
}
