import { moduleNamed } from './modules';
import {
	fullId,
	type RecordBook,
	type RecordKind,
	type StoredRecord,
	type WireFields,
} from './records';

/** The fields of an operation (docs/protocols/clientright.md, 5.1, 6.1 and 7.1). */
interface DocumentedFields {
	module: string;
	/** In the order in which the CRM names missing ones. */
	mandatory: readonly string[];
	optional: readonly string[];
	/** What vtiger calls a field, where that is not its name, with or without `cf_` in front. */
	ownNames: Readonly<Record<string, string>>;
}

const DOCUMENTED: Readonly<Record<RecordKind, DocumentedFields>> = {
	contact: {
		module: 'Contacts',
		mandatory: ['firstname', 'lastname', 'birthday', 'mobile', 'inn'],
		optional: ['secondname', 'email', 'tgid', 'birthplace', 'mailingstreet', 'requisites', 'code'],
		ownNames: { code: 'cf_smscode' },
	},
	account: {
		module: 'Accounts',
		mandatory: ['accountname', 'inn', 'ogrn'],
		optional: ['address', 'email', 'website', 'phone'],
		ownNames: { address: 'bill_street', email: 'email1' },
	},
	project: {
		module: 'Project',
		mandatory: ['contactid', 'offenderid'],
		optional: [
			...['agentid', 'sms', 'ip', 'source', 'region', 'formid', 'category', 'direction'],
			...['agrprice', 'subject', 'agrdate', 'startdate', 'finishdate', 'loss', 'servicecost'],
			...['progress', 'country', 'hotel', 'transport', 'insurance', 'other', 'description'],
			...['independently', 'claimdate', 'returned'],
		],
		ownNames: { contactid: 'linktoaccountscontacts' },
	},
};

export const RECORD_KINDS = Object.keys(DOCUMENTED) as RecordKind[];

export function moduleOf(kind: RecordKind): string {
	return DOCUMENTED[kind].module;
}

export function kindOf({ module }: StoredRecord): RecordKind | undefined {
	return RECORD_KINDS.find((kind) => moduleOf(kind) === module.name);
}

export function fieldNames(kind: RecordKind): string[] {
	const { mandatory, optional } = DOCUMENTED[kind];
	return [...mandatory, ...optional];
}

/** The names of mandatory fields that are empty, in the order of docs/protocols/clientright.md. */
export function missingFields(kind: RecordKind, fields: WireFields): string[] {
	return DOCUMENTED[kind].mandatory.filter((name) => !fields[name]);
}

/** What vtiger itself calls a documented field. */
function ownName(kind: RecordKind, name: string): string {
	const { module, ownNames } = DOCUMENTED[kind];
	const custom = `cf_${name}`;
	return ownNames[name] ?? (moduleNamed(module).fields.has(custom) ? custom : name);
}

const CONTACT_PREFIX = `${moduleNamed('Contacts').prefix}x`;

/** Documented fields as a record of the module has them. */
export function ownFields(kind: RecordKind, fields: WireFields): Record<string, string> {
	const own = Object.entries(fields).map(([name, value]) => {
		const isId = name === 'contactid' && value !== '';
		return [ownName(kind, name), isId ? CONTACT_PREFIX + value : value] as const;
	});
	const title = fields.category || fields.subject || 'Claim';
	return { ...Object.fromEntries(own), ...(kind === 'project' && { projectname: title }) };
}

/** The documented fields of a record. */
export function documentedFields(kind: RecordKind, { fields }: StoredRecord): WireFields {
	return Object.fromEntries(
		fieldNames(kind).map((name) => {
			const value = fields[ownName(kind, name)] ?? '';
			return [name, name === 'contactid' ? value.replace(CONTACT_PREFIX, '') : value];
		}),
	);
}

/**
 * The contact of an INN and an SMS code: its own code, or the one of a project of the contact
 * (both come from the form on which the phone number was confirmed).
 */
export function findClient(
	records: RecordBook,
	inn: string,
	sms: string,
): StoredRecord | undefined {
	const projects = records.all('Project').filter(({ fields }) => fields.cf_sms === sms);
	return records.all('Contacts').find((contact) => {
		const id = fullId(contact);
		const hasProject = projects.some(({ fields }) => fields.linktoaccountscontacts === id);
		const { cf_inn, cf_smscode } = contact.fields;
		return cf_inn === inn && (cf_smscode === sms || hasProject);
	});
}
