import { DateTime } from 'luxon';
import { afterRetry, joinSentences, PartnerError } from '../../shared/errors';
import type { FormFile } from '../../shared/http';
import { isObject, type JsonObject } from '../../shared/wire';
import { isPagedByKey, PAGE_SIZE, type Query, quoted, writePage } from '../wire/query';
import { ResultError } from '../wire/results';
import type { CallOptions, WebserviceClient } from './client';
import type { ClientRightCredential } from './credential';
import type { Answer } from './exchange';
import {
	CHECK_BEFORE_RESENDING,
	mayStillRun,
	RemoteError,
	UnusableAnswer,
	withResultErrors,
} from './failures';

/** A record from the CRM: its fields, and its ID in vtiger's own form. */
export type WireRecord = JsonObject & { id: string };

/** A record with the envelope of the response. */
export interface RecordAnswer {
	record: WireRecord;
	raw: JsonObject;
}

type Signal = AbortSignal | undefined;

/** How a record is written. */
interface WriteOptions extends Omit<CallOptions, 'effect'> {
	/** A document's. */
	file?: FormFile | undefined;
}

/** Statuses of web servers, also of Node.js, for a URL that is too long. */
const TOO_LONG = new Set([414, 431]);
/** Modules whose records vtiger 8.4 cannot create (docs/protocols/vtiger.md, 10.10). */
const UNCREATABLE = new Set(['Invoice', 'PurchaseOrder', 'Quotes', 'SalesOrder']);
/** The possible difference between the clocks of two machines. */
const CLOCK_TOLERANCE = { minutes: 5 };
const MAX_ATTEMPTS = 3;

/**
 * Runs a query page by page until it has enough records, or all.
 *
 * @param limit the most records to return
 * @throws PartnerError when a page could not be read
 */
export async function queryRecords(
	client: WebserviceClient,
	query: Query,
	limit: number,
	options: Omit<CallOptions, 'effect'>,
): Promise<WireRecord[]> {
	const byKey = isPagedByKey(query);
	const records = new Map<string, WireRecord>();
	let done = 0;
	let after: string | undefined;
	while (records.size < limit) {
		const size = Math.min(PAGE_SIZE, byKey ? limit - records.size : limit - done);
		if (size <= 0) break;
		const page = await runQuery(
			client,
			query.module,
			writePage(query, { after, done, size }),
			options,
		);
		// If records are created meanwhile, pages by offset contain some records twice.
		for (const record of page) records.set(record.id, record);
		done += page.length;
		after = page.at(-1)?.id;
		if (page.length < size) break;
	}
	return [...records.values()];
}

/**
 * Sends one query. A query that is too long for a URL is sent as a form to the module Mobile.
 *
 * @param vtql the query, with the `;` at its end
 */
export async function runQuery(
	client: WebserviceClient,
	module: string,
	vtql: string,
	options: Omit<CallOptions, 'effect'>,
): Promise<WireRecord[]> {
	const operation = 'query';
	try {
		const call = { operation, method: 'GET', fields: { query: vtql } } as const;
		return recordsIn(operation, (await client.call(call, { ...options, effect: 'read' })).result);
	} catch (error) {
		if (!(error instanceof UnusableAnswer && TOO_LONG.has(error.status))) throw error;
		return await queryByForm(client, module, vtql, options, error);
	}
}

async function queryByForm(
	client: WebserviceClient,
	module: string,
	query: string,
	options: Omit<CallOptions, 'effect'>,
	tooLong: UnusableAnswer,
): Promise<WireRecord[]> {
	const operation = 'mobile.query';
	const call = { operation, method: 'POST', fields: { module, query } } as const;
	try {
		const { result } = await client.call(call, { ...options, effect: 'read' });
		const list = isObject(result) ? result.records : undefined;
		return recordsIn(operation, list).map(withPlainIds);
	} catch (error) {
		const hasNoMobile = error instanceof RemoteError || error instanceof UnusableAnswer;
		throw hasNoMobile
			? tooLong.addAdvice('Its module Mobile, which accepts longer queries, did not answer either.')
			: error;
	}
}

/** Reads the module Mobile's records, which have labels in their IDs, and owners that were not requested. */
function withPlainIds(record: WireRecord): WireRecord {
	const fields = Object.entries(record).flatMap(([name, value]) => {
		if (!isObject(value) || !('value' in value)) return [[name, value] as const];
		const isExtra = value.value === null && value.label === null;
		return isExtra ? [] : [[name, value.value] as const];
	});
	return { ...Object.fromEntries(fields), id: record.id };
}

/** @throws PartnerError for a result that is no list of records */
export function recordsIn(operation: string, result: unknown): WireRecord[] {
	return withResultErrors(() => {
		if (Array.isArray(result) && result.every(isRecord)) return result;
		throw new ResultError('noList', `The CRM answered ${operation} without a list of records`);
	});
}

function isRecord(value: unknown): value is WireRecord {
	return isObject(value) && typeof value.id === 'string';
}

function recordIn(operation: string, { result, raw }: Answer): RecordAnswer {
	return withResultErrors(() => {
		if (isRecord(result)) return { record: result, raw };
		throw new ResultError('noId', `The CRM answered ${operation} without a record`);
	});
}

/** As {@link recordIn}, of a write: without a record, nobody knows here what was written. */
function writtenRecord(operation: string, answer: Answer): RecordAnswer {
	try {
		return recordIn(operation, answer);
	} catch (error) {
		throw error instanceof PartnerError ? error.addAdvice(CHECK_BEFORE_RESENDING) : error;
	}
}

