import type { FieldTable } from './fields';
import { inn } from './tax-numbers';
import { text } from './values';

/** `GetFilesList` (docs/protocols/clientright.md, 4.1). */
export const FILES_FIELDS: FieldTable = {
	inn: { wire: 'inn', write: inn, mandatory: true },
	smsCode: { wire: 'sms', write: text, mandatory: true },
};
