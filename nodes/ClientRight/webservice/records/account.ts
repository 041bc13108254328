import type { FieldTable } from './fields';
import { inn, ogrn } from './tax-numbers';
import { text } from './values';

/** `CreateAccount` (docs/protocols/clientright.md, 6.1). */
export const ACCOUNT_FIELDS: FieldTable = {
	accountName: { wire: 'accountname', write: text, mandatory: true },
	address: { wire: 'address', write: text },
	email: { wire: 'email', write: text },
	website: { wire: 'website', write: text },
	phone: { wire: 'phone', write: text },
	inn: { wire: 'inn', write: inn, mandatory: true },
	ogrn: { wire: 'ogrn', write: ogrn, mandatory: true },
};
