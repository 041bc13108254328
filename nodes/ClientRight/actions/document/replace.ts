import type { IDataObject } from 'n8n-workflow';
import { lockNotice, lockOption, optionsField, shownFor } from '../../../shared/fields';
import type { FormFile } from '../../../shared/http';
import { prepareItems, runItems } from '../../../shared/items';
import { chosenOrder } from '../../../shared/redis/order';
import { getDocument, replaceFile } from '../../client/documents';
import { DOCUMENTS } from '../../wire/documents';
import { inputBinaryField, inputFiles } from '../binary';
import {
	callOptions,
	type ClientRightOperation,
	locksOf,
	outputField,
	withInputErrors,
} from '../operation';
import { askForModules, hintUnstorable } from '../record/modules';
import { valueOf } from '../record/read';
import { documentIdField, fileToolNotice, toOutput } from './fields';
import { documentId } from './input';

/** `document.replace`: another file in the place of a document's (`revise` with a file). */
export const replace: ClientRightOperation = {
	fields: shownFor('document', 'replace', [
		fileToolNotice,
		documentIdField,
		inputBinaryField,
		lockNotice('of two that replace the file of one document, the older one may remain'),
		outputField,
		optionsField(...callOptions, lockOption),
	]),

	async execute(run) {
		const order = await chosenOrder(run.node, run.parameter, locksOf(run));
		const looked = await inputFiles(run);
		const files = prepareItems(run.node, (item) => valueOf(looked[item]!));
		hintUnstorable(
			run,
			files.map((item) => (item.done ? { name: item.value.fileName } : undefined)),
		);
		const modules = await askForModules(run, [DOCUMENTS], () => [], false);
		return await runItems<{ id: string; file: FormFile }>(
			run.node,
			{
				isWrite: true,
				isRepeatable: true,
				prepare: (item) => {
					const file = valueOf(files[item]!);
					modules.check(DOCUMENTS);
					return { file, id: withInputErrors(run.fields, () => documentId(run, item, modules)) };
				},
				key: ({ id }) => id,
				scope: `record ${run.credential.url}`,
				order,
				carryOut: async ({ id, file }, signal, turn) => {
					const options = { key: `record ${id}`, turn, signal };
					const document = await getDocument(run.client, id, options);
					const { record, raw } = await replaceFile(run.client, document, file, options);
					return [run.raw ? (raw as IDataObject) : toOutput(run, record)];
				},
			},
			run.concurrency,
		);
	},
};
