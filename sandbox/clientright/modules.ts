import { FIELD_TABLES } from './module-tables';

/** A field of a module. */
export interface Field {
	name: string;
	label: string;
	mandatory: boolean;
	editable: boolean;
	/** Whether the database may have null in it. */
	nullable: boolean;
	/** Whether it is null there while it is empty. */
	isNullWhenEmpty: boolean;
	/** vtiger's word for the kind of its values. */
	type: string;
	default: string;
	/** Of a picklist. */
	choices: ReadonlyArray<{ label: string; value: string }>;
	/** The modules whose records it refers to. */
	refersTo: readonly string[];
	/** Of a number. */
	decimals: number;
	/** What the number begins with that vtiger itself gives a new record, such as `CON`. */
	numbering: string;
}

/** A module of the CRM. */
export interface Module {
	name: string;
	label: string;
	singular: string;
	/** What its ids begin with; the recorded vtiger's, since they differ by installation. */
	prefix: string;
	/** Whether it has users' records, and not a list of the CRM's own. */
	isEntity: boolean;
	/** The fields that a record is called by. */
	labelFields: readonly string[];
	fields: ReadonlyMap<string, Field>;
}

const MODULE_LIST: readonly Module[] = [
	entity('Calendar', '9', 'Calendar', 'Task', 'subject'),
	entity('Leads', '10', 'Leads', 'Lead', 'firstname', 'lastname'),
	entity('Accounts', '11', 'Organizations', 'Organization', 'accountname'),
	entity('Contacts', '12', 'Contacts', 'Contact', 'firstname', 'lastname'),
	entity('Products', '14', 'Products', 'Product', 'productname'),
	entity('Documents', '15', 'Documents', 'Document', 'notes_title'),
	entity('HelpDesk', '17', 'Tickets', 'Ticket', 'ticket_title'),
	entity('Events', '18', 'Events', 'Event', 'subject'),
	entity('Users', '19', 'Users', 'User', 'first_name', 'last_name'),
	entity('Project', '29', 'Projects', 'Project', 'projectname'),
	entity('ModComments', '30', 'Comments', 'Comment', 'commentcontent'),
	list('Groups', '20', 'groupname'),
	list('Currency', '21', 'currency_name'),
	list('DocumentFolders', '22', 'foldername'),
];

/** By name, in the order of `listtypes`. */
export const MODULES: ReadonlyMap<string, Module> = new Map(
	MODULE_LIST.map((module) => [module.name, module]),
);

/** @param name as vtiger has it: its case counts */
export function moduleNamed(name: string): Module {
	const module = MODULES.get(name);
	if (!module) throw new Error(`There is no module "${name}"`);
	return module;
}

export function moduleOfPrefix(prefix: string): Module | undefined {
	return MODULE_LIST.find((module) => module.prefix === prefix);
}

function entity(
	name: string,
	prefix: string,
	label: string,
	singular: string,
	...labelFields: string[]
): Module {
	return { name, prefix, label, singular, labelFields, isEntity: true, fields: fieldsOf(name) };
}

function list(name: string, prefix: string, ...labelFields: string[]): Module {
	const fields = fieldsOf(name);
	return { name, prefix, label: name, singular: name, labelFields, isEntity: false, fields };
}

function fieldsOf(module: string): ReadonlyMap<string, Field> {
	const entries = (FIELD_TABLES[module] ?? '').trim().split(/\n| {2,}/);
	return new Map(entries.map(readField).map((field) => [field.name, field]));
}

/** Reads an entry of a table; module-tables.ts says how it is written. */
function readField(entry: string): Field {
	const [marked = '', label = '', kind = '', byDefault = ''] = entry.split('|');
	const [, name = '', marks = ''] = /^(\w+)(.*)$/.exec(marked) ?? [];
	const [, type = 'string', more = ''] = /^(\w+) ?(.*)$/.exec(kind) ?? [];
	return {
		name,
		label,
		mandatory: marks.includes('!'),
		editable: !marks.includes('-'),
		nullable: !marks.includes('#'),
		isNullWhenEmpty: marks.includes('~'),
		type: type === 'numbered' ? 'string' : type,
		default: byDefault,
		choices: type.endsWith('picklist') ? more.split(';').map(readChoice) : [],
		refersTo: type === 'reference' && more !== '' ? more.split(',') : [],
		decimals: type === 'currency' ? 8 : type === 'double' ? Number(more) : 0,
		numbering: type === 'numbered' ? more : '',
	};
}

function readChoice(text: string): { label: string; value: string } {
	const [value = '', label = value] = text.split('=');
	return { label, value };
}

/** The answer to `listtypes`. */
export function listTypes(modules: readonly Module[]): object {
	const information = modules.map(({ name, isEntity, label, singular }) => {
		return [name, { isEntity, label, singular }] as const;
	});
	return {
		types: modules.map(({ name }) => name),
		information: Object.fromEntries(information),
	};
}

/**
 * The answer to `describe`.
 *
 * @param dateFormat the user's own, which the description names and the wire does not use
 */
export function describeModule(module: Module, dateFormat: string): object {
	const { name, label, prefix, isEntity, labelFields, fields } = module;
	const described = [...fields.values()].map((field) => ({
		name: field.name,
		label: field.label,
		mandatory: field.mandatory,
		type: describeType(field, dateFormat),
		...(isEntity && { isunique: false }),
		nullable: field.nullable,
		editable: field.editable,
		...(isEntity && { default: field.default }),
	}));
	return {
		label,
		name,
		createable: true,
		updateable: true,
		deleteable: true,
		retrieveable: true,
		fields: isEntity ? [...described, idField(module)] : [idField(module), ...described],
		idPrefix: prefix,
		isEntity,
		...(isEntity && { allowDuplicates: false }),
		labelFields: labelFields.join(','),
	};
}

/** Names of the database's columns of ids. */
const ID_LABELS: Readonly<Record<string, string>> = {
	Calendar: 'activityid',
	Events: 'activityid',
	HelpDesk: 'ticketid',
	Documents: 'notesid',
	DocumentFolders: 'folderid',
	ModComments: 'modcommentsid',
	Users: 'id',
};

function idField({ name }: Module): object {
	const label = ID_LABELS[name] ?? `${name.toLowerCase().replace(/s$/, '')}id`;
	const type = { name: 'autogenerated' };
	return {
		name: 'id',
		label,
		mandatory: false,
		type,
		editable: false,
		nullable: false,
		default: '',
	};
}

/** What PHP takes at most, in bytes, as `describe` tells of fields that hold a file. */
const MOST_FILE_BYTES = 128 * 1024 * 1024;

function describeType({ type, choices, refersTo }: Field, dateFormat: string): object {
	return {
		...(type === 'date' && { format: dateFormat }),
		...(choices.length > 0 && { picklistValues: choices, defaultValue: choices[0]?.value }),
		...(type === 'reference' && { refersTo }),
		...(type === 'file' && { maxUploadFileSize: MOST_FILE_BYTES }),
		name: type,
	};
}
