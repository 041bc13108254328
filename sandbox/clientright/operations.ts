import { setTimeout as sleep } from 'node:timers/promises';
import { BYTE_ORDER_MARK, htmlEntities } from '../core/php';
import { WebserviceError, webserviceError } from './errors';
import { isEnvelope, type Operation, type OperationCall } from './operation-table';
import { fieldNames, findClient, missingFields, moduleOf, ownFields } from './documented-records';
import { filesOf, seedFile } from './documents';
import { moduleNamed } from './modules';
import { fullId, type RecordKind, type StoredRecord, type WireFields } from './records';
import type { ClientRightState } from './state';
import { storedValue } from './values';

/** vtiger's own operations around a session, and one that is called by GET within it. */
export function loginOperations(state: ClientRightState): Operation[] {
	return [
		{
			name: 'getchallenge',
			httpMethod: 'GET',
			beforeLogin: true,
			run(call) {
				const challenge = state.authentication.challenge(call.parameter('username'));
				state.figures.logins.count('challenges');
				return challenge;
			},
		},
		{
			name: 'login',
			httpMethod: 'POST',
			beforeLogin: true,
			run: (call) => logIn(state, call.parameter('username'), call.parameter('accessKey')),
		},
		{
			name: 'logout',
			httpMethod: 'POST',
			run(call) {
				if (call.parameter('operation') === '') throw webserviceError('OPERATION_NOT_SUPPORTED');
				// vtiger 7.2 changes PHP's settings in the middle of a session, which PHP 7.2 and later forbids.
				const { version, workingLogout } = state.quirks;
				if (version === '7.2' && !workingLogout) throw webserviceError('INTERNAL_SERVER_ERROR');
				call.endSession();
				return { message: 'successfull' };
			},
		},
		{
			name: 'extendsession',
			httpMethod: 'POST',
			beforeLogin: true,
			run({ sessionName, userId }) {
				// Without the name of a session it extends those of the web pages, of which there are none.
				if (sessionName === null) throw webserviceError('AUTHENTICATION_FAILURE');
				return { sessionName, userId, ...versionsOf(state) };
			},
		},
	];
}

function versionsOf({ quirks }: ClientRightState): object {
	return {
		version: '0.22',
		vtigerVersion: quirks.version === '7.2' ? '7.2.0-202008' : '8.4.0',
	};
}

function logIn(state: ClientRightState, username: string, answer: string): unknown {
	const { authentication, sessions, figures, quirks } = state;
	const user = authentication.logIn(username, answer);
	figures.logins.count('logins');
	const userId = fullId(user);
	const { name } = sessions.open(user.fields.user_name ?? '', userId);
	return {
		...(quirks.version === '8.4' && userFields(user)),
		...(quirks.loginAnswer === 'sessionId' ? {} : { sessionName: name }),
		...(quirks.loginAnswer === 'sessionName' ? {} : { sessionId: name }),
		userId,
		...versionsOf(state),
	};
}

/** What 8.4 tells of a user besides. */
function userFields({ fields }: StoredRecord): object {
	return {
		username: fields.user_name,
		first_name: fields.first_name,
		last_name: fields.last_name,
		email: fields.email1,
		time_zone: 'Europe/Moscow',
		hour_format: fields.hour_format,
		date_format: fields.date_format,
		is_admin: fields.is_admin,
		call_duration: '5',
		other_event_duration: '5',
	};
}

/** As in docs/protocols/clientright.md, 4.3, the space before "failed" and the message's included. */
const CLIENT_NOT_FOUND = {
	status: ' failed',
	message: ' Клиент с указанным СМС-кодом и ИНН не найден',
};

/** The operations of docs/protocols/clientright.md, 4.1 to 7.1. */
export function crmOperations(state: ClientRightState): Operation[] {
	return [
		crmOperation(state, 'CreateContact', (call) => upsert(state, call, 'contact')),
		crmOperation(state, 'CreateAccount', (call) => upsert(state, call, 'account')),
		crmOperation(state, 'CreateProject', (call) => createProject(state, call)),
		crmOperation(state, 'GetFilesList', (call) => listFiles(state, call)),
	];
}

/** Adds what the installation's own PHP file does to every answer. */
function crmOperation(
	state: ClientRightState,
	name: string,
	run: (call: OperationCall) => Promise<unknown>,
): Operation {
	return {
		name,
		httpMethod: 'POST',
		run: (call) => {
			if (state.quirks.byteOrderMark) call.php.print(BYTE_ORDER_MARK);
			call.php.warn('Undefined array key "assigned_user_id"', 21);
			return run(call);
		},
	};
}

/**
 * The lookup by phone (contacts) or INN (accounts) of docs/protocols/clientright.md, 5.1 and 6.1.
 * Other calls may write between the lookup and the writing: two such calls on two sessions make two
 * records.
 */
async function upsert(
	state: ClientRightState,
	call: OperationCall,
	kind: RecordKind,
): Promise<string | number> {
	const fields = fieldsOf(call, kind);
	const found = state.records.findSame(moduleOf(kind), ownFields(kind, fields));
	await work(state);
	const stored = storedFields(state, kind, fields);
	if (!found) return idOf(state, create(state, call, kind, stored));
	// To vtiger, a field that is not sent looks like an empty one.
	state.records.change(found, stored, call.userId ?? undefined);
	state.records.addRevision(found, sentFields(call));
	return idOf(state, found);
}

async function createProject(
	state: ClientRightState,
	call: OperationCall,
): Promise<string | number> {
	const fields = fieldsOf(call, 'project');
	await work(state);
	return idOf(state, create(state, call, 'project', storedFields(state, 'project', fields)));
}

async function listFiles(state: ClientRightState, call: OperationCall): Promise<unknown> {
	const inn = call.parameter('inn');
	const sms = call.parameter('sms');
	if (inn === '' || sms === '') throw missing([inn === '' && 'inn', sms === '' && 'sms']);
	await work(state);
	const client = findClient(state.records, inn, sms);
	if (!client) return CLIENT_NOT_FOUND;
	const files = filesOf(state.records, client);
	return {
		status: 'ok',
		files: files.map(({ title, path }) => ({ title: htmlEntities(title), path })),
	};
}

function create(
	state: ClientRightState,
	call: OperationCall,
	kind: RecordKind,
	stored: WireFields,
): StoredRecord {
	const { records, contactFiles } = state;
	const origin = { userId: call.userId ?? undefined, source: 'WEBSERVICE' } as const;
	const record = records.create(moduleOf(kind), stored, origin);
	records.addRevision(record, sentFields(call));
	if (kind === 'contact') contactFiles.forEach((file) => seedFile(records, record, file));
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

/** Documented fields as the database keeps them, by vtiger's names. */
function storedFields(
	{ quirks }: ClientRightState,
	kind: RecordKind,
	fields: WireFields,
): WireFields {
	const module = moduleNamed(moduleOf(kind));
	const kept = Object.entries(ownFields(kind, fields)).map(([name, value]) => {
		return [name, storedValue(module.fields.get(name)!, value, quirks.strictDatabase)] as const;
	});
	return Object.fromEntries(kept);
}

function sentFields(call: OperationCall): WireFields {
	return Object.fromEntries(Object.entries(call.sent()).filter(([name]) => !isEnvelope(name)));
}

/** Without any work to do the call is executed at once, in one piece. */
async function work({ workMs }: ClientRightState): Promise<void> {
	if (workMs > 0) await sleep(workMs);
}

function idOf({ quirks }: ClientRightState, { id }: StoredRecord): string | number {
	return quirks.idsAsNumbers ? Number(id) : id;
}
