import { ConnectionCounter } from '../connections';
import { Authentication, type CrmUser } from './authentication';
import { CallFigures } from './call-figures';
import { crmOperations } from './crm-operations';
import { createFaultPlan, type ClientRightFaultPlan } from './faults';
import { FileStore } from './file-store';
import { loginOperations } from './login-operations';
import { OperationTable, type Operation } from './operations';
import { DEFAULT_QUIRKS, type Quirks } from './quirks';
import { RecordBook } from './record-book';
import type { FileSeed } from './record-types';
import { RequestLog } from './request-log';
import { Sessions } from './sessions';

/** The user of a sandbox that is given none. Invented, of no use anywhere else. */
export const SANDBOX_USER = { username: 'api', accessKey: 'sandboxAccessKey' } as const;

/** What can be changed while the CRM runs; all in milliseconds. */
export interface Settings {
	/** Default 15 minutes. */
	sessionLifetimeMs: number;
	/** Default 5 minutes. */
	challengeLifetimeMs: number;
	/** How long each of the four operations works, with its session locked; default 0. */
	workMs: number;
}

export interface ClientRightOptions extends Partial<Settings> {
	/** Access key, or more, by user name; default {@link SANDBOX_USER} alone. */
	users?: Readonly<Record<string, string | CrmUser>>;
	quirks?: Partial<Quirks>;
	/** Files that every new contact gets, as if `capture.php` had been there; default none. */
	contactFiles?: readonly FileSeed[];
	/** Operations besides those of docs/protocols/clientright.md and vtiger's own around sessions. */
	operations?: readonly Operation[];
	/** Default 84001. */
	firstId?: number;
	/** PHP's `post_max_size`; default 8 MiB. */
	maxBodyBytes?: number;
	/** How many requests are kept to be looked at; default 10,000. */
	keepRequests?: number;
}

/** All that one CRM remembers. */
export interface CrmState {
	readonly records: RecordBook;
	readonly files: FileStore;
	readonly authentication: Authentication;
	readonly sessions: Sessions;
	readonly operations: OperationTable;
	readonly log: RequestLog;
	readonly figures: CallFigures;
	readonly faults: ClientRightFaultPlan;
	readonly connections: ConnectionCounter;
	readonly contactFiles: readonly FileSeed[];
	readonly maxBodyBytes: number;
	workMs: number;
	quirks: Quirks;
}

export function createCrmState(options: ClientRightOptions): CrmState {
	const state: CrmState = {
		records: new RecordBook(options.firstId ?? 84_001),
		files: new FileStore(),
		authentication: new Authentication(0),
		sessions: new Sessions(0, () => state.quirks),
		operations: new OperationTable(),
		log: new RequestLog(options.keepRequests ?? 10_000),
		figures: new CallFigures(),
		faults: createFaultPlan(),
		connections: new ConnectionCounter(),
		contactFiles: options.contactFiles ?? [],
		maxBodyBytes: options.maxBodyBytes ?? 8 * 1024 * 1024,
		workMs: 0,
		quirks: { ...DEFAULT_QUIRKS },
	};
	state.operations.add(...loginOperations(state), ...crmOperations(state));
	state.operations.add(...(options.operations ?? []));
	restoreOptions(state, options);
	return state;
}

/** Takes a CRM back to the moment it was created. Connections stay open. */
export function resetCrmState(state: CrmState, options: ClientRightOptions): void {
	state.records.reset();
	state.files.reset();
	state.sessions.reset();
	state.log.reset();
	state.figures.reset();
	state.faults.clear();
	state.connections.reset();
	state.authentication.clear();
	restoreOptions(state, options);
}

export function settingsOf(state: CrmState): Settings {
	return {
		sessionLifetimeMs: state.sessions.lifetimeMs,
		challengeLifetimeMs: state.authentication.challengeLifetimeMs,
		workMs: state.workMs,
	};
}

export function applySettings(state: CrmState, settings: Settings): void {
	state.sessions.lifetimeMs = settings.sessionLifetimeMs;
	state.authentication.challengeLifetimeMs = settings.challengeLifetimeMs;
	state.workMs = settings.workMs;
}

/** The users of a CRM as it is created. */
export function usersOf({ users }: ClientRightOptions): Array<[username: string, user: CrmUser]> {
	const given = users ?? { [SANDBOX_USER.username]: SANDBOX_USER.accessKey };
	return Object.entries(given).map(([username, user]) => [
		username,
		typeof user === 'string' ? { accessKey: user } : user,
	]);
}

function restoreOptions(state: CrmState, options: ClientRightOptions): void {
	const { sessionLifetimeMs = 900_000, challengeLifetimeMs = 300_000, workMs = 0 } = options;
	applySettings(state, { sessionLifetimeMs, challengeLifetimeMs, workMs });
	state.quirks = { ...DEFAULT_QUIRKS, ...options.quirks };
	for (const [username, user] of usersOf(options)) state.authentication.set(username, user);
}
