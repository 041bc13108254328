import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { errorJson, toNodeError } from '../../shared/errors';
import { shownFor, toolNotice } from '../../shared/fields';
import { hashPhone } from '../protocol';
import {
	asInputError,
	type ElektrikOperation,
	type ElektrikRun,
	fieldReader,
	readFieldName,
} from './operation';

const fields: INodeProperties[] = [
	{
		displayName:
			'Anyone who has the UID can recover a phone from its hash. Treat hashes as personal data.',
		name: 'personalDataNotice',
		type: 'notice',
		default: '',
	},
	toolNotice('it works on the items of a workflow, and a tool has none'),
	{
		displayName: 'Phone Field',
		name: 'phoneField',
		type: 'string',
		default: 'phone',
		required: true,
		requiresDataPath: 'single',
		placeholder: 'e.g. phone or contact.phone',
		description:
			'Name of the input field with the phone in any format, or the path to it. Enter the name, not the phone: it applies to all items.',
	},
	{
		displayName: 'Output Field',
		name: 'outputField',
		type: 'string',
		default: 'phoneHash',
		required: true,
		placeholder: 'e.g. phoneHash',
		description: 'Name of the field to put the hash in',
	},
];

/** `phone.hash`: adds the portal's hash of a phone to each item, for a column in a database. */
export const hash: ElektrikOperation = {
	fields: shownFor('phone', 'hash', fields),

	async execute(run) {
		try {
			return await Promise.resolve(hashAll(run));
		} catch (error) {
			throw toNodeError(run.node.getNode(), error, 0);
		}
	},
};

/** Hashes all items without the item loop: it sends nothing, and a million items should take a second. */
function hashAll(run: ElektrikRun): INodeExecutionData[] {
	const { node, items, credential } = run;
	const phoneField = readFieldName(run, 'phoneField');
	const outputField = readFieldName(run, 'outputField');
	const phoneIn = fieldReader(phoneField);
	const continues = node.continueOnFail();
	return items.map(({ json, binary }, item): INodeExecutionData => {
		try {
			const output = copyOf(json);
			output[outputField] = hashPhone(phoneIn(json), credential.uid, phoneField);
			return binary
				? { json: output, binary, pairedItem: { item } }
				: { json: output, pairedItem: { item } };
		} catch (cause) {
			const error = toNodeError(node.getNode(), asInputError(run.fields, cause), item);
			if (!continues) throw error;
			return { json: errorJson(error), pairedItem: { item } };
		}
	});
}

/**
 * A copy with room for a field more. V8 copies by a spread into an object that has none, and moves all
 * fields when one is added: that took half of the time of an item.
 */
function copyOf(json: IDataObject): IDataObject {
	// This alone would not be copied but become the prototype.
	return Object.hasOwn(json, '__proto__') ? { ...json } : Object.assign({}, json);
}

const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['phone'] } },
	options: [
		{
			name: 'Hash',
			value: 'hash',
			action: 'Hash phones',
			description: 'Add the portal’s hash of a phone to each item',
		},
	],
	default: 'hash',
};

export const phoneOperations = { hash };

export const phoneFields: INodeProperties[] = [operationField, ...hash.fields];
