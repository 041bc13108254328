import type { IDataObject, INodeProperties } from 'n8n-workflow';
import {
	dataModeFields,
	definedBelow,
	limitFields,
	optionsField,
	readLimit,
	shownFor,
} from '../../../shared/fields';
import { runItems } from '../../../shared/items';
import { fileAddress } from '../../webservice/file-address';
import type { WireFields } from '../../webservice/form';
import { FILES_FIELDS, namesOf, writeFields } from '../../webservice/records';
import { readingResult } from '../../webservice/result-failures';
import { readFiles } from '../../webservice/results';
import { checked } from '../checked';
import { inputOf } from '../input';
import type { ClientRightOperation } from '../operation';
import { callOptions, outputField, validateChecksumsOption } from '../options';

const OPERATION = 'GetFilesList';

const clientFields: INodeProperties[] = [
	{
		displayName: 'INN',
		name: 'inn',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 123456789047',
		description: 'Tax number that the client gave on the form, 12 digits, or 10 (ИНН, inn)',
	},
	{
		displayName: 'SMS Code',
		name: 'smsCode',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 4568',
		description: 'Code that confirmed the client’s phone number (СМС-код, sms)',
	},
];

/** `file.getAll`: the files of a client's card, an item each (`GetFilesList`). */
export const getAll: ClientRightOperation = {
	fields: shownFor('file', 'getAll', [
		{
			displayName:
				'The client must have been registered in the CRM by its form (<b>capture.php</b>) before. Use the INN and the SMS code that were given there.',
			name: 'captureNotice',
			type: 'notice',
			default: '',
		},
		...dataModeFields(namesOf(FILES_FIELDS)),
		...clientFields.map(definedBelow),
		...limitFields,
		outputField,
		optionsField(...callOptions, validateChecksumsOption),
	]),

	async execute(run) {
		const input = inputOf(run, FILES_FIELDS);
		return await runItems<{ fields: WireFields; limit: number }>(
			run.node,
			{
				isWrite: false,
				prepare: (item) => ({
					fields: checked(run.fields, () => writeFields(FILES_FIELDS, input(item), run.rules)),
					limit: readLimit(run.parameter, item),
				}),
				carryOut: async ({ fields, limit }, signal) => {
					const { result } = await run.client.call(
						{ operation: OPERATION, method: 'POST', fields },
						{ effect: 'read', signal },
					);
					return readingResult(() => readFiles(OPERATION, result))
						.slice(0, limit)
						.map(({ title, path, raw }): IDataObject =>
							run.raw
								? (raw as IDataObject)
								: { title, path, url: fileAddress(path, run.credential.url) },
						);
				},
			},
			run.concurrency,
		);
	},
};
