import type { INodeProperties } from 'n8n-workflow';

/** The documented fields of `addOrder` (exapi.md, methods table), in the order of their labels. */
const additionalFields: INodeProperties = {
	displayName: 'Additional Fields',
	name: 'additionalFields',
	type: 'collection',
	placeholder: 'Add Field',
	default: {},
	options: [
		{
			displayName: 'Address',
			name: 'address',
			type: 'string',
			default: '',
			description: 'Postal address of the buyer (address)',
		},
		{
			displayName: 'Affiliate ID',
			name: 'affiliateId',
			type: 'string',
			default: '',
			description: 'Identifier of the affiliate who brought the order (affiliate_id)',
		},
		{
			displayName: 'Comment',
			name: 'comment',
			type: 'string',
			default: '',
			description: 'Note to the order (comment)',
		},
		{
			displayName: 'Country Code',
			name: 'countryCode',
			type: 'string',
			default: '',
			placeholder: 'e.g. RU',
			description: 'Code of the country, in the form agreed with the CRM (country_kod)',
		},
		{
			displayName: 'Custom Fields',
			name: 'customFields',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true },
			placeholder: 'Add Custom Field',
			default: {},
			description: 'Fields agreed with the CRM that exapi does not document',
			options: [
				{
					displayName: 'Field',
					name: 'field',
					values: [
						{
							displayName: 'Name',
							name: 'name',
							type: 'string',
							default: '',
							description: 'Name on the wire, for example utm_source',
						},
						{
							displayName: 'Value',
							name: 'value',
							type: 'string',
							default: '',
							description: 'Value to send, as text',
						},
					],
				},
			],
		},
		{
			displayName: 'Full Name',
			name: 'fullName',
			type: 'string',
			default: '',
			description: 'Surname, first name and patronymic of the buyer (fio)',
		},
		{
			displayName: 'IP Address',
			name: 'ip',
			type: 'string',
			default: '',
			placeholder: 'e.g. 203.0.113.7',
			description: 'Address that the buyer ordered from, IPv4 or IPv6 (ip)',
		},
		{
			displayName: 'Phone',
			name: 'phone',
			type: 'string',
			default: '',
			placeholder: 'e.g. +7 999 123-45-67',
			description: 'Phone number of the buyer, sent as typed (phone)',
		},
		{
			displayName: 'Quantity',
			name: 'quantity',
			type: 'number',
			typeOptions: { minValue: 0, numberPrecision: 0 },
			default: 1,
			description: 'How many pieces of the product are ordered (kolvo)',
		},
	],
};

/** The fields of an order, as they are set in the node. */
export const orderFields: INodeProperties[] = [
	{
		displayName: 'Order ID',
		name: 'orderId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. A-1001',
		description: 'Your number of the order. The CRM knows the order by it (order_id).',
	},
	{
		displayName: 'Product Name',
		name: 'goodName',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. Kettle, blue',
		description: 'Name of the ordered product, as the CRM knows it (good_id)',
	},
	additionalFields,
];
