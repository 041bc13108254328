import type { IBinaryKeyData, IDataObject, INodeExecutionData } from 'n8n-workflow';
import {
	limitFields,
	optionsField,
	readLimit,
	readNumericOption,
	shownFor,
} from '../../../shared/fields';
import { prepareItems, runItems } from '../../../shared/items';
import { trimmedText } from '../../../shared/wire';
import { safeFileName } from '../../../shared/wire/text';
import { downloadDocument } from '../../client/document-download';
import { documentsOf } from '../../client/documents';
import { DOCUMENTS } from '../../wire/documents';
import { FieldError } from '../../wire/records';
import { maxFileSizeOption, outputBinaryField, outputProperty, withBinaries } from '../binary';
import { recordIdField } from '../locator';
import { callOptions, type ClientRightOperation, outputField, withInputErrors } from '../operation';
import { askForModules } from '../record/modules';
import { valueOf } from '../record/read';
import { documentIdField, fileToolNotice, linkedModuleField, toOutput } from './fields';
import { completeId, documentId, modulesToAsk, namedRecord } from './input';

/** What the CRM says when it does not know the type of a file, which n8n finds out from its name. */
const UNKNOWN_TYPES = new Set(['', 'application/octet-stream']);

/** `document.download`: the file of a document as binary (`retrieve`, `files_retrieve`). */
export const download: ClientRightOperation = {
	fields: shownFor('document', 'download', [
		fileToolNotice,
		documentIdField,
		outputBinaryField,
		optionsField(...callOptions, maxFileSizeOption),
	]),

	async execute(run): Promise<INodeExecutionData[]> {
		const megabytes = readNumericOption(run.parameter, maxFileSizeOption);
		const properties = prepareItems(run.node, (item) => outputProperty(run, item));
		const modules = await askForModules(run, [DOCUMENTS], () => [], false);
		const binaries = new Map<number, IBinaryKeyData>();
		const output = await runItems<{ item: number; id: string; property: string }>(
			run.node,
			{
				isWrite: false,
				prepare: (item) => {
					const property = valueOf(properties[item]!);
					modules.check(DOCUMENTS);
					const id = withInputErrors(run.fields, () => documentId(run, item, modules));
					return { item, id, property };
				},
				carryOut: async ({ item, id, property }, signal) => {
					const { document, kept } = await downloadDocument(
						run.client,
						id,
						megabytes,
						async (content, { filename, filetype }) =>
							await run.node.helpers.prepareBinaryData(
								content,
								safeFileName(trimmedText(filename)) || 'file',
								UNKNOWN_TYPES.has(trimmedText(filetype)) ? undefined : trimmedText(filetype),
							),
						signal,
					);
					binaries.set(item, { [property]: kept });
					return [toOutput(run, document)];
				},
			},
			run.concurrency,
		);
		return withBinaries(output, binaries);
	},
};

/** `document.getAll`: the documents of a record, an item each (`retrieve_related`). */
export const getAll: ClientRightOperation = {
	fields: shownFor('document', 'getAll', [
		linkedModuleField,
		recordIdField,
		...limitFields,
		outputField,
		optionsField(...callOptions),
	]),

	async execute(run) {
		const given = prepareItems(run.node, (item) =>
			withInputErrors(run.fields, () => {
				const limit = readLimit(run.parameter, item);
				const record = namedRecord(run, item);
				if (record) return { record, limit };
				throw new FieldError('recordId', 'is missing');
			}),
		);
		const records = given.flatMap((item) => (item.done ? [item.value.record] : []));
		const modules = await askForModules(run, modulesToAsk(records), () => [], false);
		return await runItems<{ id: string; limit: number }>(
			run.node,
			{
				isWrite: false,
				prepare: (item) => {
					const { record, limit } = valueOf(given[item]!);
					return { id: withInputErrors(run.fields, () => completeId(record, modules)), limit };
				},
				carryOut: async ({ id, limit }, signal) => {
					const documents = await documentsOf(run.client, id, limit, { signal });
					return documents.map((document): IDataObject =>
						run.raw ? (document as IDataObject) : toOutput(run, document),
					);
				},
			},
			run.concurrency,
		);
	},
};
