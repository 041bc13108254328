import { checkQuirks, ON_OR_OFF, type AllowedQuirks } from '../quirk-check';

/** How the CRM behaves where installations of vtiger differ, or docs/protocols/clientright.md leaves it open. */
export interface Quirks {
	/** What `login` calls the session (docs/protocols/clientright.md, 3.3). */
	loginAnswer: 'sessionName' | 'sessionId' | 'both';
	/** Whether `sessionId` stands in where `sessionName` is not sent (docs/protocols/clientright.md, 4.8). */
	acceptsSessionId: boolean;
	/** Whether parameters are taken from cookies too, as PHP does without a php.ini. */
	cookiesAsParameters: boolean;
	/** Whether the upserts empty fields that are not sent: to vtiger they look like empty ones. */
	blanksLeftOut: boolean;
	/** Ids of records as JSON numbers. */
	idsAsNumbers: boolean;
	/** HTML entities in the titles of files, as vtiger's `query_result` gives them. */
	htmlEntities: boolean;
	/** PHP prints its warnings; each of the four operations causes one. */
	displayErrors: boolean;
	/** What is printed in front of the JSON no longer makes the answer `text/html`. */
	outputBuffering: boolean;
	/** The file of the four operations was saved with a byte order mark. */
	byteOrderMark: boolean;
	/** The database refuses what it cannot store whole, instead of cutting it. */
	strictDatabase: boolean;
	/** PHP before 7.2, where `logout` still works. */
	workingLogout: boolean;
	/**
	 * When expired sessions are removed: after every request, which lets the first request after
	 * expiry through if no other came before it; or never.
	 */
	expirySweep: 'everyRequest' | 'never';
	/** What a session's lifetime is counted from. */
	lifetimeFrom: 'lastUse' | 'login';
	/** Every file answers 403. */
	filesForbidden: boolean;
}

/** As the recorded vtiger 7.2 behaves, with the php.ini that PHP recommends for cookies. */
export const DEFAULT_QUIRKS: Readonly<Quirks> = {
	loginAnswer: 'sessionName',
	acceptsSessionId: false,
	cookiesAsParameters: false,
	blanksLeftOut: true,
	idsAsNumbers: false,
	htmlEntities: true,
	displayErrors: false,
	outputBuffering: false,
	byteOrderMark: false,
	strictDatabase: false,
	workingLogout: false,
	expirySweep: 'everyRequest',
	lifetimeFrom: 'lastUse',
	filesForbidden: false,
};

/** The CRM by its samples (docs/protocols/clientright.md, 8.5): `sessionId` in the answer and instead of `sessionName`. */
export const DOCUMENT_QUIRKS: Readonly<Partial<Quirks>> = {
	loginAnswer: 'sessionId',
	acceptsSessionId: true,
};

const ALLOWED: AllowedQuirks<Quirks> = {
	loginAnswer: ['sessionName', 'sessionId', 'both'],
	acceptsSessionId: ON_OR_OFF,
	cookiesAsParameters: ON_OR_OFF,
	blanksLeftOut: ON_OR_OFF,
	idsAsNumbers: ON_OR_OFF,
	htmlEntities: ON_OR_OFF,
	displayErrors: ON_OR_OFF,
	outputBuffering: ON_OR_OFF,
	byteOrderMark: ON_OR_OFF,
	strictDatabase: ON_OR_OFF,
	workingLogout: ON_OR_OFF,
	expirySweep: ['everyRequest', 'never'],
	lifetimeFrom: ['lastUse', 'login'],
	filesForbidden: ON_OR_OFF,
};

/** @throws SandboxControlError for a quirk or value that does not exist */
export function readQuirks(input: object): Partial<Quirks> {
	return checkQuirks(input, ALLOWED);
}
