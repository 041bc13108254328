import { FaultPlan } from '../core/faults';
import { ConnectionCounter, CountByName, MostAtOnce, RequestLog } from '../core/log';
import { Authentication } from './authentication';
import type { FileSeed } from './documents';
import { FAULT_RULES, type Fault, type ReceivedCall } from './faults';
import type { Operation } from './operation-table';
import { DEFAULT_QUIRKS, type Quirks } from './quirks';
import { RecordBook } from './records';
import { Sessions } from './sessions';
import { SAMPLE_WEB_FORMS, type WebForm } from './web-forms';

/** The user of a sandbox that is given none. Invented, of no use anywhere else. */
export const SANDBOX_USER = { username: 'api', accessKey: 'sandboxAccessKey' } as const;

export interface ClientRightOptions {
	/** Access key by user name; default {@link SANDBOX_USER} alone. */
	users?: Readonly<Record<string, string>>;
	/** Files that every new contact gets, as if `capture.php` had been there; default none. */
	contactFiles?: readonly FileSeed[];
	/** Web forms, for `capture.php`; default: a client's registration, {@link SAMPLE_WEB_FORMS}. */
	webForms?: readonly WebForm[];
	/** Operations besides those of docs/protocols/clientright.md and vtiger's own around sessions. */
	operations?: readonly Operation[];
	/** How many requests are stored for the log; default 10,000. */
	keepRequests?: number;
}

/** What can be changed while the CRM runs; times in milliseconds. */
export interface Settings {
	/** Default 15 minutes. */
	sessionLifetimeMs: number;
	/** How long each of the CRM's own operations works, with its session locked; default 0. */
	workMs: number;
	/** PHP's `upload_max_filesize`: a larger file is left out, and nothing says so; default 128 MiB. */
	mostFileBytes: number;
}

/** Counts of all requests since the last reset. */
export interface Figures {
	readonly operations: CountByName;
	readonly errorCodes: CountByName;
	/** `challenges`, `logins`, `failedLogins` and `downloads`. */
	readonly logins: CountByName;
	readonly sessions: MostAtOnce;
	readonly mobiles: MostAtOnce;
	readonly inns: MostAtOnce;
}

/** All that one CRM remembers. */
export interface ClientRightState {
	readonly records: RecordBook;
	readonly contactFiles: readonly FileSeed[];
	readonly webForms: readonly WebForm[];
	readonly authentication: Authentication;
	readonly sessions: Sessions;
	readonly log: RequestLog<ReceivedCall>;
	readonly figures: Figures;
	readonly faults: FaultPlan<Fault, ReceivedCall>;
	readonly connections: ConnectionCounter;
	workMs: number;
	mostFileBytes: number;
	readonly quirks: Quirks;
}

export function createState(options: ClientRightOptions): ClientRightState {
	const quirks: Quirks = { ...DEFAULT_QUIRKS };
	const authentication = new Authentication();
	for (const [username, accessKey] of usersOf(options)) authentication.set(username, { accessKey });
	return {
		records: new RecordBook(() => authentication.records()),
		contactFiles: options.contactFiles ?? [],
		webForms: options.webForms ?? SAMPLE_WEB_FORMS,
		authentication,
		sessions: new Sessions(900_000, quirks),
		log: new RequestLog(options.keepRequests),
		figures: {
			operations: new CountByName(),
			errorCodes: new CountByName(),
			logins: new CountByName(),
			sessions: new MostAtOnce(),
			mobiles: new MostAtOnce(),
			inns: new MostAtOnce(),
		},
		faults: new FaultPlan(FAULT_RULES),
		connections: new ConnectionCounter(),
		workMs: 0,
		mostFileBytes: 128 * 1024 * 1024,
		quirks,
	};
}

/** Users and their access keys, as the CRM is created. */
export function usersOf({ users }: ClientRightOptions): Array<[username: string, key: string]> {
	return Object.entries(users ?? { [SANDBOX_USER.username]: SANDBOX_USER.accessKey });
}
