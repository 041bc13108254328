import { dataModeFields, definedBelow, optionsField, shownFor } from '../../../shared/fields';
import { ACCOUNT_FIELDS, namesOf } from '../../webservice/records';
import type { ClientRightOperation } from '../operation';
import { callOptions, outputField, validateChecksumsOption } from '../options';
import { storeRecords } from '../store-records';
import { upsertNotice } from '../upsert-notice';
import { additionalFields, mandatoryFields } from './upsert.fields';

/** `account.upsert`: creates a company, or updates the one with that INN (`CreateAccount`). */
export const upsert: ClientRightOperation = {
	fields: shownFor('account', 'upsert', [
		upsertNotice('company', 'INN'),
		...dataModeFields(namesOf(ACCOUNT_FIELDS)),
		...[...mandatoryFields, additionalFields].map(definedBelow),
		outputField,
		optionsField(...callOptions, validateChecksumsOption),
	]),

	execute: async (run) =>
		await storeRecords(run, {
			operation: 'CreateAccount',
			fields: ACCOUNT_FIELDS,
			effect: 'upsert',
			idName: 'accountId',
			keyOf: ({ inn = '' }) => inn,
		}),
};
