import { day } from './date';
import type { FieldTable } from './fields';
import { mobile } from './mobile';
import { inn } from './tax-numbers';
import { id, text } from './values';

/** `CreateContact` (docs/protocols/clientright.md, 5.1). */
export const CONTACT_FIELDS: FieldTable = {
	firstName: { wire: 'firstname', write: text, mandatory: true },
	secondName: { wire: 'secondname', write: text },
	lastName: { wire: 'lastname', write: text, mandatory: true },
	mobile: { wire: 'mobile', write: mobile, mandatory: true },
	email: { wire: 'email', write: text },
	telegramId: { wire: 'tgid', write: id },
	birthday: { wire: 'birthday', write: day, mandatory: true },
	birthPlace: { wire: 'birthplace', write: text },
	mailingStreet: { wire: 'mailingstreet', write: text },
	inn: { wire: 'inn', write: inn, mandatory: true },
	requisites: { wire: 'requisites', write: text },
	smsCode: { wire: 'code', write: text },
};
