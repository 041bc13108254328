import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { PartnerError } from '../../shared/errors';
import { lockOption, optionsField, shownFor } from '../../shared/fields';
import { prepareItems, runItems, type JobResult, type RecordTurn } from '../../shared/items';
import { chosenOrder } from '../../shared/redis/order';
import { idPrefixesOf } from '../client/describe';
import type { Effect } from '../client/exchange';
import { LoginError, CHECK_BEFORE_RESENDING, withResultErrors } from '../client/failures';
import type { WireFields } from '../wire/envelope';
import { recordUrl } from '../client/records';
import {
	ACCOUNT_FIELDS,
	checkModules,
	CONTACT_FIELDS,
	type DocumentedFields,
	holdsUnstorable,
	mobileKey,
	type PrefixedId,
	prefixedIds,
	PROJECT_FIELDS,
	writeFields,
} from '../wire/records';
import { readRecordId } from '../wire/results';
import { locatedId } from './locator';
import {
	callOptions,
	type ClientRightOperation,
	type ClientRightRun,
	documentedFields,
	inputOf,
	locksOf,
	outputField,
	upsertNotices,
	validateChecksumsOption,
	withInputErrors,
} from './operation';

/** An operation of the CRM that stores a record and returns its ID. */
interface RecordOperation {
	/** Its name on the wire. */
	operation: string;
	fields: DocumentedFields;
	effect: Exclude<Effect, 'read'>;
	/** The output property for the ID. */
	idName: string;
	/** Where the record is in the CRM. */
	module: string;
	/** The key by which the CRM finds a record. Items with the same key run one after another. */
	keyOf?: (fields: WireFields) => string;
}

interface PreparedRecord {
	fields: WireFields;
	ids: PrefixedId[];
}

/** A resource of the documented records, with its only operation. */
interface RecordResource {
	fields: INodeProperties[];
	operations: Readonly<Record<string, ClientRightOperation>>;
}

function recordResource(
	resource: string,
	name: string,
	operationField: INodeProperties,
	record: RecordOperation,
	fields: readonly INodeProperties[],
): RecordResource {
	const operation: ClientRightOperation = {
		fields: shownFor(resource, name, fields),
		execute: async (run) => await storeRecords(run, record),
	};
	return { fields: [operationField, ...operation.fields], operations: { [name]: operation } };
}

/** Stands beside Mobile, and also where the fields come from the items: it decides whose record it is. */
const normalizeMobile: INodeProperties = {
	displayName: 'Normalize Mobile',
	name: 'normalizeMobile',
	type: 'boolean',
	default: false,
	description:
		'Whether to send the mobile number as +7XXXXXXXXXX. If off, the CRM treats 8 916… and +7 916… as two clients, because it compares numbers as text.',
};

const UPSERT_DESCRIPTION =
	'Create a new record, or update the current one if it already exists (upsert)';
const upsertOptions = optionsField(...callOptions, lockOption, validateChecksumsOption);

/** `contact.upsert`: creates a client, or updates the one with that mobile (`CreateContact`). */
export const contact = recordResource(
	'contact',
	'upsert',
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['contact'] } },
		options: [
			{
				name: 'Create or Update',
				value: 'upsert',
				action: 'Create or update contact',
				description: UPSERT_DESCRIPTION,
			},
		],
		default: 'upsert',
	},
	{
		operation: 'CreateContact',
		fields: CONTACT_FIELDS,
		effect: 'upsert',
		idName: 'contactId',
		module: 'Contacts',
		keyOf: ({ mobile = '' }) => mobileKey(mobile),
	},
	[
		...upsertNotices('client', 'Mobile'),
		...documentedFields(
			CONTACT_FIELDS,
			// The document has the birthday behind the mobile; in the editor it belongs to the name.
			['firstName', 'lastName', 'birthday', 'mobile', 'inn'],
		).flatMap((field) => (field.name === 'mobile' ? [field, normalizeMobile] : [field])),
		outputField,
		upsertOptions,
	],
);

/** `account.upsert`: creates a company, or updates the one with that INN (`CreateAccount`). */
export const account = recordResource(
	'account',
	'upsert',
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['account'] } },
		options: [
			{
				name: 'Create or Update',
				value: 'upsert',
				action: 'Create or update account',
				description: UPSERT_DESCRIPTION,
			},
		],
		default: 'upsert',
	},
	{
		operation: 'CreateAccount',
		fields: ACCOUNT_FIELDS,
		effect: 'upsert',
		idName: 'accountId',
		module: 'Accounts',
		keyOf: ({ inn = '' }) => inn,
	},
	[
		...upsertNotices('company', 'INN'),
		...documentedFields(ACCOUNT_FIELDS),
		outputField,
		upsertOptions,
	],
);

