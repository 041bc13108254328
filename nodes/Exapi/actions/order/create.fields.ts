import type { INodeProperties } from 'n8n-workflow';

/** The documented fields of `addOrder` (docs/protocols/exapi.md, 5.1), in the order of their labels. */
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
			placeholder: 'e.g. г. Москва, ул. Пробная, 1',
			description: 'Postal address of the buyer (Адрес, address)',
		},
		{
			displayName: 'Affiliate ID',
			name: 'affiliateId',
			type: 'string',
			default: '',
			description: 'Identifier of the affiliate who brought the order (Ид аффилиата, affiliate_id)',
		},
		{
			displayName: 'Comment',
			name: 'comment',
			type: 'string',
			default: '',
			description: 'Note to the order (Примечание к заказу, comment)',
		},
		{
			displayName: 'Country Code',
			name: 'countryCode',
			type: 'string',
			default: '',
			placeholder: 'e.g. RU',
			description: 'Code of the country, in the form agreed with the CRM (Код страны, country_kod)',
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
							description: 'Name that the CRM knows the field by, for example utm_source',
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
			placeholder: 'e.g. Образцова Анна Ивановна',
			description: 'Surname, first name and patronymic of the buyer (ФИО, fio)',
		},
		{
			displayName: 'IP Address',
			name: 'ip',
			type: 'string',
			default: '',
			placeholder: 'e.g. 203.0.113.7',
			description: 'Address that the buyer ordered from, IPv4 or IPv6 (IP адрес, ip)',
		},
		{
			displayName: 'Phone',
			name: 'phone',
			type: 'string',
			default: '',
			placeholder: 'e.g. +7 999 123-45-67',
			description: 'Phone number of the buyer, sent as typed (Номер телефона, phone)',
		},
		{
			displayName: 'Quantity',
			name: 'quantity',
			type: 'number',
			typeOptions: { minValue: 0, numberPrecision: 0 },
			default: 1,
			description: 'How many pieces of the product are ordered (Количество продукта, kolvo)',
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
		description:
			'Your number of the order. The CRM knows the order by it (Номер заказа, order_id).',
	},
	{
		displayName: 'Product Name',
		name: 'goodName',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. Чайник',
		description: 'Name of the ordered product, as the CRM knows it (Наименование товара, good_id)',
	},
	additionalFields,
];
