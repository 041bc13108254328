import type { INodeProperties } from 'n8n-workflow';
import { download } from './download.operation';
import { getAll } from './getAll.operation';

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
			action: 'Download a file',
			description: 'Get a file of the CRM as binary data',
		},
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many files',
			description: 'Get the list of the files of a client (GetFilesList)',
		},
	],
	default: 'getAll',
};

export const fileOperations = { download, getAll };

export const fileFields: INodeProperties[] = [operationField, ...download.fields, ...getAll.fields];
