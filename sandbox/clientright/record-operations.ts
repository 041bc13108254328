import { htmlEntities } from '../core/php';
import { attach } from './documents';
import { checkFilled, webserviceError, WebserviceError } from './errors';
import {
	describeModule,
	listTypes,
	moduleOfPrefix,
	MODULES,
	type Field,
	type Module,
} from './modules';
import type { Operation, OperationCall } from './operation-table';
import { PhpExit } from './php';
import { fullId, type StoredRecord } from './records';
import type { ClientRightState } from './state';
import { readValue, shownValue, storedValue } from './values';

/** vtiger's own operations on records of any module. */
export function recordOperations(state: ClientRightState): Operation[] {
	return [
		{
			name: 'listtypes',
			httpMethod: 'GET',
			run: (call) => {
				const wanted = readJson(call.parameter('fieldTypeList') || '[]', state);
				return listTypes(modulesWith(Array.isArray(wanted) ? wanted : []));
			},
		},
		{
			name: 'describe',
			httpMethod: 'GET',
			run: (call) => {
				const module = readableModule(state, call, call.parameter('elementType'));
				return describeModule(module, state.authentication.userOf(call.userId).dateFormat);
			},
		},
		{
			name: 'retrieve',
			httpMethod: 'GET',
			run: (call) => shownRecord(recordOf(state, call, call.parameter('id')), state),
		},
		{ name: 'create', httpMethod: 'POST', run: (call) => create(state, call) },
		{ name: 'update', httpMethod: 'POST', run: (call) => change(state, call, true) },
		{ name: 'revise', httpMethod: 'POST', run: (call) => change(state, call, false) },
		{
			name: 'delete',
			httpMethod: 'POST',
			run: (call) => {
				state.records.delete(recordOf(state, call, call.parameter('id')));
				return { status: 'successful' };
			},
		},
		{ name: 'convertlead', httpMethod: 'POST', run: (call) => convertLead(state, call) },
	];
}

function modulesWith(types: readonly unknown[]): Module[] {
	return [...MODULES.values()].filter(({ fields }) => {
		const has = (type: unknown) => [...fields.values()].some((field) => field.type === type);
		return types.length === 0 || types.some(has);
	});
}

/**
 * A module that the user may look into.
 *
 * @throws WebserviceError when there is none, or only administrators may
 */
export function readableModule(
	{ authentication }: ClientRightState,
	{ userId }: Pick<OperationCall, 'userId'>,
	name: string,
): Module {
	const module = MODULES.get(name);
	const isOpen = name !== 'Users' || authentication.userOf(userId).isAdmin;
	if (module && isOpen) return module;
	throw accessDenied(` for name : ${name}`);
}

function accessDenied(what = ''): WebserviceError {
	const text = `Permission to perform the operation is denied${what}`;
	return new WebserviceError('ACCESS_DENIED', text);
}

/** @throws WebserviceError for an id with which no record of its module is to be had */
export function recordOf(
	{ records, authentication }: ClientRightState,
	{ userId }: Pick<OperationCall, 'userId'>,
	id: string,
): StoredRecord {
	const [, prefix = '', number = ''] = /^(\d+)x(\d+)$/.exec(id) ?? [];
	const module = moduleOfPrefix(prefix);
	if (!module) throw accessDenied(' for id');
	const record = records.find(module, number);
	const isOpen = module.name !== 'Users' || authentication.userOf(userId).isAdmin;
	if (record && isOpen) return record;
	// vtiger finds out that an id is of another module only where there is such a record.
	throw records.get(number) ? webserviceError('INVALID_ID_ATTRIBUTE') : accessDenied();
}

/** A record as all of vtiger's operations on one give it. */
export function shownRecord(record: StoredRecord, { quirks }: ClientRightState): object {
	const { module, attachments } = record;
	const ids = attachments.map(({ number }) => `${module.prefix}x${number}`);
	return {
		...shownFields(record, false, quirks),
		id: fullId(record),
		...(ids.length > 0 && { imageattachmentids: ids.join(',') }),
		label: labelOf(record, quirks.version),
	};
}

/** Before 8, a name of two parts is not trimmed where the first is empty. */
function labelOf({ module, fields }: StoredRecord, version: '7.2' | '8.4'): string {
	const label = htmlEntities(module.labelFields.map((name) => fields[name] ?? '').join(' '));
	return version === '7.2' ? label : label.trim();
}

/** @param isRow whether in an answer to a query */
export function shownFields(
	record: StoredRecord,
	isRow: boolean,
	quirks: ClientRightState['quirks'],
): Record<string, string | null> {
	const shown = [...record.module.fields.values()].map((field) => {
		return [field.name, shownValue(field, kept(record, field.name), isRow, quirks)] as const;
	});
	return Object.fromEntries(shown);
}

/** A field's value as the database has it; times in UTC. */
export function kept(record: StoredRecord, name: string): string {
	if (name === 'id') return fullId(record);
	if (name === 'createdtime') return databaseTime(record.createdAt);
	if (name === 'modifiedtime') return databaseTime(record.modifiedAt);
	return record.fields[name] ?? '';
}

function databaseTime(moment: string): string {
	return moment.slice(0, 19).replace('T', ' ');
}

function create(state: ClientRightState, call: OperationCall): object {
	const module = MODULES.get(call.parameter('elementType'));
	if (!module) throw accessDenied();
	const element = elementOf(call, state);
	checkReferences(module, element);
	for (const { name, mandatory } of module.fields.values()) {
		if (mandatory) checkFilled(name, element[name]);
	}
	const fields = storedFields(module, element, state);
	const origin = { userId: call.userId ?? '', source: 'WEBSERVICE' } as const;
	const record = state.records.create(module.name, fields, origin);
	state.records.addRevision(record, { element: call.parameter('element') });
	if (module.name === 'Documents') attach(state.records, record, call.files);
	checkOwner(record, state);
	return shownRecord(record, state);
}

