import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { PartnerError } from '../../shared/errors';
import { prepareItems, runItems, type JobResult, type RecordTurn } from '../../shared/items';
import { chosenOrder } from '../../shared/redis';
import { fingerprint } from '../client/credential';
import { LoginError, CHECK_BEFORE_RESENDING, withResultErrors } from '../client/failures';
import type { WireFields } from '../wire/envelope';
import { idPrefixesOf } from '../client/describe';
import { recordUrl } from '../client/records';
import {
	checkModules,
	type FieldTable,
	holdsUnstorable,
	type IdModules,
	type PrefixedId,
	prefixedIds,
	writeFields,
} from '../wire/records';
import type { Effect } from '../client/exchange';
import { readRecordId } from '../wire/results';
import { locatedId } from './locator';
import { withInputErrors, type ClientRightRun, inputOf } from './operation';

/** An operation of the CRM that stores a record and returns its ID. */
export interface RecordOperation {
	/** Its name on the wire. */
	operation: string;
	fields: FieldTable;
	effect: Exclude<Effect, 'read'>;
	/** The output property for the ID. */
	idName: string;
	/** Where the record is in the CRM. */
	module: string;
	/** The modules of the IDs in its fields. */
	ids?: IdModules;
	/** The key by which the CRM finds a record. Items with the same key run one after another. */
	keyOf?: (fields: WireFields) => string;
}

interface PreparedRecord {
	fields: WireFields;
	ids: PrefixedId[];
}

/** Stores a record for each input item. */
export async function storeRecords(
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

/** The scope of locks in Redis is a user and its access key, as for sessions, see `BusySession`. */
export function locksOf({ credential, timeout }: ClientRightRun): {
	secret: string;
	timeout: number;
} {
	return { secret: fingerprint(credential), timeout };
}

/** Checks all items before anything is sent to the CRM. */
function prepareRecords(
	run: ClientRightRun,
	{ fields, ids = {} }: RecordOperation,
): ReadonlyArray<JobResult<PreparedRecord>> {
	const input = inputOf(run, fields);
	const items = prepareItems(run.node, (item): PreparedRecord => {
		const normalizeMobile = run.parameter('normalizeMobile', item, false) === true;
		const given = input(item);
		return withInputErrors(run.fields, () => {
			const values = { ...given, ...locatedIds(ids, given) };
			return {
				fields: writeFields(fields, values, { ...run.rules, normalizeMobile }),
				ids: prefixedIds(ids, values),
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
function locatedIds(ids: IdModules, given: IDataObject): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(ids).map(([field, module]) => [field, locatedId(given[field], field, module)]),
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
