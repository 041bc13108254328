import type { ControlRoute } from '../core/control-routes';
import { Controls } from '../core/controls';
import type { ConnectionStatistics } from '../core/log';
import { checkFields, checkOneOf, lastIn, objectIn, SandboxControlError } from '../core/input';
import type { CrmUser } from './authentication';
import { SESSION_ENDS, type SessionEnd } from './errors';
import type { Fault, ReceivedCall } from './faults';
import {
	documentedFields,
	fieldNames,
	kindOf,
	moduleOf,
	ownFields,
	RECORD_KINDS,
} from './documented-records';
import { fileAt, filesOf, seedFile, type CrmFile, type FileSeed } from './documents';
import { moduleNamed, MODULES } from './modules';
import { readQuirks, type Quirks } from './quirks';
import {
	checkFieldNames,
	type RecordKind,
	type Revision,
	type StoredRecord,
	type WireFields,
} from './records';
import type { SessionView } from './sessions';
import {
	createState,
	type ClientRightOptions,
	type ClientRightState,
	type Settings,
} from './state';

export interface ClientRightStatistics extends ConnectionStatistics {
	/** Requests to the entry point, answered or not, and downloads. */
	requests: number;
	/** Files asked for. */
	downloads: number;
	/** Challenges issued. */
	challenges: number;
	/** Logins that succeeded. */
	logins: number;
	failedLogins: number;
	/** Requests by operation. */
	byOperation: Record<string, number>;
	/** Answers `success: false` by code. */
	byErrorCode: Record<string, number>;
	/** The greatest number of calls in progress at once on any one session, waiting ones included. */
	mostAtOnceOnASession: number;
	/** The same for CreateContact of any one mobile, as sent. */
	mostAtOnceForAMobile: number;
	/** The same for CreateAccount of any one INN, as sent. */
	mostAtOnceForAnInn: number;
	contacts: number;
}

/** A record as a test or the page sees it. */
export interface CrmRecord {
	id: string;
	module: string;
	/** Of what the CRM's own operations make. */
	kind?: RecordKind;
	/**
	 * As the database stored them, `''` where they are empty: what has a kind by the names of
	 * docs/protocols/clientright.md, others by vtiger's.
	 */
	fields: WireFields;
	/** Oldest first; none for a seeded record. */
	revisions: Revision[];
	/** ISO 8601 in UTC. */
	createdAt: string;
}

/** The controls of a sandbox CRM. */
export class ClientRightCrm extends Controls<Fault, ReceivedCall, ClientRightState> {
	constructor(
		state: ClientRightState,
		private readonly options: ClientRightOptions,
	) {
		super(state);
	}

	/** Oldest first, as the three below. */
	records(kind?: RecordKind): CrmRecord[] {
		const modules = (kind ? [kind] : RECORD_KINDS).map(moduleOf);
		return this.state.records
			.all()
			.filter(({ module }) => modules.includes(module.name))
			.map(viewOf);
	}

	contacts(): CrmRecord[] {
		return this.records('contact');
	}

	accounts(): CrmRecord[] {
		return this.records('account');
	}

	projects(): CrmRecord[] {
		return this.records('project');
	}

	/** Of any module, with all its fields by vtiger's names; oldest first. */
	recordsOf(module: string): CrmRecord[] {
		return this.state.records.all(module).map(ownViewOf);
	}

	record(id: string): CrmRecord | undefined {
		const record = this.state.records.get(id);
		return record && viewOf(record);
	}

	/**
	 * Adds a record that no client sent.
	 *
	 * @param what a contact, account or project by the documented names of its fields, or a module
	 *   with vtiger's own
	 * @throws SandboxControlError for a field that such a record does not have
	 */
	seed(what: string, fields: WireFields): CrmRecord {
		const { records } = this.state;
		const kind = RECORD_KINDS.find((one) => one === what);
		if (!kind) checkOneOf('module', what, [...MODULES.keys()]);
		const module = moduleNamed(kind ? moduleOf(kind) : what);
		checkFieldNames(kind ? fieldNames(kind) : [...module.fields.keys()], fields);
		const record = records.create(module.name, kind ? ownFields(kind, fields) : fields);
		return kind ? viewOf(record) : ownViewOf(record);
	}

	/** Adds documents to a contact, which GetFilesList then lists. */
	addFiles(contactId: string, ...files: FileSeed[]): CrmFile[] {
		const contact = this.state.records.get(contactId);
		if (!contact) throw new SandboxControlError(`There is no record ${contactId}`, 404);
		return files.map((file) => seedFile(this.state.records, contact, file));
	}

	/** The documents of all contacts. */
	files(): CrmFile[] {
		return filesOf(this.state.records);
	}

	fileContent(path: string): Buffer | undefined {
		const file = fileAt(this.state.records, path);
		return file && Buffer.from(file.content);
	}

