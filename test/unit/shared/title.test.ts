import type { INodeProperties } from 'n8n-workflow';
import { fieldLabel } from '../../../nodes/shared/fields';

const text = (displayName: string, name: string): INodeProperties => ({
	displayName,
	name,
	type: 'string',
	default: '',
});

const FIELDS: INodeProperties[] = [
	{
		...text('Respond', 'responseMode'),
		type: 'options',
		options: [{ name: 'Phone', value: 'phone' }],
	},
	text('Order ID', 'orderId'),
	{ ...text('Options', 'options'), type: 'collection', options: [text('Phone Number', 'phone')] },
	{
		...text('Custom Fields', 'customFields'),
		type: 'fixedCollection',
		options: [{ displayName: 'Field', name: 'field', values: [text('Value', 'value')] }],
	},
];

describe('the title of a field', () => {
	it.each([
		['orderId', "'Order ID' (orderId)"],
		['customFields', "'Custom Fields' (customFields)"],
		['phone', "'Phone Number' (phone)"],
		['value', "'Value' (value)"],
		['a column', '"a column"'],
		['Phone', '"Phone"'],
	])('of %s is %s', (name, title) => {
		expect(fieldLabel(FIELDS, name)).toBe(title);
	});
});
