/** Why an exchange of the recording is not replayed, by its name. */
export const NOT_REPRODUCED: Readonly<Record<string, string>> = {
	'GetFilesList.session-of-getchallenge': 'that session id never goes over the wire',
	'query.session-of-getchallenge': 'that session id never goes over the wire',
	'op.unknown.display_errors': "the warnings of vtiger's start-up, with its line numbers",
	'session.contents': "PHP's own variables of a session, shown by the rig",
	'listtypes.ok': 'the sandbox lists the modules it has: see vtiger-8.4-recording.test.ts',
	...because(
		"the sandbox's custom fields are those of the recorded 8.4, where records are compared",
		['retrieve.special-chars', 'create.builtin-ok'],
	),
	'duplicate-prevention.builtin-create': 'the sandbox has no rules against duplicates',
	'duplicate-prevention.custom-op':
		'the rig finds contacts by INN and makes a duplicate of this mobile; the document finds them ' +
		'by mobile and updates. The fault "error" gives the same answer.',
};

/** Exchanges of many requests at once, or over a time, and the test that has their name. */
export const TESTED_APART: readonly string[] = [
	'concurrency.8-parallel-500ms',
	'abort.client-timeout-while-handler-runs',
	'abort.client-timeout-while-waiting-for-session-lock',
	'race.8-parallel-creates-same-inn.same-session',
	'race.8-parallel-creates-same-inn.different-sessions',
	'race.8-parallel-logins-same-user',
	'session-gc.sliding',
	'session-gc.after-5s-idle.first-request',
	'session-gc.after-5s-idle.second-request',
	'session-gc.after-5s-idle.after-other-traffic',
];

const MISSING =
	'{"success":false,"error":{"message":"Mandatory Fields Missing..inn, sms",' +
	'"code":"MANDATORY_FIELDS_MISSING"}}';

/**
 * Where the recording rig's own handlers are not those of docs/protocols/clientright.md: these are
 * answered as it says. 4.2 and 4.3: an exception without INN or SMS code, and its own text for a
 * client it does not find.
 */
export const ANSWERED_AS_DOCUMENTED: Readonly<Record<string, string>> = {
	'GetFilesList.wrong-sms':
		'{"success":true,"result":{"status":" failed","message":" \\u041a\\u043b\\u0438\\u0435\\u043d' +
		'\\u0442 \\u0441 \\u0443\\u043a\\u0430\\u0437\\u0430\\u043d\\u043d\\u044b\\u043c ' +
		'\\u0421\\u041c\\u0421-\\u043a\\u043e\\u0434\\u043e\\u043c \\u0438 \\u0418\\u041d\\u041d ' +
		'\\u043d\\u0435 \\u043d\\u0430\\u0439\\u0434\\u0435\\u043d"}}',
	'GetFilesList(POST-op).by-GET': MISSING,
	'method.PUT': MISSING,
	'method.DELETE': MISSING,
	'method.OPTIONS': MISSING,
};

/**
 * Contacts of one mobile and different INNs: new ones for the rig, one and the same for the
 * document. The answers differ in the id alone.
 */
export const OTHER_RECORD: readonly string[] = [
	'CreateContact.long-lastname',
	'CreateContact.emoji',
	'CreateContact.special-chars',
	'strict-sql.CreateContact.bad-birthday',
];

function because(reason: string, names: readonly string[]): Record<string, string> {
	return Object.fromEntries(names.map((name) => [name, reason]));
}
