import type { ControlRoute } from '../core/control-routes';
import { Controls } from '../core/controls';
import type { ConnectionStatistics } from '../core/figures';
import { checkFields, checkOneOf, lastIn, objectIn, SandboxControlError } from '../core/input';
import type { CrmUser } from './authentication';
import { SESSION_ENDS, type SessionEnd } from './errors';
import type { Fault, ReceivedCall } from './faults';
import type { CrmFile, FileSeed } from './files';
import { readQuirks, type Quirks } from './quirks';
import { checkFieldNames, type CrmRecord, type RecordKind, type RecordSeed } from './records';
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
		return structuredClone(this.state.records.all(kind));
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

	record(id: string): CrmRecord | undefined {
		return structuredClone(this.state.records.get(id));
	}

	/**
	 * Adds a record that no client sent, as `capture.php` does with contacts.
	 *
	 * @throws SandboxControlError for a field that such a record does not have
	 */
	seed(kind: RecordKind, fields: RecordSeed): CrmRecord {
		checkFieldNames(kind, fields);
		return structuredClone(this.state.records.create(kind, fields));
	}

	/** Adds files to a contact, which GetFilesList then lists. */
	addFiles(contactId: string, ...files: FileSeed[]): CrmFile[] {
		return files.map((file) => this.state.files.add(contactId, file));
	}

	/** Oldest first. */
	files(): CrmFile[] {
		return this.state.files.list();
	}

	fileContent(path: string): Buffer | undefined {
		const file = this.state.files.find(path);
		return file && Buffer.from(file.content);
	}

	/** @throws SandboxControlError when there is no such file */
	forbidFile(path: string): void {
		if (this.state.files.forbid(path)) return;
		throw new SandboxControlError(`There is no file "${path}"`, 404);
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
			contacts: records.all('contact').length,
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
	setSettings({ sessionLifetimeMs, workMs }: Partial<Settings>): void {
		const { state } = this;
		state.sessions.lifetimeMs = sessionLifetimeMs ?? state.sessions.lifetimeMs;
		state.workMs = workMs ?? state.workMs;
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
				about: 'Lists contacts, accounts and projects, oldest first; `?last=20`',
				run: ({ query }) => this.records().slice(-lastIn(query)),
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