/**
 * Reads a record by its id.
 *
 * @param about key and turn of a read that decides what is written
 */
export async function retrieveRecord(
	client: WebserviceClient,
	id: string,
	signal: Signal,
	about: Pick<CallOptions, 'key' | 'turn'> = {},
): Promise<RecordAnswer> {
	const call = { operation: 'retrieve', method: 'GET', fields: { id } } as const;
	return recordIn('retrieve', await client.call(call, { ...about, effect: 'read', signal }));
}

/**
 * Creates a record, never twice: after a lost response, the error says how to find it.
 *
 * @param element its fields, including the owner
 * @param key the key by which the record is found, if it was searched for before
 */
export async function createRecord(
	client: WebserviceClient,
	module: string,
	element: Readonly<Record<string, string>>,
	{ file, key, turn, signal }: WriteOptions,
): Promise<RecordAnswer> {
	const since = DateTime.utc().minus(CLOCK_TOLERANCE).toFormat('yyyy-MM-dd HH:mm:ss');
	const fields = { elementType: module, element: JSON.stringify(element) };
	const call = { operation: 'create', method: 'POST', fields, file } as const;
	try {
		return writtenRecord('create', await client.call(call, { effect: 'write', key, turn, signal }));
	} catch (error) {
		if (!(error instanceof PartnerError)) throw error;
		if (error.outcome === 'unknown') throw error.addAdvice(howToFind(module, since));
		const isUncreatable = error instanceof RemoteError && error.code === 'INVALID_ID_ATTRIBUTE';
		throw isUncreatable && UNCREATABLE.has(module)
			? error.addAdvice(`A vtiger 8.4 cannot create records of ${module} by its web service.`)
			: error;
	}
}

function howToFind(module: string, since: string): string {
	return `To look for it, use 'Record: Get Many' with the VTQL: SELECT * FROM ${module} WHERE createdtime >= ${quoted(since)} ORDER BY id DESC LIMIT 20;`;
}

/** Changes the given fields of a record and keeps the others. */
export async function reviseRecord(
	client: WebserviceClient,
	id: string,
	changes: Readonly<Record<string, string>>,
	{ file, key = `record ${id}`, turn, signal }: WriteOptions,
): Promise<RecordAnswer> {
	const fields = { element: JSON.stringify({ ...changes, id }) };
	const call = { operation: 'revise', method: 'POST', fields, file } as const;
	return writtenRecord('revise', await client.call(call, { effect: 'upsert', key, turn, signal }));
}

/** Deletes a record, once: the second time, the CRM would return a missing permission. */
export async function deleteRecord(
	client: WebserviceClient,
	id: string,
	signal: Signal,
): Promise<JsonObject> {
	const call = { operation: 'delete', method: 'POST', fields: { id } } as const;
	const { result, raw } = await client.call(call, { effect: 'write', key: `record ${id}`, signal });
	if (isObject(result) && result.status === 'successful') return raw;
	throw new PartnerError('The CRM did not confirm delete', {
		outcome: 'unknown',
		description: joinSentences('The CRM reported success anyway.', CHECK_BEFORE_RESENDING),
	});
}

/** What an upsert stores, and how it finds the record. */
export interface UpsertRequest {
	module: string;
	/** The query that finds the record. */
	query: Query;
	/** The fields of a new record. */
	element: Readonly<Record<string, string>>;
	/** The fields of an existing record. */
	changes: Readonly<Record<string, string>>;
	/** The key that all upserts of this record have. */
	key: string;
}

/**
 * Updates the record that a query finds, or creates it. If the response to the create is lost, it queries again
 * in the session of the lost call, where vtiger's lock makes it wait for that call, and creates the record only
 * if it still does not exist.
 *
 * @throws PartnerError `rejected` when several records are found; then nothing is written
 */
export async function upsertRecord(
	client: WebserviceClient,
	{ module, query, element, changes, key }: UpsertRequest,
	{ turn, signal }: Omit<CallOptions, 'effect' | 'key'>,
): Promise<RecordAnswer> {
	const options = { key, turn, signal };
	let lost: PartnerError | undefined;
	for (let attempt = 1; ; attempt++) {
		try {
			const [found, other] = await queryRecords(client, query, 2, options);
			if (found && other) throw severalFound(module, found.id, other.id);
			if (found) return await reviseRecord(client, found.id, changes, options);
		} catch (error) {
			throw lost ? afterRetry(lost, error) : error;
		}
		try {
			return await createRecord(client, module, element, options);
		} catch (error) {
			const isLost = error instanceof PartnerError && mayStillRun(error) && !signal?.aborted;
			if (!isLost || attempt === MAX_ATTEMPTS) throw lost ? afterRetry(lost, error) : error;
			lost = error;
		}
	}
}

function severalFound(module: string, ...ids: string[]): PartnerError {
	return new PartnerError(`Several records in ${module} match: ${ids.join(', ')} at least`, {
		outcome: 'rejected',
		description:
			'Nothing was written. Match by more fields, or by fields that only one record has.',
	});
}

/** Returns the URL of a record's page in the CRM. */
export function recordUrl(
	{ url }: Pick<ClientRightCredential, 'url'>,
	module: string,
	id: string,
): string {
	const page = new URL('./index.php', url);
	page.search = '';
	page.searchParams.set('module', module);
	page.searchParams.set('view', 'Detail');
	page.searchParams.set('record', id.slice(id.indexOf('x') + 1));
	return page.href;
}
