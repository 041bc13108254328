import type {
	IBinaryData,
	IBinaryKeyData,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';
import { InputError } from '../../shared/errors';
import { fieldLabel } from '../../shared/fields';
import type { FormFile } from '../../shared/http';
import type { JobResult } from '../../shared/items';
import { safeFileName } from '../../shared/wire/text';
import { FILE_PART } from '../wire/documents';
import type { ClientRightRun } from './operation';

/** Which file of the input item is sent. */
export const inputBinaryField: INodeProperties = {
	displayName: 'Input Binary Field',
	name: 'binaryProperty',
	type: 'string',
	default: 'data',
	required: true,
	hint: 'The name of the input binary field containing the file to be uploaded',
};

/** Where a file that was fetched is put. */
export const outputBinaryField: INodeProperties = {
	displayName: 'Put Output File in Field',
	name: 'binaryProperty',
	type: 'string',
	default: 'data',
	required: true,
	hint: 'The name of the output binary field to put the file in',
};

/** The largest file that is fetched. */
export const maxFileSizeOption: INodeProperties = {
	displayName: 'Maximum File Size (MB)',
	name: 'maxFileSize',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 1_024 },
	default: 32,
	description: 'Fail instead of downloading a larger file. Defaults to 32.',
};

/** A multiple of four characters, which are three bytes. */
const SLICE = 256 * 1024;

/**
 * Looks at the file of each item: its name and size, not its content.
 *
 * @param check looks further, before anything is sent
 * @returns in the order of the items; what cannot be sent is its error
 */
export async function inputFiles(
	run: ClientRightRun,
	check: (file: FormFile) => Promise<void> = async () => await Promise.resolve(),
): Promise<Array<JobResult<FormFile>>> {
	const files: Array<JobResult<FormFile>> = [];
	for (const item of run.items.keys()) {
		try {
			const file = await inputFile(run, item);
			await check(file);
			files.push({ done: true, value: file });
		} catch (error) {
			files.push({ done: false, error });
		}
	}
	return files;
}

/**
 * Looks at a file of an item: its name and size, not its content.
 *
 * @param property name of its binary field, or the file itself
 * @throws NodeOperationError, or InputError, for one that cannot be sent
 */
export async function inputFile(
	run: ClientRightRun,
	item: number,
	property: unknown = run.parameter('binaryProperty', item, 'data'),
): Promise<FormFile> {
	const { helpers } = run.node;
	const binary = helpers.assertBinaryData(item, property as IBinaryData | string);
	const fileName = nameOf(binary);
	const bytes = binary.id
		? (await helpers.getBinaryMetadata(binary.id)).fileSize
		: Buffer.byteLength(binary.data, 'base64');
	if (bytes === 0) {
		throw new InputError(
			`The file "${fileName}" is empty`,
			'The CRM would create a document without a file, and report success.',
		);
	}
	return {
		name: FILE_PART,
		fileName,
		mimeType: binary.mimeType,
		bytes,
		open: () => contentOf(run, binary),
	};
}

/** No path, no quote and no line end of it gets into a header, or on the disk of the CRM. */
function nameOf({ fileName = '', fileExtension = '' }: IBinaryData): string {
	const name = safeFileName(fileName);
	const extension = safeFileName(fileExtension);
	return name || (extension === '' ? 'file' : `file.${extension}`);
}

async function* contentOf(
	{ node }: ClientRightRun,
	{ id, data }: IBinaryData,
): AsyncGenerator<Uint8Array> {
	if (id) {
		yield* (await node.helpers.getBinaryStream(id)) as AsyncIterable<Uint8Array>;
		return;
	}
	for (let at = 0; at < data.length; at += SLICE) {
		yield Buffer.from(data.slice(at, at + SLICE), 'base64');
	}
}

/** The name of the output field for a file. */
export function outputProperty(run: ClientRightRun, item: number): string {
	const property = String(run.parameter('binaryProperty', item, 'data')).trim();
	if (property !== '') return property;
	throw new InputError(`The field ${fieldLabel(run.fields, 'binaryProperty')} is missing`);
}

/** Puts files into the output items, by the input items that they were fetched for. */
export function withBinaries(
	output: readonly INodeExecutionData[],
	binaries: ReadonlyMap<number, IBinaryKeyData>,
): INodeExecutionData[] {
	return output.map((item) => {
		const binary = binaries.get((item.pairedItem as { item: number }).item);
		return binary ? { ...item, binary } : item;
	});
}
