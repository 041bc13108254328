import type { INodeProperties } from 'n8n-workflow';
import { FieldError } from '../wire/records';

/** What a picker is for. */
interface Picker {
	displayName: string;
	name: string;
	description: string;
	/** The method that lists what can be chosen. */
	searchListMethod: string;
	/** What is chosen, with its article. */
	one: string;
	/** An ID of one. */
	example: string;
	required?: true;
}

/**
 * A picker of a record: from a list, by ID, or by the URL of its page in the CRM.
 *
 * @param module that the page in the example is of
 */
export function recordPicker(picker: Picker, module: string): INodeProperties {
	const { displayName, name, description, searchListMethod, one, example, required } = picker;
	return {
		displayName,
		name,
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		...(required && { required }),
		description,
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: `Select ${one}…`,
				typeOptions: { searchListMethod, searchable: true },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: `e.g. ${example}`,
				validation: [
					{
						type: 'regex',
						properties: {
							regex: '^\\s*([1-9][0-9]*x)?[1-9][0-9]*\\s*$',
							errorMessage: `An ID is a number, or two with an x between them, such as ${example}`,
						},
					},
				],
			},
			{
				displayName: 'By URL',
				name: 'url',
				type: 'string',
				placeholder: `e.g. https://crm.clientright.ru/index.php?module=${module}&view=Detail&record=83859`,
				hint: 'Address of the record’s page in the CRM',
				validation: [
					{
						type: 'regex',
						properties: {
							regex: '.*[?&]record=[0-9]+.*',
							errorMessage: 'The address of a record’s page has record= and a number in it',
						},
					},
				],
			},
		],
	};
}

/** Which record it is about. */
export const recordIdField = recordPicker(
	{
		displayName: 'Record',
		name: 'recordId',
		description: 'The record (запись), such as 12x83859. A plain number is a record of the module.',
		searchListMethod: 'searchRecords',
		one: 'a record',
		example: '12x83859',
		required: true,
	},
	'Contacts',
);

const folderPicker = recordPicker(
	{
		displayName: 'Folder',
		name: 'folder',
		description: 'Folder for the document (папка). If empty, the CRM uses its folder Default.',
		searchListMethod: 'searchFolders',
		one: 'a folder',
		example: '22x1',
	},
	'DocumentFolders',
);

/** A folder of documents, which has no page in the CRM. */
export const folderField: INodeProperties = {
	...folderPicker,
	modes: (folderPicker.modes ?? []).filter(({ name }) => name !== 'url'),
};

const RECORD_IN_URL = /[?&]record=(\d+)/;
const MODULE_IN_URL = /[?&]module=(\w+)/;
/** Tasks and events have one calendar, and one kind of page. */
const CALENDAR = ['Calendar', 'Events'];

/**
 * Takes the ID out of what a picker gives: a resource locator, or a plain text or number, as an expression
 * and workflows of older versions have it. The URL of a record's page gives its number.
 *
 * @param field of the picker, for errors
 * @param module that the record must be of; any without one
 * @throws FieldError for the page of another module's record
 */
export function locatedId(value: unknown, field = 'recordId', module?: string): unknown {
	const isLocated = typeof value === 'object' && value !== null && 'value' in value;
	const given = isLocated ? value.value : value;
	if (typeof given !== 'string') return given;
	const number = RECORD_IN_URL.exec(given)?.[1];
	if (number === undefined) return given;
	const shown = MODULE_IN_URL.exec(given)?.[1];
	if (module !== undefined && shown !== undefined && !isSameModule(module, shown)) {
		throw new FieldError(field, `must be the page of a record in ${module}, not in ${shown}`);
	}
	return number;
}

function isSameModule(one: string, other: string): boolean {
	return one === other || [one, other].every((name) => CALENDAR.includes(name));
}
