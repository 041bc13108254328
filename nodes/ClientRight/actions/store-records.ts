import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { PartnerError } from '../../shared/errors';
import { runItems } from '../../shared/items';
import { LOOK_FIRST } from '../webservice/failures';
import type { WireFields } from '../webservice/form';
import { writeFields, type FieldTable } from '../webservice/records';
import type { Effect } from '../webservice/repetition';
import { readingResult } from '../webservice/result-failures';
import { readRecordId } from '../webservice/results';
import { checked } from './checked';
import { inputOf } from './input';
import type { ClientRightRun } from './operation';

/** An operation of the CRM that stores a record and answers with its id. */
export interface RecordOperation {
	/** Name on the wire. */
	operation: string;
	fields: FieldTable;
	effect: Exclude<Effect, 'read'>;
	/** Property of the output that holds the id. */
	idName: string;
	/** What the CRM finds a record by: items with the same key go one after the other. */
	keyOf?: (fields: WireFields) => string;
}

/** Stores a record for each input item. */
export async function storeRecords(
	run: ClientRightRun,
	record: RecordOperation,
): Promise<INodeExecutionData[]> {
	const input = inputOf(run, record.fields);
	const { keyOf } = record;
	return await runItems<WireFields>(
		run.node,
		{
			isWrite: true,
			isRepeatable: record.effect === 'upsert',
			prepare: (item) => {
				const normalizeMobile = run.parameter('normalizeMobile', item, false) === true;
				const rules = { ...run.rules, normalizeMobile };
				return checked(run.fields, () => writeFields(record.fields, input(item), rules));
			},
			...(keyOf && { key: keyOf }),
			carryOut: async (fields, signal) => [await store(run, record, fields, signal)],
		},
		run.concurrency,
	);
}

async function store(
	run: ClientRightRun,
	{ operation, effect, idName, keyOf }: RecordOperation,
	fields: WireFields,
	signal: AbortSignal | undefined,
): Promise<IDataObject> {
	const answer = await run.client.call(
		{ operation, method: 'POST', fields },
		{ effect, signal, key: keyOf && `${operation} ${keyOf(fields)}` },
	);
	try {
		const id = readingResult(() => readRecordId(operation, answer.result));
		return run.raw ? (answer.raw as IDataObject) : { [idName]: id };
	} catch (error) {
		const unclear = error instanceof PartnerError && error.outcome === 'unknown';
		throw unclear ? error.advise(LOOK_FIRST) : error;
	}
}
