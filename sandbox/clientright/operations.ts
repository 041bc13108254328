import { setTimeout as sleep } from 'node:timers/promises';
import { BYTE_ORDER_MARK } from '../core/php';
import { WebserviceError, webserviceError } from './errors';
import { isEnvelope, type Operation, type OperationCall } from './operation-table';
import {
	fieldNames,
	missingFields,
	storedValue,
	type CrmRecord,
	type RecordKind,
	type WireFields,
} from './records';
import type { ClientRightState } from './state';

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
				// It changes PHP's settings in the middle of a session, which PHP 7.2 and later forbids.
				if (!state.quirks.workingLogout) throw webserviceError('INTERNAL_SERVER_ERROR');
				call.endSession();
				return { message: 'successfull' };
			},
		},
		{
			name: 'extendsession',
			httpMethod: 'POST',
			beforeLogin: true,
			run() {
				// It extends sessions of the web pages, of which the sandbox has none.
				throw webserviceError('AUTHENTICATION_FAILURE');
			},
		},
		{
			name: 'listtypes',
			httpMethod: 'GET',
			run: () => TYPES,
		},
	];
}

const TYPES = {
	types: ['Accounts', 'Contacts', 'Project'],
	information: {
		Accounts: { isEntity: true, label: 'Accounts', singular: 'Account' },
		Contacts: { isEntity: true, label: 'Contacts', singular: 'Contact' },
		Project: { isEntity: true, label: 'Projects', singular: 'Project' },
	},
};

function logIn(state: ClientRightState, username: string, answer: string): unknown {
	const { authentication, sessions, figures, quirks } = state;
	const user = authentication.logIn(username, answer);
	figures.logins.count('logins');
	const { name } = sessions.open(user.username, user.userId);
	return {
		...(quirks.loginAnswer === 'sessionId' ? {} : { sessionName: name }),
		...(quirks.loginAnswer === 'sessionName' ? {} : { sessionId: name }),
		userId: user.userId,
		version: '0.22',
		vtigerVersion: '7.2.0-202008',
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
	const found = state.records.findSame(kind, fields);
	await work(state);
	const stored = storedFields(state, fields);
	const sent = sentFields(call);
	if (!found) return idOf(state, create(state, call, kind, stored));
	// To vtiger, a field that is not sent looks like an empty one.
	Object.assign(found.fields, stored);
	state.records.addRevision(found, sent);
	return idOf(state, found);
}

async function createProject(
	state: ClientRightState,
	call: OperationCall,
): Promise<string | number> {
	const fields = fieldsOf(call, 'project');
	await work(state);
	return idOf(state, create(state, call, 'project', storedFields(state, fields)));
}

async function listFiles(state: ClientRightState, call: OperationCall): Promise<unknown> {
	const inn = call.parameter('inn');
	const sms = call.parameter('sms');
	if (inn === '' || sms === '') throw missing([inn === '' && 'inn', sms === '' && 'sms']);
	await work(state);
	const client = state.records.findClient(inn, sms);
	if (!client) return CLIENT_NOT_FOUND;
	const files = state.files.list(client.id);
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

function storedFields({ quirks }: ClientRightState, fields: WireFields): WireFields {
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
async function work({ workMs }: ClientRightState): Promise<void> {
	if (workMs > 0) await sleep(workMs);
}

function idOf({ quirks }: ClientRightState, { id }: CrmRecord): string | number {
	return quirks.idsAsNumbers ? Number(id) : id;
}

const ENTITIES: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#039;',
};

/** Text as vtiger's `query_result` gives it. */
export function htmlEntities(text: string): string {
	return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
