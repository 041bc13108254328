import type { INodeProperties } from 'n8n-workflow';

/** The mandatory fields of `CreateProject` (clientright-crm.md, section 7). */
export const mandatoryFields: INodeProperties[] = [
	{
		displayName: 'Contact ID',
		name: 'contactId',
		type: 'string',
		default: '',
		required: true,
		description: 'ID that “Contact: Create or Update” gave (ID клиента, contactid)',
	},
	{
		displayName: 'Offender ID',
		name: 'offenderId',
		type: 'string',
		default: '',
		required: true,
		description:
			'ID that “Account: Create or Update” gave for the offending company (ID контрагента-обидчика, offenderid)',
	},
];

/** The other fields, in the order of their labels. */
export const additionalFields: INodeProperties = {
	displayName: 'Additional Fields',
	name: 'additionalFields',
	type: 'collection',
	placeholder: 'Add Field',
	default: {},
	options: [
		{
			displayName: 'Agent ID',
			name: 'agentId',
			type: 'string',
			default: '',
			description:
				'ID of the go-between’s account, if there was one (ID контрагента-посредника, agentid)',
		},
		{
			displayName: 'Agreement Date',
			name: 'agreementDate',
			type: 'dateTime',
			default: '',
			description: 'Day on which the agreement was made (Дата заключения договора, agrdate)',
		},
		{
			displayName: 'Agreement Price',
			name: 'agreementPrice',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0,
			description: 'Price by the agreement (Цена договора, agrprice)',
		},
		{
			displayName: 'Category',
			name: 'category',
			type: 'string',
			default: '',
			description: 'Category of the appeal (Категория обращения, category)',
		},
		{
			displayName: 'Claim Date',
			name: 'claimDate',
			type: 'dateTime',
			default: '',
			description: 'Day on which the claim was sent (Дата направления претензии, claimdate)',
		},
		{
			displayName: 'Country',
			name: 'country',
			type: 'string',
			default: '',
			description: 'Country of the journey (Страна путешествия, country)',
		},
		{
			displayName: 'Description',
			name: 'description',
			type: 'string',
			typeOptions: { rows: 4 },
			default: '',
			description: 'What happened (Описание, description)',
		},
		{
			displayName: 'Direction',
			name: 'direction',
			type: 'string',
			default: '',
			description: 'Direction of the appeal (Направление обращения, direction)',
		},
		{
			displayName: 'Finish Date',
			name: 'finishDate',
			type: 'dateTime',
			default: '',
			description: 'Last day of the term (Срок конечный, finishdate)',
		},
		{
			displayName: 'Form ID',
			name: 'formId',
			type: 'string',
			default: '',
			description: 'Number of the form, digits only (ID формы, formid)',
		},
		{
			displayName: 'Hotel',
			name: 'hotel',
			type: 'string',
			default: '',
			description: 'Where the client was to stay (Средство размещения (отель), hotel)',
		},
		{
			displayName: 'Independently',
			name: 'independently',
			type: 'boolean',
			default: false,
			description:
				'Whether the client observed the claim procedure without help (Самостоятельно соблюден претензионный порядок, independently). It is sent as да or нет.',
		},
		{
			displayName: 'Insurance',
			name: 'insurance',
			type: 'boolean',
			default: false,
			description:
				'Whether there is an insurance (Страховка (страховая), insurance). It is sent as да or нет.',
		},
		{
			displayName: 'IP Address',
			name: 'ip',
			type: 'string',
			default: '',
			placeholder: 'e.g. 203.0.113.7',
			description: 'Address that the user’s request came from (ip пользователя, ip)',
		},
		{
			displayName: 'Loss',
			name: 'loss',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0,
			description: 'Amount of the loss (Убыток, loss)',
		},
		{
			displayName: 'Other',
			name: 'other',
			type: 'string',
			default: '',
			description: 'Anything else (Прочее, other)',
		},
		{
			displayName: 'Progress',
			name: 'progress',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0,
			description: 'Progress of the service in percent (Прогресс в %, progress)',
		},
		{
			displayName: 'Region',
			name: 'region',
			type: 'string',
			default: '',
			description:
				'Region that the user’s appeal came from (Регион пользователя, откуда поступило обращение, region)',
		},
		{
			displayName: 'Returned',
			name: 'returned',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0,
			description:
				'Amount paid back in the claim procedure (Вернули в претензионном порядке, returned)',
		},
		{
			displayName: 'Service Cost',
			name: 'serviceCost',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0,
			description: 'Cost of the service received (Стоимость полученной услуги, servicecost)',
		},
		{
			displayName: 'SMS Code',
			name: 'smsCode',
			type: 'string',
			default: '',
			description: 'Code that confirmed the phone number (Код из смс, sms)',
		},
		{
			displayName: 'Source',
			name: 'source',
			type: 'string',
			default: '',
			description: 'Where the client came from (Откуда пришли, source)',
		},
		{
			displayName: 'Start Date',
			name: 'startDate',
			type: 'dateTime',
			default: '',
			description: 'First day of the term (Срок начальный, startdate)',
		},
		{
			displayName: 'Subject',
			name: 'subject',
			type: 'string',
			default: '',
			description: 'What the agreement is about (Предмет договора, subject)',
		},
		{
			displayName: 'Transport',
			name: 'transport',
			type: 'boolean',
			default: false,
			description:
				'Whether there were transport services (Транспортные услуги, transport). It is sent as да or нет.',
		},
	],
};
