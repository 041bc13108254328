import type { INodeProperties } from 'n8n-workflow';
import { download, getAll } from './read';
import { replace } from './replace';
import { upload } from './upload';

const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['document'] } },
	options: [
		{
			name: 'Download',
			value: 'download',
			action: 'Download document',
			description: 'Download the file of a document',
		},
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many documents',
			description: 'Get the documents of a record',
		},
		{
			name: 'Replace',
			value: 'replace',
			action: 'Replace document',
			description: 'Replace the file of a document',
		},
		{
			name: 'Upload',
			value: 'upload',
			action: 'Upload document',
			description: 'Upload a file as a new document',
		},
	],
	default: 'getAll',
};

export const documentOperations = { download, getAll, replace, upload };

export const documentFields: INodeProperties[] = [
	operationField,
	...Object.values(documentOperations).flatMap(({ fields }) => fields),
];
