import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { columnsOf, definedBelow, isAutoMapped } from '../../shared/fields';
import { ElektrikInputError, hashPhone, readPhoneHash } from '../protocol';
import type { ElektrikRun } from './operation';

/** The fields that say whom an operation is about; one of them is enough. */
export const electricianFields: INodeProperties[] = [
	definedBelow({
		displayName: 'Phone',
		name: 'phone',
		type: 'string',
		default: '',
		placeholder: 'e.g. +7 (900) 000-00-01',
		description:
			'The electrician’s phone, however it is written. It is not sent, only its hash is. Leave it empty to give a hash.',
	}),
	definedBelow({
		displayName: 'Phone Hash',
		name: 'phoneHash',
		type: 'string',
		default: '',
		placeholder: 'e.g. 0123456789abcdef0123456789abcdef',
		description: 'The md5 of phone and UID, in place of the phone',
	}),
];

/** Gives the values of an item by the names of the fields. */
export type InputReader = (item: number) => IDataObject;

/** Where values come from: the items' properties, or the fields of the node. */
export function inputOf(run: ElektrikRun, names: readonly string[]): InputReader {
	if (isAutoMapped(run.parameter)) return (item) => columnsOf(run.items[item]!.json, names);
	return (item) =>
		Object.fromEntries(names.map((name) => [name, run.parameter(name, item, '')])) as IDataObject;
}

/**
 * The phone hash of whom an item is about.
 *
 * @throws ElektrikInputError when neither or no proper one is given, or both and they differ
 */
export function phoneHashOf({ phone, phoneHash }: IDataObject, uid: string): string {
	if (isEmpty(phoneHash)) return hashPhone(phone, uid);
	const hash = readPhoneHash(phoneHash);
	if (hash === undefined) {
		throw new ElektrikInputError('phoneHash', 'is not an md5 hash of 32 hex digits');
	}
	if (!isEmpty(phone) && hashPhone(phone, uid) !== hash) {
		throw new ElektrikInputError(
			'phoneHash',
			'belongs to another phone than "phone", or to another UID',
		);
	}
	return hash;
}

function isEmpty(value: unknown): boolean {
	return (
		value === undefined || value === null || (typeof value === 'string' && value.trim() === '')
	);
}
