import { SandboxControlError } from '../control';
import type { RecordKind } from './record-types';

/** The fields of an operation (docs/protocols/clientright.md, 5.1, 6.1 and 7.1). */
interface DocumentedFields {
	/** In the order in which the CRM names missing ones. */
	mandatory: readonly string[];
	optional: readonly string[];
}

/** By docs/protocols/clientright.md, 5.1, 6.1 and 7.1. */
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

/** @throws SandboxControlError for a name that docs/protocols/clientright.md does not have */
export function checkFieldNames(kind: RecordKind, fields: object): void {
	const names = fieldNames(kind);
	for (const [name, value] of Object.entries(fields)) {
		if (!names.includes(name)) {
			throw new SandboxControlError(`There is no field "${name}". There are: ${names.join(', ')}`);
		}
		if (typeof value !== 'string') throw new SandboxControlError(`"${name}" must be a text`);
	}
}
