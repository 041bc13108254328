import { day, inn, ogrn } from './text-values';
import {
	amount,
	FieldError,
	type FieldTable,
	id,
	idPrefix,
	mobile,
	recordId,
	previewValue,
	text,
	yesNo,
} from './values';

/** The modules of the IDs in fields, by field name. */
export type IdModules = Readonly<Record<string, string>>;

/** An ID of vtiger's own form, `12x83859`, whose first number is that of the module. */
export interface PrefixedId {
	field: string;
	/** The module that the ID must belong to. */
	module: string;
	prefix: string;
	value: unknown;
}

/**
 * Returns the IDs of an item that contain the number of their module.
 *
 * @throws FieldError when the IDs of two modules have the same number: one of them is wrong, and a claim would
 *   be about another person or company
 *
 * @example
 * clientright.prefixedIds(clientright.PROJECT_IDS, { contactId: '12x7', offenderId: '8' });
 * // => [{ field: 'contactId', module: 'Contacts', prefix: '12', value: '12x7' }]
 */
export function prefixedIds(
	modules: IdModules,
	input: Readonly<Record<string, unknown>>,
): PrefixedId[] {
	const ids = Object.entries(modules).flatMap(([field, module]): PrefixedId[] => {
		const value = input[field];
		const prefix = idPrefix(value);
		return prefix === undefined ? [] : [{ field, module, prefix, value }];
	});
	ids.forEach((id, at) => {
		const earlier = ids
			.slice(0, at)
			.find(({ module, prefix }) => module !== id.module && prefix === id.prefix);
		if (earlier) throw sameModule(earlier, id);
	});
	return ids;
}

/**
 * Checks the modules of IDs.
 *
 * @param prefixes the numbers of the modules, if the CRM returns them
 * @throws FieldError for an ID of another module than that of its field
 *
 * @example
 * const ids = clientright.prefixedIds(clientright.PROJECT_IDS, { contactId: '11x7' });
 * clientright.checkModules(ids, new Map([['Contacts', '12']]));
 * // throws FieldError: must be the ID of a record in Contacts, which starts with "12x", not "11x7"
 */
export function checkModules(
	ids: readonly PrefixedId[],
	prefixes: ReadonlyMap<string, string>,
): void {
	for (const { field, module, prefix, value } of ids) {
		const right = prefixes.get(module);
		if (right === undefined || right === prefix) continue;
		throw new FieldError(
			field,
			`must be the ID of a record in ${module}, which starts with "${right}x", not "${previewValue(value)}"`,
		);
	}
}

function sameModule(one: PrefixedId, other: PrefixedId): FieldError {
	return new FieldError(
		other.field,
		`must be the ID of a record in ${other.module}, not "${previewValue(other.value)}": the ID in "${one.field}", of a record in ${one.module}, also starts with "${one.prefix}x"`,
	);
}

/** `CreateContact` (docs/protocols/clientright.md, 5.1). */
export const CONTACT_FIELDS: FieldTable = {
	firstName: { wire: 'firstname', write: text, mandatory: true },
	secondName: { wire: 'secondname', write: text },
	lastName: { wire: 'lastname', write: text, mandatory: true },
	mobile: { wire: 'mobile', write: mobile, mandatory: true },
	email: { wire: 'email', write: text },
	telegramId: { wire: 'tgid', write: id },
	birthday: { wire: 'birthday', write: day, mandatory: true },
	birthPlace: { wire: 'birthplace', write: text },
	mailingStreet: { wire: 'mailingstreet', write: text },
	inn: { wire: 'inn', write: inn, mandatory: true },
	requisites: { wire: 'requisites', write: text },
	smsCode: { wire: 'code', write: text },
};

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

/**
 * `CreateProject` (docs/protocols/clientright.md, 7.1). The CRM's own table names the operation
 * CreateAccount (docs/protocols/clientright.md, 8.1).
 */
export const PROJECT_FIELDS: FieldTable = {
	contactId: { wire: 'contactid', write: recordId, mandatory: true },
	offenderId: { wire: 'offenderid', write: recordId, mandatory: true },
	agentId: { wire: 'agentid', write: recordId },
	smsCode: { wire: 'sms', write: text },
	ip: { wire: 'ip', write: text },
	source: { wire: 'source', write: text },
	region: { wire: 'region', write: text },
	formId: { wire: 'formid', write: recordId },
	category: { wire: 'category', write: text },
	direction: { wire: 'direction', write: text },
	agreementPrice: { wire: 'agrprice', write: amount },
	subject: { wire: 'subject', write: text },
	agreementDate: { wire: 'agrdate', write: day },
	startDate: { wire: 'startdate', write: day },
	finishDate: { wire: 'finishdate', write: day },
	loss: { wire: 'loss', write: amount },
	serviceCost: { wire: 'servicecost', write: amount },
	progress: { wire: 'progress', write: amount },
	country: { wire: 'country', write: text },
	hotel: { wire: 'hotel', write: text },
	transport: { wire: 'transport', write: yesNo },
	insurance: { wire: 'insurance', write: yesNo },
	other: { wire: 'other', write: text },
	description: { wire: 'description', write: text },
	independently: { wire: 'independently', write: yesNo },
	claimDate: { wire: 'claimdate', write: day },
	returned: { wire: 'returned', write: amount },
};

/** The modules of the IDs. That of a form is not known (docs/protocols/clientright.md, 7.4). */
export const PROJECT_IDS: IdModules = {
	contactId: 'Contacts',
	offenderId: 'Accounts',
	agentId: 'Accounts',
};

/** `GetFilesList` (docs/protocols/clientright.md, 4.1). */
export const FILES_FIELDS: FieldTable = {
	inn: { wire: 'inn', write: inn, mandatory: true },
	smsCode: { wire: 'sms', write: text, mandatory: true },
};

export {
	FieldError,
	type FieldTable,
	holdsUnstorable,
	mobileKey,
	namesOf,
	writeFields,
	type WritingRules,
} from './values';
