import type { IBinaryKeyData, IDataObject, INodeProperties } from 'n8n-workflow';
import {
	columnsOf,
	dataModeFields,
	definedBelow,
	isAutoMapped,
	limitFields,
	optionsField,
	readLimit,
	readNumericOption,
	shownFor,
} from '../../shared/fields';
import { runItems } from '../../shared/items';
import { trimmedText } from '../../shared/wire';
import { titledFileName } from '../../shared/wire/text';
import { withResultErrors } from '../client/failures';
import { downloadFile } from '../client/client';
import type { WireFields } from '../wire/envelope';
import { FILES_FIELDS, writeFields } from '../wire/records';
import { fileAddress, ownFileAddress, readFiles } from '../wire/results';
import { maxFileSizeOption, outputBinaryField, outputProperty, withBinaries } from './binary';
import { replace } from './file-replace';
import {
	callOptions,
	withInputErrors,
	type ClientRightOperation,
	type ClientRightRun,
	concurrencyOption,
	documentedFields,
	inputOf,
	outputField,
	timeoutOption,
	validateChecksumsOption,
} from './operation';

const path: INodeProperties = {
	displayName: 'Path',
	name: 'path',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. storage/2023/December/week4/contract.pdf',
	description: "Path of the file within the CRM, as 'File: Get Many' returns it (path)",
};

const title: INodeProperties = {
	displayName: 'Title',
	name: 'title',
	type: 'string',
	default: '',
	placeholder: 'e.g. договор',
	description:
		'Name of the file without its extension, which is taken from the path (title). If empty, the node uses the title that the input item has for this path, or else the name in the path.',
};

/** What "Get Many" gives. */
const COLUMNS = ['path', 'title'];

interface Wanted {
	item: number;
	path: string;
	/** Empty without one. */
	title: string;
	url: string;
	property: string;
}

/** `file.download`: a file of the CRM as binary. */
export const download: ClientRightOperation = {
	fields: shownFor('file', 'download', [
		...dataModeFields({ required: ['path'], optional: ['title'] }),
		definedBelow(path),
		definedBelow(title),
		outputBinaryField,
		optionsField(concurrencyOption, maxFileSizeOption, timeoutOption),
	]),

	async execute(run) {
		const autoMapped = isAutoMapped(run.parameter);
		const megabytes = readNumericOption(run.parameter, maxFileSizeOption);
		const binaries = new Map<number, IBinaryKeyData>();
		const output = await runItems<Wanted>(
			run.node,
			{
				isWrite: false,
				prepare: (item) =>
					wantedFile(
						run,
						item,
						autoMapped ? columnsOf(run.items[item]!.json, COLUMNS) : definedFields(run, item),
					),
				carryOut: async (wanted, signal) => {
					const file = await downloadFile(run.send, {
						url: wanted.url,
						timeout: run.timeout,
						maxMegabytes: megabytes,
						allowUnauthorizedCerts: run.credential.allowUnauthorizedCerts,
						signal,
					});
					const binary = await run.node.helpers.prepareBinaryData(
						file.content,
						titledFileName(wanted.title, file.name),
						file.mimeType,
					);
					binaries.set(wanted.item, { [wanted.property]: binary });
					const { title: named, path: within, url } = wanted;
					return [{ ...(named !== '' && { title: named }), path: within, url }];
				},
			},
			run.concurrency,
		);
		return withBinaries(output, binaries);
	},
};

/** The file of the node's fields; of a file that "Get Many" gave, the item has the title as well. */
function definedFields(run: ClientRightRun, item: number): IDataObject {
	const defined = {
		path: run.parameter('path', item, '') as string,
		title: run.parameter('title', item, '') as string,
	};
	const { json } = run.items[item]!;
	const isListed =
		trimmedText(defined.title) === '' && trimmedText(json.path) === trimmedText(defined.path);
	return isListed ? { ...defined, title: json.title } : defined;
}

function wantedFile(run: ClientRightRun, item: number, input: IDataObject): Wanted {
	const property = outputProperty(run, item);
	const filePath = trimmedText(input.path);
	return {
		item,
		path: filePath,
		title: trimmedText(input.title),
		url: withInputErrors(run.fields, () => ownFileAddress(filePath, run.credential.url)),
		property,
	};
}

const OPERATION = 'GetFilesList';

/** `file.getAll`: the files of a client's card, an item each (`GetFilesList`). */
export const getAll: ClientRightOperation = {
	fields: shownFor('file', 'getAll', [
		{
			displayName:
				'The client must already be registered in the CRM by its form (<b>capture.php</b>). Use the INN and the SMS code entered there.',
			name: 'captureNotice',
			type: 'notice',
			default: '',
		},
		...documentedFields(FILES_FIELDS),
		...limitFields,
		outputField,
		optionsField(...callOptions, validateChecksumsOption),
	]),

	async execute(run) {
		const input = inputOf(run, FILES_FIELDS);
		return await runItems<{ fields: WireFields; limit: number }>(
			run.node,
			{
				isWrite: false,
				prepare: (item) => ({
					fields: withInputErrors(run.fields, () =>
						writeFields(FILES_FIELDS, input(item), run.rules),
					),
					limit: readLimit(run.parameter, item),
				}),
				carryOut: async ({ fields, limit }, signal) => {
					const { result } = await run.client.call(
						{ operation: OPERATION, method: 'POST', fields },
						{ effect: 'read', signal },
					);
					return withResultErrors(() => readFiles(OPERATION, result))
						.slice(0, limit)
						.map(({ title, path, raw }): IDataObject =>
							run.raw
								? (raw as IDataObject)
								: { title, path, url: fileAddress(path, run.credential.url) },
						);
				},
			},
			run.concurrency,
		);
	},
};

const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['file'] } },
	options: [
		{
			name: 'Download',
			value: 'download',
			action: 'Download file',
			description: 'Download file from the CRM',
		},
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many files',
			description: 'Get the list of the files of a client (GetFilesList)',
		},
		{
			name: 'Replace',
			value: 'replace',
			action: 'Replace file',
			description: 'Replace a placeholder by the real PDF',
		},
	],
	default: 'getAll',
};

export const fileOperations = { download, getAll, replace };

export const fileFields: INodeProperties[] = [
	operationField,
	...Object.values(fileOperations).flatMap(({ fields }) => fields),
];