/** `project.create`: creates a project of a client (`CreateProject`), never twice. */
export const project = recordResource(
	'project',
	'create',
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['project'] } },
		options: [
			{
				name: 'Create',
				value: 'create',
				action: 'Create project',
				description: 'Create a project for a client and an offending company (CreateProject)',
			},
		],
		default: 'create',
	},
	{
		operation: 'CreateProject',
		fields: PROJECT_FIELDS,
		effect: 'write',
		idName: 'projectId',
		module: 'Project',
	},
	[...documentedFields(PROJECT_FIELDS), outputField, optionsField(...callOptions)],
);

/** Stores a record for each input item. */
async function storeRecords(
	run: ClientRightRun,
	record: RecordOperation,
): Promise<INodeExecutionData[]> {
	const { keyOf } = record;
	// A record without a key needs no lock, so the operation has no option for it.
	const order = keyOf && (await chosenOrder(run.node, run.parameter, locksOf(run)));
	const items = prepareRecords(run, record);
	const { prefixes, failure } = await prefixesFor(run, items);
	return await runItems<WireFields>(
		run.node,
		{
			isWrite: true,
			isRepeatable: record.effect === 'upsert',
			prepare: (item) => {
				const prepared = items[item]!;
				if (!prepared.done) throw prepared.error;
				if (failure) throw failure;
				const { fields, ids } = prepared.value;
				withInputErrors(run.fields, () => checkModules(ids, prefixes));
				return fields;
			},
			...(keyOf && { key: keyOf, scope: `${record.operation} ${run.credential.url}`, order }),
			carryOut: async (fields, signal, turn) => [await store(run, record, fields, signal, turn)],
		},
		run.concurrency,
	);
}

/** Checks all items before anything is sent to the CRM. */
function prepareRecords(
	run: ClientRightRun,
	{ fields }: RecordOperation,
): ReadonlyArray<JobResult<PreparedRecord>> {
	const input = inputOf(run, fields);
	const items = prepareItems(run.node, (item): PreparedRecord => {
		const normalizeMobile = run.parameter('normalizeMobile', item, false) === true;
		const given = input(item);
		return withInputErrors(run.fields, () => {
			const values = { ...given, ...locatedIds(fields, given) };
			return {
				fields: writeFields(fields, values, { ...run.rules, normalizeMobile }),
				ids: prefixedIds(fields, values),
			};
		});
	});
	run.hints.onUnstorable(
		items.flatMap((item, index) =>
			item.done && Object.values(item.value.fields).some(holdsUnstorable) ? [index] : [],
		),
	);
	return items;
}

/** The ids in what pickers and input items give. */
function locatedIds(fields: DocumentedFields, given: IDataObject): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(fields).flatMap(([field, { idOf }]) =>
			idOf ? [[field, locatedId(given[field], field, idOf.module)]] : [],
		),
	);
}

/** Requests the numbers of the modules whose IDs the items contain. */
async function prefixesFor(
	run: ClientRightRun,
	items: ReadonlyArray<JobResult<PreparedRecord>>,
): Promise<{ prefixes: ReadonlyMap<string, string>; failure?: LoginError }> {
	const modules = items.flatMap((item) =>
		item.done ? item.value.ids.map(({ module }) => module) : [],
	);
	if (modules.length === 0) return { prefixes: new Map() };
	const signal = run.node.getExecutionCancelSignal();
	try {
		return { prefixes: await idPrefixesOf(run.client, run.credential, modules, signal) };
	} catch (error) {
		// A refused login is not retried for the items; any other error is reported for each item.
		return { prefixes: new Map(), ...(error instanceof LoginError && { failure: error }) };
	}
}

async function store(
	run: ClientRightRun,
	{ operation, effect, idName, module, keyOf }: RecordOperation,
	fields: WireFields,
	signal: AbortSignal | undefined,
	turn: RecordTurn | undefined,
): Promise<IDataObject> {
	const answer = await run.client.call(
		{ operation, method: 'POST', fields },
		{ effect, signal, key: keyOf && `${operation} ${keyOf(fields)}`, turn },
	);
	try {
		const id = withResultErrors(() => readRecordId(operation, answer.result));
		if (run.raw) return answer.raw as IDataObject;
		return { [idName]: id, url: recordUrl(run.credential, module, id) };
	} catch (error) {
		const unclear = error instanceof PartnerError && error.outcome === 'unknown';
		throw unclear ? error.addAdvice(CHECK_BEFORE_RESENDING) : error;
	}
}
