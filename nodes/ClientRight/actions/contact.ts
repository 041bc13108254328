import type { INodeProperties } from 'n8n-workflow';
import {
	dataModeFields,
	definedBelow,
	lockOption,
	optionsField,
	shownFor,
} from '../../shared/fields';
import { CONTACT_FIELDS, mobileKey, namesOf } from '../wire/records';
import {
	callOptions,
	type ClientRightOperation,
	outputField,
	upsertNotices,
	validateChecksumsOption,
} from './operation';
import { storeRecords } from './store-records';

/** The mandatory fields of `CreateContact` (docs/protocols/clientright.md, 5.1). */
export const mandatoryFields: INodeProperties[] = [
	{
		displayName: 'First Name',
		name: 'firstName',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. Анна',
		description: 'First name of the client (Имя, firstname)',
	},
	{
		displayName: 'Last Name',
		name: 'lastName',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. Образцова',
		description: 'Last name of the client (Фамилия, lastname)',
	},
	{
		displayName: 'Birthday',
		name: 'birthday',
		placeholder: 'e.g. 1990-01-31',
		type: 'dateTime',
		typeOptions: { dateOnly: true },
		default: '',
		required: true,
		description:
			'Day of birth (День рождения, birthday), such as 1990-01-31 or 31.01.1990. If an expression gives a date and time other than midnight, the workflow’s time zone decides the day.',
	},
	{
		displayName: 'Mobile',
		name: 'mobile',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. +7 900 000-00-01',
		description:
			"Mobile number, by which the CRM finds the contact (Телефон, mobile). It is sent as typed, unless 'Normalize Mobile' is on. A value without a phone, with several phones or with an extension is rejected.",
	},
	{
		displayName: 'INN',
		name: 'inn',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 123456789047',
		description: 'Tax number of the client, 10 or 12 digits (ИНН, inn)',
	},
];

/** Stands beside Mobile, and also where the fields come from the items: it decides whose record it is. */
export const normalizeMobile: INodeProperties = {
	displayName: 'Normalize Mobile',
	name: 'normalizeMobile',
	type: 'boolean',
	default: false,
	description:
		'Whether to send the mobile number as +7XXXXXXXXXX. If off, the CRM treats 8 916… and +7 916… as two clients, because it compares numbers as text.',
};

/** The other fields, in the order of their labels. */
export const additionalFields: INodeProperties = {
	displayName: 'Additional Fields',
	name: 'additionalFields',
	type: 'collection',
	placeholder: 'Add Field',
	default: {},
	options: [
		{
			displayName: 'Bank Details',
			name: 'requisites',
			type: 'string',
			default: '',
			description:
				'Bank details for money transfers (Реквизиты для перечисления средств, requisites)',
		},
		{
			displayName: 'Birth Place',
			name: 'birthPlace',
			type: 'string',
			default: '',
			placeholder: 'e.g. г. Владивосток',
			description: 'Place of birth (Место рождения, birthplace)',
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
			displayName: 'Patronymic',
			name: 'secondName',
			type: 'string',
			default: '',
			description: 'Patronymic (Отчество, secondname)',
		},
		{
			displayName: 'Residential Address',
			name: 'mailingStreet',
			type: 'string',
			default: '',
			description: 'Address of residence (Адрес проживания, mailingstreet)',
		},
		{
			displayName: 'SMS Code',
			name: 'smsCode',
			type: 'string',
			default: '',
			placeholder: 'e.g. 4568',
			description: 'Code that confirmed the phone number (СМС код, code)',
		},
		{
			displayName: 'Telegram ID',
			name: 'telegramId',
			type: 'string',
			default: '',
			placeholder: 'e.g. 123456789',
			description: 'Number of the client’s Telegram account, digits only (Telegram ID, tgid)',
		},
	],
};

/** `contact.upsert`: creates a client, or updates the one with that mobile (`CreateContact`). */
export const upsert: ClientRightOperation = {
	fields: shownFor('contact', 'upsert', [
		...upsertNotices('client', 'Mobile'),
		...dataModeFields(namesOf(CONTACT_FIELDS)),
		...mandatoryFields.flatMap((field) =>
			field.name === 'mobile' ? [definedBelow(field), normalizeMobile] : [definedBelow(field)],
		),
		definedBelow(additionalFields),
		outputField,
		optionsField(...callOptions, lockOption, validateChecksumsOption),
	]),

	execute: async (run) =>
		await storeRecords(run, {
			operation: 'CreateContact',
			fields: CONTACT_FIELDS,
			effect: 'upsert',
			idName: 'contactId',
			module: 'Contacts',
			keyOf: ({ mobile = '' }) => mobileKey(mobile),
		}),
};

const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['contact'] } },
	options: [
		{
			name: 'Create or Update',
			value: 'upsert',
			action: 'Create or update contact',
			description: 'Create a new record, or update the current one if it already exists (upsert)',
		},
	],
	default: 'upsert',
};

export const contactOperations = { upsert };

export const contactFields: INodeProperties[] = [operationField, ...upsert.fields];
