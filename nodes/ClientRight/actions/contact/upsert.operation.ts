import { dataModeFields, definedBelow, optionsField, shownFor } from '../../../shared/fields';
import { CONTACT_FIELDS, mobileKey, namesOf } from '../../webservice/records';
import type { ClientRightOperation } from '../operation';
import { callOptions, outputField, validateChecksumsOption } from '../options';
import { storeRecords } from '../store-records';
import { upsertNotice } from '../upsert-notice';
import { additionalFields, mandatoryFields, normalizeMobile } from './upsert.fields';

/** `contact.upsert`: creates a client, or updates the one with that mobile (`CreateContact`). */
export const upsert: ClientRightOperation = {
	fields: shownFor('contact', 'upsert', [
		upsertNotice('client', 'Mobile'),
		...dataModeFields(namesOf(CONTACT_FIELDS)),
		...mandatoryFields.flatMap((field) =>
			field.name === 'mobile' ? [definedBelow(field), normalizeMobile] : [definedBelow(field)],
		),
		definedBelow(additionalFields),
		outputField,
		optionsField(...callOptions, validateChecksumsOption),
	]),

	execute: async (run) =>
		await storeRecords(run, {
			operation: 'CreateContact',
			fields: CONTACT_FIELDS,
			effect: 'upsert',
			idName: 'contactId',
			keyOf: ({ mobile = '' }) => mobileKey(mobile),
		}),
};
