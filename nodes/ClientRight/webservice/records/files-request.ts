import type { FieldTable } from './fields';
import { inn } from './tax-numbers';
import { text } from './values';

/** `GetFilesList` (clientright-crm.md, section 4). */
export const FILES_FIELDS: FieldTable = {
	inn: { wire: 'inn', write: inn, mandatory: true },
	smsCode: { wire: 'sms', write: text, mandatory: true },
};
