import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';
import { InputError } from '../../shared/errors';
import * as shared from '../../shared/fields';
import {
	columnsOf,
	definedBelow,
	fieldLabel,
	isAutoMapped,
	shownFor,
	toolNotice,
	withInputErrors,
} from '../../shared/fields';
import type { HttpClient } from '../../shared/http';
import type { LocalOperation, ParameterReader } from '../../shared/items';
import { respondNotice, runRespond } from '../../shared/webhook';
import type { ElektrikCredential } from '../client/portal';
import {
	ElektrikInputError,
	hashPhone,
	readPhoneHash,
	readPoints,
	readYesNo,
	type UserCheck,
} from '../protocol';
import { ELEKTRIK_RESPOND, writeRespondMessage } from '../server/exchange';

export { asInputError, withInputErrors } from '../../shared/fields';

/** What an operation works with. */
export interface ElektrikRun {
	node: IExecuteFunctions;
	items: INodeExecutionData[];
	/** The fields of the operation, whose labels the errors use. */
	fields: readonly INodeProperties[];
	send: HttpClient;
	credential: ElektrikCredential;
	parameter: ParameterReader;
}

/** An operation: its fields in the editor, and its function. */
export interface ElektrikOperation {
	fields: INodeProperties[];
	execute(run: ElektrikRun): Promise<INodeExecutionData[]>;
}

/**
 * Reads a parameter that names a field of the input items. It applies to the whole run.
 *
 * @throws InputError when it is empty
 */
export function readFieldName({ parameter, fields }: ElektrikRun, name: string): string {
	const value = parameter(name, 0, '');
	const field = typeof value === 'string' ? value.trim() : '';
	if (field !== '') return field;
	throw new InputError(
		`The parameter ${fieldLabel(fields, name)} is empty`,
		'Enter the name of a field, not its value.',
	);
}

/** Returns the value of a field of an item. */
export type FieldReader = (json: IDataObject) => unknown;

/** `name`, `[0]` or `["name"]` of a path. */
const STEP = /\[(?:(["'])(.*?)\1|(\d+))\]|[^.[\]]+/g;

/**
 * Creates a reader for a field, by its name or by a path such as `contact.phone`, which n8n inserts
 * when a user drags a field. A field whose name is the whole path takes precedence.
 */
export function fieldReader(path: string): FieldReader {
	const steps = [...path.matchAll(STEP)].map(([name, , quoted, index]) => quoted ?? index ?? name);
	return (json) => (Object.hasOwn(json, path) ? json[path] : steps.reduce(valueOf, json));
}

function valueOf(value: unknown, step: string): unknown {
	if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
	return (value as IDataObject)[step];
}

const sendingOptions = [
	shared.concurrencyOption(
		'How many requests to send in parallel. Requests for the same phone are still sent one after another. Defaults to 4.',
	),
	shared.timeoutOption('How long to wait for a response. Defaults to 30.'),
];

/** The options of a read operation. */
export const optionsField = shared.optionsField(...sendingOptions);

/** The options of a write operation. */
export const writeOptionsField = shared.optionsField(...sendingOptions, shared.lockOption);

/** Whether to return our names and types, or the response as received. */
export const outputField = shared.outputField({
	simplified: 'Only the essential fields, as numbers and booleans',
	raw: 'The response as received',
});

/** The fields that identify an electrician; one of them is enough. */
export const electricianFields: INodeProperties[] = [
	definedBelow({
		displayName: 'Phone',
		name: 'phone',
		type: 'string',
		default: '',
		placeholder: 'e.g. +7 (900) 000-00-01',
		description:
			'The electrician’s phone in any format. Only its hash is sent. Leave it empty to enter a hash.',
	}),
	definedBelow({
		displayName: 'Phone Hash',
		name: 'phoneHash',
		type: 'string',
		default: '',
		placeholder: 'e.g. 0123456789abcdef0123456789abcdef',
		description: 'MD5 hash of phone and UID, instead of the phone',
	}),
];

/** Returns the values of an item by field name. */
export type InputReader = (item: number) => IDataObject;

/** Creates a reader of values, from the properties of the items or from the fields of the node. */
export function inputOf(run: ElektrikRun, names: readonly string[]): InputReader {
	if (isAutoMapped(run.parameter)) return (item) => columnsOf(run.items[item]!.json, names);
	return (item) =>
		Object.fromEntries(names.map((name) => [name, run.parameter(name, item, '')])) as IDataObject;
}

/**
 * Returns the phone hash of an item's electrician.
 *
 * @throws ElektrikInputError when phone and hash are missing, invalid, or do not match
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

const fields: INodeProperties[] = [
	toolNotice('it responds to the request that started the workflow, within that workflow'),
	respondNotice(ELEKTRIK_RESPOND.nodeTitle),
	{
		displayName: 'Exists',
		name: 'exist',
		type: 'boolean',
		default: true,
		description:
			'Whether you know the electrician. Only the first input item counts, because a check has one response.',
	},
	{
		displayName: 'Points',
		name: 'points',
		type: 'number',
		typeOptions: { minValue: 0 },
		// No default of 0: it would report a balance of 0 that no user entered.
		default: '',
		required: true,
		displayOptions: { hide: { exist: [false] } },
		description: 'Point balance (бонусы) of the electrician',
	},
];

/** `request.respond`: passes the response to the Elektrik.ru Trigger, which sends it in the portal's protocol. */
export const respond: LocalOperation = {
	fields: shownFor('request', 'respond', fields),

	async executeLocally(node) {
		return await runRespond(node, ELEKTRIK_RESPOND, () =>
			writeRespondMessage(
				withInputErrors(fields, () =>
					readCheck(node.getNodeParameter('exist', 0), () => node.getNodeParameter('points', 0)),
				),
			),
		);
	},
};

/** Reads the response from the first item: a request has one response. */
function readCheck(value: unknown, readPointsValue: () => unknown): UserCheck {
	const exist = readYesNo(value);
	if (exist === undefined) throw new ElektrikInputError('exist', 'must be true or false');
	return exist ? { exist, points: readPoints(readPointsValue()) } : { exist };
}

const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['request'] } },
	options: [
		{
			name: 'Respond',
			value: 'respond',
			action: 'Respond to check',
			description: 'Respond to check that an Elektrik.ru Trigger received',
		},
	],
	default: 'respond',
};

export const requestOperations = { respond };

export const requestFields: INodeProperties[] = [operationField, ...respond.fields];
