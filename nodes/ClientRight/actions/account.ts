import type { INodeProperties } from 'n8n-workflow';
import {
	dataModeFields,
	definedBelow,
	lockOption,
	optionsField,
	shownFor,
} from '../../shared/fields';
import { ACCOUNT_FIELDS, namesOf } from '../wire/records';
import {
	callOptions,
	type ClientRightOperation,
	outputField,
	upsertNotices,
	validateChecksumsOption,
} from './operation';
import { storeRecords } from './store-records';

/** The mandatory fields of `CreateAccount` (docs/protocols/clientright.md, 6.1). */
export const mandatoryFields: INodeProperties[] = [
	{
		displayName: 'Account Name',
		name: 'accountName',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. ООО "Три бобра"',
		description: 'Name of the company (Наименование юрлица, accountname)',
	},
	{
		displayName: 'INN',
		name: 'inn',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 1234567894',
		description: 'Tax number, 10 or 12 digits, by which the CRM finds the account (ИНН, inn)',
	},
	{
		displayName: 'OGRN',
		name: 'ogrn',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 1234567890127',
		description: 'State registration number, digits only (ОГРН, ogrn)',
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
			displayName: 'Address',
			name: 'address',
			type: 'string',
			default: '',
			description: 'Registered address (юридический адрес, address)',
		},
		{
			displayName: 'Email',
			name: 'email',
			type: 'string',
			placeholder: 'name@email.com',
			default: '',
			description: 'Email address, sent as typed (Емейл, email)',
		},
		{
			displayName: 'Phone',
			name: 'phone',
			type: 'string',
			default: '',
			placeholder: 'e.g. +7 928 664-66-11',
			description: 'Phone number, sent as typed (Телефон, phone)',
		},
		{
			displayName: 'Website',
			name: 'website',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://example.com',
			description: 'Address of the website, sent as typed (Сайт, website)',
		},
	],
};

/** `account.upsert`: creates a company, or updates the one with that INN (`CreateAccount`). */
export const upsert: ClientRightOperation = {
	fields: shownFor('account', 'upsert', [
		...upsertNotices('company', 'INN'),
		...dataModeFields(namesOf(ACCOUNT_FIELDS)),
		...[...mandatoryFields, additionalFields].map(definedBelow),
		outputField,
		optionsField(...callOptions, lockOption, validateChecksumsOption),
	]),

	execute: async (run) =>
		await storeRecords(run, {
			operation: 'CreateAccount',
			fields: ACCOUNT_FIELDS,
			effect: 'upsert',
			idName: 'accountId',
			module: 'Accounts',
			keyOf: ({ inn = '' }) => inn,
		}),
};

const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['account'] } },
	options: [
		{
			name: 'Create or Update',
			value: 'upsert',
			action: 'Create or update account',
			description: 'Create a new record, or update the current one if it already exists (upsert)',
		},
	],
	default: 'upsert',
};

export const accountOperations = { upsert };

export const accountFields: INodeProperties[] = [operationField, ...upsert.fields];
