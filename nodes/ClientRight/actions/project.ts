import type { INodeProperties } from 'n8n-workflow';
import { dataModeFields, definedBelow, optionsField, shownFor } from '../../shared/fields';
import { namesOf, PROJECT_FIELDS, PROJECT_IDS } from '../wire/records';
import { recordPicker } from './locator';
import { callOptions, type ClientRightOperation, outputField } from './operation';
import { storeRecords } from './store-records';

/** The mandatory fields of `CreateProject` (docs/protocols/clientright.md, 7.1). */
export const mandatoryFields: INodeProperties[] = [
	recordPicker(
		{
			displayName: 'Contact ID',
			name: 'contactId',
			description:
				"The client, or the ID that 'Contact: Create or Update' returned (ID клиента, contactid)",
			searchListMethod: 'searchContacts',
			one: 'a client',
			example: '83859',
			required: true,
		},
		'Contacts',
	),
	recordPicker(
		{
			displayName: 'Offender ID',
			name: 'offenderId',
			description:
				"The offending company, or the ID that 'Account: Create or Update' returned for it (ID контрагента-обидчика, offenderid)",
			searchListMethod: 'searchAccounts',
			one: 'a company',
			example: '83837',
			required: true,
		},
		'Accounts',
	),
];

/** The other fields, in the order of their labels. */
export const additionalFields: INodeProperties = {
	displayName: 'Additional Fields',
	name: 'additionalFields',
	type: 'collection',
	placeholder: 'Add Field',
	default: {},
	options: [
		recordPicker(
			{
				displayName: 'Agent ID',
				name: 'agentId',
				description:
					'The intermediary’s account, if there was one, or its ID (ID контрагента-посредника, agentid)',
				searchListMethod: 'searchAccounts',
				one: 'a company',
				example: '83838',
			},
			'Accounts',
		),
		{
			displayName: 'Amount Returned',
			name: 'returned',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0,
			description:
				'Amount returned in the pre-trial procedure (Вернули в претензионном порядке, returned)',
		},
		{
			displayName: 'Category',
			name: 'category',
			type: 'string',
			default: '',
			description: 'Category of the inquiry (Категория обращения, category)',
		},
		{
			displayName: 'Claim Date',
			name: 'claimDate',
			type: 'dateTime',
			typeOptions: { dateOnly: true },
			default: '',
			description: 'Date on which the claim was sent (Дата направления претензии, claimdate)',
		},
		{
			displayName: 'Contract Date',
			name: 'agreementDate',
			type: 'dateTime',
			typeOptions: { dateOnly: true },
			default: '',
			description: 'Date of the contract (Дата заключения договора, agrdate)',
		},
		{
			displayName: 'Contract Price',
			name: 'agreementPrice',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0,
			description: 'Contract price (Цена договора, agrprice)',
		},
		{
			displayName: 'Country',
			name: 'country',
			type: 'string',
			default: '',
			description: 'Country of travel (Страна путешествия, country)',
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
			description: 'Subject area of the inquiry (Направление обращения, direction)',
		},
		{
			displayName: 'Finish Date',
			name: 'finishDate',
			type: 'dateTime',
			typeOptions: { dateOnly: true },
			default: '',
			description: 'Last day of the term (Срок конечный, finishdate)',
		},
		{
			displayName: 'Form ID',
			name: 'formId',
			type: 'string',
			default: '',
			placeholder: 'e.g. 1376',
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
			displayName: 'Insurance',
			name: 'insurance',
			type: 'boolean',
			default: false,
			description:
				'Whether there is insurance (Страховка (страховая), insurance). It is sent as да or нет.',
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
			displayName: 'Loss Amount',
			name: 'loss',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0,
			description: 'Amount of the loss (Убыток, loss)',
		},
		{
			displayName: 'Other Information',
			name: 'other',
			type: 'string',
			default: '',
			description: 'Any information without its own field (Прочее, other)',
		},
		{
			displayName: 'Pre-Trial Procedure Followed',
			name: 'independently',
			type: 'boolean',
			default: false,
			description:
				'Whether the client has already followed the pre-trial procedure without help (Самостоятельно соблюден претензионный порядок, independently). It is sent as да or нет.',
		},
		{
			displayName: 'Progress (%)',
			name: 'progress',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0,
			description: 'Progress in percent (Прогресс в %, progress)',
		},
		{
			displayName: 'Region',
			name: 'region',
			type: 'string',
			default: '',
			placeholder: 'e.g. Владивосток',
			description:
				'Region the inquiry came from (Регион пользователя, откуда поступило обращение, region)',
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
			placeholder: 'e.g. 1234',
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
			typeOptions: { dateOnly: true },
			default: '',
			description: 'First day of the term (Срок начальный, startdate)',
		},
		{
			displayName: 'Subject',
			name: 'subject',
			type: 'string',
			default: '',
			description: 'Subject of the contract (Предмет договора, subject)',
		},
		{
			displayName: 'Transport Services',
			name: 'transport',
			type: 'boolean',
			default: false,
			description:
				'Whether transport services were included (Транспортные услуги, transport). It is sent as да or нет.',
		},
	],
};

/** `project.create`: creates a project of a client (`CreateProject`), never twice. */
export const create: ClientRightOperation = {
	fields: shownFor('project', 'create', [
		...dataModeFields(namesOf(PROJECT_FIELDS)),
		...[...mandatoryFields, additionalFields].map(definedBelow),
		outputField,
		optionsField(...callOptions),
	]),

	execute: async (run) =>
		await storeRecords(run, {
			operation: 'CreateProject',
			fields: PROJECT_FIELDS,
			ids: PROJECT_IDS,
			effect: 'write',
			idName: 'projectId',
			module: 'Project',
		}),
};

const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['project'] } },
	options: [
		{
			name: 'Create',
			value: 'create',
			action: 'Create project',
			description: 'Create a project for a client and an offending company (CreateProject)',
		},
	],
	default: 'create',
};

export const projectOperations = { create };

export const projectFields: INodeProperties[] = [operationField, ...create.fields];
