import { checkQuirks, defaultQuirks, type QuirkValues } from '../core/input';

/** How the CRM behaves where installations of vtiger differ, or docs/protocols/clientright.md leaves it open. */
export interface Quirks {
	/** Which of the recorded vtigers it is. */
	version: '7.2' | '8.4';
	/** What `login` calls the session (docs/protocols/clientright.md, 3.3). */
	loginAnswer: 'sessionName' | 'sessionId' | 'both';
	/** Whether `sessionId` replaces `sessionName` where that is not sent (docs/protocols/clientright.md, 4.8). */
	acceptsSessionId: boolean;
	/** Whether parameters are read from cookies too, as PHP does without a php.ini. */
	cookiesAsParameters: boolean;
	/** Ids of records as JSON numbers. */
	idsAsNumbers: boolean;
	/** PHP prints its warnings; each of the CRM's own operations causes one. */
	displayErrors: boolean;
	/** What is printed before the JSON no longer makes the answer `text/html`. */
	outputBuffering: boolean;
	/** The file of the CRM's own operations was saved with a byte order mark. */
	byteOrderMark: boolean;
	/** The database refuses what it cannot store whole, instead of cutting it. */
	strictDatabase: boolean;
	/** PHP before 7.2, where the `logout` of vtiger 7.2 still works. */
	workingLogout: boolean;
	/**
	 * When expired sessions are removed: after every request, which lets the first request after
	 * expiry through if no other came before it; or never.
	 */
	expirySweep: 'everyRequest' | 'never';
}

const VALUES: QuirkValues<Quirks> = {
	version: ['8.4', '7.2'],
	loginAnswer: ['sessionName', 'sessionId', 'both'],
	acceptsSessionId: [false, true],
	cookiesAsParameters: [false, true],
	idsAsNumbers: [false, true],
	displayErrors: [false, true],
	outputBuffering: [false, true],
	byteOrderMark: [false, true],
	strictDatabase: [false, true],
	workingLogout: [false, true],
	expirySweep: ['everyRequest', 'never'],
};

/** As the recorded vtigers behave, with the php.ini that PHP recommends for cookies. */
export const DEFAULT_QUIRKS: Readonly<Quirks> = defaultQuirks(VALUES);

/** @throws SandboxControlError for a quirk or a value that does not exist */
export function readQuirks(input: object): Partial<Quirks> {
	return checkQuirks(input, VALUES);
}