/** @param isWhole whether all mandatory fields must be there */
function change(state: ClientRightState, call: OperationCall, isWhole: boolean): object {
	const element = elementOf(call, state);
	if (typeof element.id !== 'string' || !element.id.includes('x')) {
		throw webserviceError('INVALID_ID_ATTRIBUTE');
	}
	const record = recordOf(state, call, element.id);
	const { module } = record;
	checkReferences(module, element);
	for (const { name, mandatory } of module.fields.values()) {
		if (mandatory && (isWhole || name in element)) checkFilled(name, element[name]);
	}
	state.records.change(record, storedFields(module, element, state), call.userId ?? undefined);
	state.records.addRevision(record, { element: call.parameter('element') });
	if (module.name === 'Documents') attach(state.records, record, call.files);
	checkOwner(record, state);
	return shownRecord(record, state);
}

/**
 * Makes records of a lead.
 *
 * @returns their ids by module; null where there was nothing to make, or a mandatory field is empty
 */
function convertLead(state: ClientRightState, call: OperationCall): object | null {
	const { leadId, assignedTo, entities } = elementOf(call, state);
	const lead = recordOf(state, call, typeof leadId === 'string' ? leadId : '');
	if (state.records.isHidden(lead)) {
		throw new WebserviceError('LEAD_ALREADY_CONVERTED', 'Lead is already converted');
	}
	const wanted = Object.entries((entities ?? {}) as Record<string, Element>).flatMap(
		([name, { create: isWanted, ...fields }]) => {
			const module = MODULES.get(name);
			return module && isWanted === true ? [{ module, fields }] : [];
		},
	);
	const owner = typeof assignedTo === 'string' ? assignedTo : (call.userId ?? '');
	const isWhole = wanted.every(({ module, fields }) =>
		[...module.fields.values()].every(
			({ name, type, mandatory }) => !mandatory || type === 'owner' || Boolean(fields[name]),
		),
	);
	if (wanted.length === 0 || !isWhole) return null;
	const made = wanted.map(({ module, fields }) => {
		const element = { ...fields, assigned_user_id: owner };
		const origin = { userId: call.userId ?? '', source: 'WEBSERVICE' } as const;
		return state.records.create(module.name, storedFields(module, element, state), origin);
	});
	state.records.hide(lead);
	return Object.fromEntries(made.map((record) => [record.module.name, fullId(record)]));
}

type Element = Readonly<Record<string, unknown>>;

/** The record that was sent, as JSON. */
function elementOf(call: OperationCall, state: ClientRightState): Element {
	const element = readJson(call.parameter('element') || 'null', state);
	return typeof element === 'object' && element !== null ? (element as Element) : {};
}

/**
 * Reads a parameter that is JSON. The decoder of 8.4 reads `\uXXXX` before all else, and takes the
 * halves of a character for two.
 *
 * @throws WebserviceError on 8.4, for what is no JSON; 7.2 goes on with nothing
 */
function readJson(text: string, { quirks }: Pick<ClientRightState, 'quirks'>): unknown {
	const isOld = quirks.version === '7.2';
	const decoded = text.replace(/\\u([0-9a-f]{4})/gi, (escape, digits: string) => {
		const code = Number.parseInt(digits, 16);
		if (code >= 0xd800 && code <= 0xdfff) return '?';
		// A control character stays as it is for vtiger, whose decoder takes it; JSON.parse does not.
		return code < 0x20 ? escape : String.fromCharCode(code);
	});
	try {
		return JSON.parse(isOld ? text : decoded);
	} catch {
		if (isOld) return null;
		throw webserviceError('INTERNAL_SERVER_ERROR');
	}
}

function checkReferences({ fields }: Module, element: Element): void {
	for (const { name, type, refersTo } of fields.values()) {
		const value = element[name];
		if (type !== 'reference' || typeof value !== 'string' || value === '') continue;
		const [prefix = '', number] = value.split('x');
		if (number === undefined) throw webserviceError('INVALID_ID_ATTRIBUTE');
		const module = moduleOfPrefix(prefix);
		if (!module) throw accessDenied(' for id');
		if (refersTo.includes(module.name)) continue;
		throw new WebserviceError('REFERENCE_INVALID', `Invalid reference specified for ${name}`);
	}
}

/** Known fields of an element, as they are stored. */
function storedFields(
	module: Module,
	element: Element,
	state: ClientRightState,
): Record<string, string> {
	const given = [...module.fields.values()].filter(({ name, editable }) => {
		return editable && name in element;
	});
	const { strictDatabase } = state.quirks;
	return Object.fromEntries(
		given.map((field) => {
			const value = storedValue(field, readValue(field, element[field.name]), strictDatabase);
			return [field.name, whole(field, value, state)];
		}),
	);
}

/** An owner's id with its prefix; nothing in place of a reference to what is not there. */
function whole({ type }: Field, value: string, { records }: ClientRightState): string {
	if (type === 'owner') return value.includes('x') ? value : `19x${value}`;
	if (type !== 'reference' || value === '') return value;
	const [prefix = '', number = ''] = value.split('x');
	const module = moduleOfPrefix(prefix);
	return module && records.find(module, number) ? value : '';
}

/** @throws PhpExit when the owner is not there: vtiger finds out when the record is stored */
function checkOwner({ fields }: StoredRecord, { records }: ClientRightState): void {
	const owner = fields.assigned_user_id;
	if (owner === undefined) return;
	const owners = [...records.all('Users'), ...records.all('Groups')];
	if (owners.some((record) => fullId(record) === owner)) return;
	throw new PhpExit('Sorry! Attempt to access restricted file.');
}
