import { SandboxControlError } from '../control';
import type { RecordKind } from './record-types';

/** What the document says of the fields of an operation. */
interface DocumentedFields {
	/** In the order in which the CRM names missing ones. */
	mandatory: readonly string[];
	optional: readonly string[];
}

/** Sections 5 to 7 of the document. */
export const DOCUMENTED_FIELDS: Readonly<Record<RecordKind, DocumentedFields>> = {
	contact: {
		mandatory: ['firstname', 'lastname', 'birthday', 'mobile', 'inn'],
		optional: ['secondname', 'email', 'tgid', 'birthplace', 'mailingstreet', 'requisites', 'code'],
	},
	account: {
		mandatory: ['accountname', 'inn', 'ogrn'],
		optional: ['address', 'email', 'website', 'phone'],
	},
	project: {
		mandatory: ['contactid', 'offenderid'],
		optional: [
			'agentid',
			'sms',
			'ip',
			'source',
			'region',
			'formid',
			'category',
			'direction',
			'agrprice',
			'subject',
			'agrdate',
			'startdate',
			'finishdate',
			'loss',
			'servicecost',
			'progress',
			'country',
			'hotel',
			'transport',
			'insurance',
			'other',
			'description',
			'independently',
			'claimdate',
			'returned',
		],
	},
};

export function fieldNames(kind: RecordKind): string[] {
	const { mandatory, optional } = DOCUMENTED_FIELDS[kind];
	return [...mandatory, ...optional];
}

/** @throws SandboxControlError for a name that the document does not have */
export function checkFieldNames(kind: RecordKind, fields: object): void {
	const names = fieldNames(kind);
	for (const [name, value] of Object.entries(fields)) {
		if (!names.includes(name)) {
			throw new SandboxControlError(`There is no field "${name}". There are: ${names.join(', ')}`);
		}
		if (typeof value !== 'string') throw new SandboxControlError(`"${name}" must be a text`);
	}
}
