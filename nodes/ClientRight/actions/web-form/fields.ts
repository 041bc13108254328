import type { INodeProperties } from 'n8n-workflow';
import { optionsField, shownFor } from '../../../shared/fields';
import { callOptions, outputField } from '../operation';
import { columnsField, jsonField, moduleField } from '../record/fields';

/** The operations of the resource. */
export const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['webForm'] } },
	options: [
		{
			name: 'Submit',
			value: 'submit',
			action: 'Submit web form',
			description: 'Send a web form of the CRM with its files, as a site does (capture.php)',
		},
	],
	default: 'submit',
};

const MODULE_HINT =
	'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>';

const publicId: INodeProperties = {
	displayName: 'Public ID',
	name: 'publicId',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. 3f1c6a2b9d8e4f70a1b2c3d4e5f60718',
	description: 'ID of the form: the value of "publicid" in its HTML (publicid)',
};

const formUrl: INodeProperties = {
	displayName: 'Form URL',
	name: 'formUrl',
	type: 'string',
	default: '',
	placeholder: 'e.g. https://crm.clientright.ru/modules/Webforms/capture.php',
	description:
		'Address that the form’s HTML sends to (action). If empty, the node uses modules/Webforms/capture.php beside the webservice.php of the credential.',
};

const fieldName: INodeProperties = {
	displayName: 'Field in the Form',
	name: 'fieldName',
	type: 'string',
	default: '',
	placeholder: 'e.g. file_1_1',
	description:
		'Name of the form’s field for the file, from its HTML. The CRM drops a file under any other name, and reports success.',
};

const binaryProperty: INodeProperties = {
	displayName: 'Input Binary Field',
	name: 'binaryProperty',
	type: 'string',
	default: 'data',
	hint: 'The name of the input binary field containing the file to be sent',
};

const placeholder: INodeProperties = {
	displayName: 'Send Placeholder',
	name: 'placeholder',
	type: 'boolean',
	default: false,
	description:
		"Whether to send an empty PDF under the file's name in place of the file (PDF-пустышка). 'File: Replace' puts the file itself there later.",
};

const title: INodeProperties = {
	displayName: 'Title',
	name: 'title',
	type: 'string',
	default: '',
	placeholder: 'e.g. договор',
	description:
		"Label of the form's field, which the CRM gives the file as its title. If given, the node checks afterwards that the record has a file of this title.",
};

const files: INodeProperties = {
	displayName: 'Files',
	name: 'files',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add File',
	default: {},
	description: 'Files to send with the form (файлы)',
	options: [
		{ displayName: 'File', name: 'file', values: [fieldName, binaryProperty, placeholder, title] },
	],
};

const findRecord: INodeProperties = {
	displayName: 'Find Record',
	name: 'findRecord',
	type: 'boolean',
	default: true,
	description:
		'Whether to check the names of the fields first, and to look for the record afterwards: the CRM itself does not tell its ID. The user of the credential needs the right to read the module.',
};

/** The fields of `webForm.submit`. */
export const submitFields: INodeProperties[] = shownFor('webForm', 'submit', [
	{
		displayName:
			'The form creates a new record each time, so it is never sent twice. To change a client who is known, use <b>Contact: Create or Update</b>.',
		name: 'createsNotice',
		type: 'notice',
		default: '',
	},
	publicId,
	formUrl,
	{ ...moduleField, description: `Module that the form creates records of. ${MODULE_HINT}` },
	columnsField('add'),
	{
		...jsonField,
		description:
			'More fields, by their names in the form’s HTML or in the CRM, as a JSON object such as { "lastname": "Образцова", "label:ИНН": "123456789047" }. They take precedence over Columns.',
	},
	files,
	outputField,
	optionsField(...callOptions, findRecord),
]);
