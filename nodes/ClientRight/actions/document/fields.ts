import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { toolNotice } from '../../../shared/fields';
import { recordUrl, type WireRecord } from '../../client/records';
import { DOCUMENTS, readDocument } from '../../wire/documents';
import { recordPicker } from '../locator';
import type { ClientRightRun } from '../operation';
import { moduleField } from '../record/fields';

/** Which document it is about. */
export const documentIdField: INodeProperties = recordPicker(
	{
		displayName: 'Document',
		name: 'documentId',
		description: "The document (документ), such as 15x83859, as 'Document: Get Many' returns it",
		searchListMethod: 'searchDocuments',
		one: 'a document',
		example: '15x83859',
		required: true,
	},
	DOCUMENTS,
);

/** The module of a record: a complete ID says it by itself. */
export const linkedModuleField: INodeProperties = {
	...moduleField,
	required: false,
	description:
		'Kind of the record (модуль); not needed for a complete ID such as 12x83859. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
};

export const fileToolNotice = toolNotice('its model has no files, and cannot receive any');

/** A document in the form that a workflow gets it in. */
export function toOutput({ credential }: ClientRightRun, record: WireRecord): IDataObject {
	return { ...readDocument(record), url: recordUrl(credential, DOCUMENTS, record.id) };
}
