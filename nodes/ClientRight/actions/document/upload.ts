import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { optionsField, shownFor } from '../../../shared/fields';
import { prepareItems, runItems } from '../../../shared/items';
import { documentsOf, type DocumentUpload, uploadDocument } from '../../client/documents';
import { inputBinaryField, inputFiles } from '../binary';
import { folderField, locatedId, recordIdField } from '../locator';
import {
	callOptions,
	type ClientRightOperation,
	type ClientRightRun,
	outputField,
	withInputErrors,
} from '../operation';
import { isEmpty } from '../record/input';
import { askForModules, hintUnstorable } from '../record/modules';
import { valueOf } from '../record/read';
import { fileToolNotice, linkedModuleField, toOutput } from './fields';
import {
	askForFolders,
	completeId,
	type Folders,
	modulesToAsk,
	namedRecord,
	titleOf,
} from './input';

const titleField: INodeProperties = {
	displayName: 'Title',
	name: 'title',
	type: 'string',
	default: '',
	placeholder: 'e.g. договор',
	description: 'Title of the document (название). If empty, the name of the file.',
};

const linkedRecordField: INodeProperties = {
	...recordIdField,
	required: false,
	description:
		'The record (запись) that the document is linked to, such as 12x83859. If empty, the document stands alone.',
};

/** `document.upload`: a file as a new document, never twice (`create` with a file, `add_related`). */
export const upload: ClientRightOperation = {
	fields: shownFor('document', 'upload', [
		fileToolNotice,
		inputBinaryField,
		titleField,
		folderField,
		linkedModuleField,
		linkedRecordField,
		outputField,
		optionsField(...callOptions),
	]),

	async execute(run) {
		const files = await inputFiles(run);
		const given = prepareItems(run.node, (item) => {
			const file = valueOf(files[item]!);
			return withInputErrors(run.fields, () => ({
				file,
				title: titleOf(run, item, file.fileName),
				folder: folderOf(run, item),
				record: namedRecord(run, item),
			}));
		});
		const prepared = given.flatMap((item) => (item.done ? [item.value] : []));
		hintUnstorable(
			run,
			given.map((item) =>
				item.done ? { title: item.value.title, name: item.value.file.fileName } : undefined,
			),
		);
		const modules = await askForModules(
			run,
			modulesToAsk(prepared.map(({ record }) => record)),
			() => [],
			true,
		);
		const folders = await foldersFor(run, prepared);
		const canHaveDocuments = recordCheck(run);
		return await runItems<DocumentUpload>(
			run.node,
			{
				isWrite: true,
				prepare: (item) => {
					const { record, folder, ...rest } = valueOf(given[item]!);
					modules.check(record?.module ?? '');
					return withInputErrors(run.fields, () => ({
						...rest,
						owner: modules.rules.userId,
						folder: folder === '' ? undefined : folders.idOf(folder),
						recordId: record && completeId(record, modules),
					}));
				},
				carryOut: async (document, signal) => {
					if (document.recordId !== undefined) await canHaveDocuments(document.recordId);
					const { record, raw } = await uploadDocument(run.client, document, signal);
					return [run.raw ? (raw as IDataObject) : toOutput(run, record)];
				},
			},
			run.concurrency,
		);
	},
};

function folderOf(run: ClientRightRun, item: number): string {
	const folder = locatedId(run.parameter('folder', item, ''));
	return isEmpty(folder) ? '' : String(folder);
}

/** Asks for the folders where an item names one. */
async function foldersFor(
	run: ClientRightRun,
	documents: ReadonlyArray<{ folder: string }>,
): Promise<Folders> {
	if (documents.every(({ folder }) => folder === '')) return { idOf: (named) => named };
	try {
		return await askForFolders(run);
	} catch (error) {
		return {
			idOf() {
				throw error;
			},
		};
	}
}

/**
 * Finds out, once for each record, whether documents can be linked to it: vtiger says so of every record
 * (docs/protocols/vtiger.md, 11.4), and the document would be there by then.
 */
function recordCheck(run: ClientRightRun): (recordId: string) => Promise<void> {
	const checks = new Map<string, Promise<unknown>>();
	return async (recordId) => {
		const signal = run.node.getExecutionCancelSignal();
		const check = checks.get(recordId) ?? documentsOf(run.client, recordId, 1, { signal });
		checks.set(recordId, check);
		await check.catch((error: unknown) => {
			// It may be there for a later item or attempt.
			checks.delete(recordId);
			throw error;
		});
	};
}
