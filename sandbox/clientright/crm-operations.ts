import { setTimeout as sleep } from 'node:timers/promises';
import type { CrmState } from './crm-state';
import { storedValue } from './database';
import { isEnvelope } from './envelope';
import { htmlEntities } from './html-entities';
import type { Operation, OperationCall } from './operations';
import { missingFields } from './record-book';
import { fieldNames } from './record-fields';
import type { CrmRecord, RecordKind, WireFields } from './record-types';
import { WebserviceError } from './webservice-error';

/** As in docs/protocols/clientright.md, 4.3, the space before "failed" and the message's included. */
const CLIENT_NOT_FOUND = {
	status: ' failed',
	message: ' Клиент с указанным СМС-кодом и ИНН не найден',
};

/** The operations of docs/protocols/clientright.md, 4.1 to 7.1. */
export function crmOperations(state: CrmState): Operation[] {
	return [
		crmOperation(state, 'CreateContact', (call) => upsert(state, call, 'contact')),
		crmOperation(state, 'CreateAccount', (call) => upsert(state, call, 'account')),
		crmOperation(state, 'CreateProject', (call) => createProject(state, call)),
		crmOperation(state, 'GetFilesList', (call) => listFiles(state, call)),
	];
}

/** Adds what the installation's own PHP file does to every answer. */
function crmOperation(
	state: CrmState,
	name: string,
	run: (call: OperationCall) => Promise<unknown>,
): Operation {
	return {
		name,
		httpMethod: 'POST',
		run: (call) => {
			if (state.quirks.byteOrderMark) call.php.print('\uFEFF');
			call.php.warn('Undefined array key "assigned_user_id"', 21);
			return run(call);
		},
	};
}

/**
 * The lookup by phone (contacts) or INN (accounts) of docs/protocols/clientright.md, 5.1 and 6.1. Between
 * the lookup and the writing others may write: two such calls on two sessions make two records.
 */
async function upsert(
	state: CrmState,
	call: OperationCall,
	kind: RecordKind,
): Promise<string | number> {
	const fields = fieldsOf(call, kind);
	const found = state.records.findSame(kind, fields);
	await work(state);
	const stored = storedFields(state, fields);
	const sent = sentFields(call);
	if (!found) return idOf(state, create(state, call, kind, stored));
	const isSent = ([name]: [string, string]) => state.quirks.blanksLeftOut || name in sent;
	Object.assign(found.fields, Object.fromEntries(Object.entries(stored).filter(isSent)));
	state.records.addRevision(found, sent);
	return idOf(state, found);
}

async function createProject(state: CrmState, call: OperationCall): Promise<string | number> {
	const fields = fieldsOf(call, 'project');
	await work(state);
	return idOf(state, create(state, call, 'project', storedFields(state, fields)));
}

async function listFiles(state: CrmState, call: OperationCall): Promise<unknown> {
	const inn = call.parameter('inn');
	const sms = call.parameter('sms');
	if (inn === '' || sms === '') throw missing([inn === '' && 'inn', sms === '' && 'sms']);
	await work(state);
	const client = state.records.findClient(inn, sms);
	if (!client) return CLIENT_NOT_FOUND;
	const titleOf = state.quirks.htmlEntities ? htmlEntities : (title: string) => title;
	const files = state.files.list(client.id);
	return { status: 'ok', files: files.map(({ title, path }) => ({ title: titleOf(title), path })) };
}

function create(
	state: CrmState,
	call: OperationCall,
	kind: RecordKind,
	stored: WireFields,
): CrmRecord {
	const record = state.records.create(kind, stored);
	state.records.addRevision(record, sentFields(call));
	if (kind === 'contact') state.contactFiles.forEach((file) => state.files.add(record.id, file));
	return record;
}

/** @throws WebserviceError when mandatory ones are empty */
function fieldsOf(call: OperationCall, kind: RecordKind): WireFields {
	const fields = Object.fromEntries(
		fieldNames(kind).map((name) => [name, call.parameter(name)] as const),
	);
	const names = missingFields(kind, fields);
	if (names.length > 0) throw missing(names);
	return fields;
}

function missing(names: ReadonlyArray<string | false>): WebserviceError {
	const text = `Mandatory Fields Missing..${names.filter(Boolean).join(', ')}`;
	return new WebserviceError('MANDATORY_FIELDS_MISSING', text);
}

function storedFields({ quirks }: CrmState, fields: WireFields): WireFields {
	return Object.fromEntries(
		Object.entries(fields).map(([name, value]) => [
			name,
			storedValue(name, value, quirks.strictDatabase),
		]),
	);
}

function sentFields(call: OperationCall): WireFields {
	return Object.fromEntries(Object.entries(call.sent()).filter(([name]) => !isEnvelope(name)));
}

/** Without any work to do the call is carried out at once, in one piece. */
async function work({ workMs }: CrmState): Promise<void> {
	if (workMs > 0) await sleep(workMs);
}

function idOf({ quirks }: CrmState, { id }: CrmRecord): string | number {
	return quirks.idsAsNumbers ? Number(id) : id;
}
