import { dataModeFields, definedBelow, optionsField, shownFor } from '../../../shared/fields';
import { PROJECT_FIELDS, PROJECT_IDS, namesOf } from '../../webservice/records';
import type { ClientRightOperation } from '../operation';
import { callOptions, outputField } from '../options';
import { storeRecords } from '../store-records';
import { additionalFields, mandatoryFields } from './create.fields';

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
		}),
};
