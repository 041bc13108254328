import { day, inn, ogrn } from './text-values';
import { type DocumentedFields, id, mobile, text } from './values';

/** `CreateContact` (docs/protocols/clientright.md, 5.1). */
export const CONTACT_FIELDS: DocumentedFields = {
	firstName: {
		wire: 'firstname',
		write: text,
		mandatory: true,
		displayName: 'First Name',
		placeholder: 'e.g. Анна',
		description: 'First name of the client (Имя, firstname)',
	},
	secondName: {
		wire: 'secondname',
		write: text,
		displayName: 'Patronymic',
		description: 'Patronymic (Отчество, secondname)',
	},
	lastName: {
		wire: 'lastname',
		write: text,
		mandatory: true,
		displayName: 'Last Name',
		placeholder: 'e.g. Образцова',
		description: 'Last name of the client (Фамилия, lastname)',
	},
	mobile: {
		wire: 'mobile',
		write: mobile,
		mandatory: true,
		displayName: 'Mobile',
		placeholder: 'e.g. +7 900 000-00-01',
		description:
			"Mobile number, by which the CRM finds the contact (Телефон, mobile). It is sent as typed, unless 'Normalize Mobile' is on. A value without a phone, with several phones or with an extension is rejected.",
	},
	email: {
		wire: 'email',
		write: text,
		displayName: 'Email',
		placeholder: 'name@email.com',
		description: 'Email address, sent as typed (Емейл, email)',
	},
	telegramId: {
		wire: 'tgid',
		write: id,
		displayName: 'Telegram ID',
		placeholder: 'e.g. 123456789',
		description: 'Number of the client’s Telegram account, digits only (Telegram ID, tgid)',
	},
	birthday: {
		wire: 'birthday',
		write: day,
		mandatory: true,
		displayName: 'Birthday',
		placeholder: 'e.g. 1990-01-31',
		description:
			'Day of birth (День рождения, birthday), such as 1990-01-31 or 31.01.1990. If an expression gives a date and time other than midnight, the workflow’s time zone decides the day.',
	},
	birthPlace: {
		wire: 'birthplace',
		write: text,
		displayName: 'Birth Place',
		placeholder: 'e.g. г. Владивосток',
		description: 'Place of birth (Место рождения, birthplace)',
	},
	mailingStreet: {
		wire: 'mailingstreet',
		write: text,
		displayName: 'Residential Address',
		description: 'Address of residence (Адрес проживания, mailingstreet)',
	},
	inn: {
		wire: 'inn',
		write: inn,
		mandatory: true,
		displayName: 'INN',
		placeholder: 'e.g. 123456789047',
		description: 'Tax number of the client, 10 or 12 digits (ИНН, inn)',
	},
	requisites: {
		wire: 'requisites',
		write: text,
		displayName: 'Bank Details',
		description:
			'Bank details for money transfers (Реквизиты для перечисления средств, requisites)',
	},
	smsCode: {
		wire: 'code',
		write: text,
		displayName: 'SMS Code',
		placeholder: 'e.g. 4568',
		description: 'Code that confirmed the phone number (СМС код, code)',
	},
};

/** `CreateAccount` (docs/protocols/clientright.md, 6.1). */
export const ACCOUNT_FIELDS: DocumentedFields = {
	accountName: {
		wire: 'accountname',
		write: text,
		mandatory: true,
		displayName: 'Account Name',
		placeholder: 'e.g. ООО "Три бобра"',
		description: 'Name of the company (Наименование юрлица, accountname)',
	},
	address: {
		wire: 'address',
		write: text,
		displayName: 'Address',
		description: 'Registered address (юридический адрес, address)',
	},
	email: {
		wire: 'email',
		write: text,
		displayName: 'Email',
		placeholder: 'name@email.com',
		description: 'Email address, sent as typed (Емейл, email)',
	},
	website: {
		wire: 'website',
		write: text,
		displayName: 'Website',
		placeholder: 'e.g. https://example.com',
		description: 'Address of the website, sent as typed (Сайт, website)',
	},
	phone: {
		wire: 'phone',
		write: text,
		displayName: 'Phone',
		placeholder: 'e.g. +7 928 664-66-11',
		description: 'Phone number, sent as typed (Телефон, phone)',
	},
	inn: {
		wire: 'inn',
		write: inn,
		mandatory: true,
		displayName: 'INN',
		placeholder: 'e.g. 1234567894',
		description: 'Tax number, 10 or 12 digits, by which the CRM finds the account (ИНН, inn)',
	},
	ogrn: {
		wire: 'ogrn',
		write: ogrn,
		mandatory: true,
		displayName: 'OGRN',
		placeholder: 'e.g. 1234567890127',
		description: 'State registration number, digits only (ОГРН, ogrn)',
	},
};

/** `GetFilesList` (docs/protocols/clientright.md, 4.1). */
export const FILES_FIELDS: DocumentedFields = {
	inn: {
		wire: 'inn',
		write: inn,
		mandatory: true,
		displayName: 'INN',
		placeholder: 'e.g. 123456789047',
		description: 'Tax number that the client entered in the form, 10 or 12 digits (ИНН, inn)',
	},
	smsCode: {
		wire: 'sms',
		write: text,
		mandatory: true,
		displayName: 'SMS Code',
		placeholder: 'e.g. 4568',
		description: 'Code that confirmed the client’s phone number (СМС-код, sms)',
	},
};

export { FieldError } from '../../shared/wire/field-error';
export { checkModules, type PrefixedId, prefixedIds, PROJECT_FIELDS } from './project';
export {
	type DocumentedField,
	type DocumentedFields,
	type FieldTable,
	holdsUnstorable,
	mobileKey,
	namesOf,
	writeFields,
	type WritingRules,
} from './values';
