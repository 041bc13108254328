import type { ConnectionStatistics } from '../connections';
import { SandboxControlError } from '../control';
import type { CrmUser, UserView } from './authentication';
import type { CallStatistics } from './call-figures';
import {
	applySettings,
	resetCrmState,
	settingsOf,
	type ClientRightOptions,
	type CrmState,
	type Settings,
} from './crm-state';
import type { Fault, PlannedFault } from './faults';
import { readQuirks, type Quirks } from './quirks';
import { checkFieldNames } from './record-fields';
import type { CrmFile, CrmRecord, FileSeed, RecordKind, RecordSeed } from './record-types';
import type { ReceivedCall } from './request-log';
import type { SessionView } from './sessions';
import { SESSION_ENDS, type SessionEnd } from './webservice-error';

export type ClientRightStatistics = CallStatistics &
	ConnectionStatistics & {
		sessions: number;
		contacts: number;
		accounts: number;
		projects: number;
		files: number;
	};

/** The controls of a sandbox CRM. All returned values are copies; nothing waits for anything. */
export class ClientRightCrm {
	constructor(
		private readonly state: CrmState,
		private readonly options: ClientRightOptions,
	) {}

	/**
	 * Oldest first, as the three below.
	 *
	 * @param last how many of the latest; all, when absent
	 */
	records(kind?: RecordKind, last = Infinity): CrmRecord[] {
		return structuredClone(this.state.records.all(kind).slice(-last));
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
	 * Puts a record in that no client sent, as `capture.php` does with contacts.
	 *
	 * @throws SandboxControlError for a field that such a record does not have
	 */
	seed(kind: RecordKind, fields: RecordSeed): CrmRecord {
		checkFieldNames(kind, fields);
		return structuredClone(this.state.records.create(kind, fields));
	}

	/**
	 * Gives a contact files, which GetFilesList then lists.
	 *
	 * @throws SandboxControlError when there is no such contact
	 */
	addFiles(contactId: string, ...files: FileSeed[]): CrmFile[] {
		if (this.state.records.get(contactId)?.kind !== 'contact') {
			throw new SandboxControlError(`There is no contact "${contactId}"`, 404);
		}
		return files.map((file) => this.state.files.add(contactId, file));
	}

	/** Oldest first. */
	files(contactId?: string): CrmFile[] {
		return this.state.files.list(contactId);
	}

	fileContent(path: string): Buffer | undefined {
		const content = this.state.files.content(path);
		return content && Buffer.from(content);
	}

	/** @throws SandboxControlError when there is no such file */
	forbidFile(path: string, forbidden = true): void {
		if (this.state.files.setForbidden(path, forbidden)) return;
		throw new SandboxControlError(`There is no file "${path}"`, 404);
	}

	/** The latest requests, oldest first. */
	requests(filter: { operation?: string; last?: number } = {}): ReceivedCall[] {
		return this.state.log.list(
			({ operation }) => filter.operation === undefined || operation === filter.operation,
			filter.last ?? Infinity,
		);
	}

	statistics(): ClientRightStatistics {
		const { figures, connections, sessions, records, files } = this.state;
		return {
			...figures.statistics(),
			...connections.statistics(),
			sessions: sessions.list().length,
			contacts: records.all('contact').length,
			accounts: records.all('account').length,
			projects: records.all('project').length,
			files: files.list().length,
		};
	}

	/** @throws SandboxControlError for a fault that cannot be played */
	injectFault(fault: Fault): PlannedFault {
		return this.state.faults.add(fault);
	}

	/** All faults since the last clearing, spent ones too. */
	faults(): PlannedFault[] {
		return this.state.faults.list();
	}

	clearFaults(): void {
		this.state.faults.clear();
	}

	quirks(): Quirks {
		return { ...this.state.quirks };
	}

	/**
	 * Changes the quirks that are named.
	 *
	 * @throws SandboxControlError for a quirk or value that does not exist
	 */
	setQuirks(quirks: Partial<Quirks>): Quirks {
		Object.assign(this.state.quirks, readQuirks(quirks));
		return this.quirks();
	}

	settings(): Settings {
		return settingsOf(this.state);
	}

	/** Changes the settings that are named; open sessions and challenges are concerned at once. */
	setSettings(settings: Partial<Settings>): Settings {
		applySettings(this.state, { ...this.settings(), ...settings });
		return this.settings();
	}

	users(): UserView[] {
		return this.state.authentication.users();
	}

	/** Adds a user or changes its key; its sessions stay. */
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
		if (!SESSION_ENDS.includes(end)) {
			throw new SandboxControlError(`"end" must be one of: ${SESSION_ENDS.join(', ')}`);
		}
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

	/** Everything as when the sandbox was created; connections stay open. */
	reset(): void {
		resetCrmState(this.state, this.options);
	}
}