	/** @throws SandboxControlError when there is no such file */
	forbidFile(path: string): void {
		const file = fileAt(this.state.records, path);
		if (!file) throw new SandboxControlError(`There is no file "${path}"`, 404);
		file.forbidden = true;
	}

	statistics(): ClientRightStatistics {
		const { figures, log, connections, records } = this.state;
		const { logins, operations, errorCodes, sessions, mobiles, inns } = figures;
		const downloads = logins.of('downloads');
		return {
			requests: log.count - downloads,
			downloads,
			challenges: logins.of('challenges'),
			logins: logins.of('logins'),
			failedLogins: logins.of('failedLogins'),
			byOperation: operations.all(),
			byErrorCode: errorCodes.all(),
			mostAtOnceOnASession: sessions.most,
			mostAtOnceForAMobile: mobiles.most,
			mostAtOnceForAnInn: inns.most,
			...connections.statistics(),
			contacts: records.all('Contacts').length,
		};
	}

	/**
	 * Changes the quirks that are named.
	 *
	 * @throws SandboxControlError for a quirk or a value that does not exist
	 */
	setQuirks(quirks: Partial<Quirks>): Quirks {
		Object.assign(this.state.quirks, readQuirks(quirks));
		return { ...this.state.quirks };
	}

	/** Changes the settings that are named. */
	setSettings({ sessionLifetimeMs, workMs, mostFileBytes }: Partial<Settings>): void {
		const { state } = this;
		state.sessions.lifetimeMs = sessionLifetimeMs ?? state.sessions.lifetimeMs;
		state.workMs = workMs ?? state.workMs;
		state.mostFileBytes = mostFileBytes ?? state.mostFileBytes;
	}

	/** Adds a user or changes their key; their sessions stay. */
	setUser(username: string, user: CrmUser): void {
		this.state.authentication.set(username, user);
	}

	removeUser(username: string): void {
		this.state.authentication.remove(username);
	}

	/** Those that are open, in the order of the logins. */
	sessions(): SessionView[] {
		return this.state.sessions.list();
	}

	/**
	 * Ends open sessions.
	 *
	 * @param end how vtiger answers the next request of each; later ones are `INVALID_SESSIONID`
	 * @param number of one session; all, when absent
	 */
	expireSessions(end: SessionEnd = 'INVALID_SESSIONID', number?: number): void {
		checkOneOf('end', end, SESSION_ENDS);
		this.state.sessions.expire(end, number);
	}

	/**
	 * Makes open sessions older by so many milliseconds, as if unused meanwhile.
	 *
	 * @param number of one session; all, when absent
	 */
	ageSessions(ms: number, number?: number): void {
		this.state.sessions.age(ms, number);
	}

	/** Makes all open challenges too old to log in with. */
	expireChallenges(): void {
		this.state.authentication.expireChallenges();
	}

	override reset(): void {
		const { connections } = this.state;
		connections.reset();
		Object.assign(this.state, createState(this.options), { connections });
	}

	override overview(): object {
		return {
			faults: this.faults(),
			quirks: this.state.quirks,
			statistics: this.statistics(),
			webForms: this.state.webForms,
		};
	}

	/** The whole control API. */
	routes(): ControlRoute[] {
		return [
			...this.commonRoutes(),
			{
				method: 'PATCH',
				path: '/quirks',
				about: 'Changes how the CRM behaves where installations of vtiger differ',
				run: ({ body }) => this.setQuirks(objectIn(body)),
			},
			{
				method: 'GET',
				path: '/records',
				about: 'Lists the records of all modules, oldest first; `?last=20`',
				run: ({ query }) => this.state.records.all().slice(-lastIn(query)).map(shownOf),
			},
			{
				method: 'POST',
				path: '/sessions/expire',
				about: 'Ends all sessions; `end`: the error code of their next call',
				run: ({ body }) => {
					const input = objectIn(body);
					checkFields(input, { end: 'text' });
					this.expireSessions(input.end as SessionEnd | undefined);
				},
			},
		];
	}
}

function ownViewOf({ id, module, fields, revisions, createdAt }: StoredRecord): CrmRecord {
	return structuredClone({ id, module: module.name, fields, revisions, createdAt });
}

function viewOf(record: StoredRecord): CrmRecord {
	const kind = kindOf(record);
	const view = ownViewOf(record);
	return kind ? { ...view, kind, fields: documentedFields(kind, record) } : view;
}

/** For the page: what the module calls such a record, what it is called itself, where its file is. */
function shownOf(record: StoredRecord): object {
	const { singular, labelFields } = record.module;
	const title = labelFields.map((name) => record.fields[name]).join(' ');
	return { ...viewOf(record), singular, title, path: record.attachments[0]?.path };
}
