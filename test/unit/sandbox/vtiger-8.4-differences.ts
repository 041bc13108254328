/** Why an exchange of test/vectors/vtiger-8.4.json is not replayed, by its name. */
export const NOT_REPRODUCED: Readonly<Record<string, string>> = {
	'create.Quotes.line-items': 'the sandbox has no quotes: 8.4 cannot create them',
	wsapp_register: "operations of vtiger's own synchronisation, of which only this one works",
};

/** Lists of which the sandbox has a part, which is as recorded, and why not all. */
export const PARTS: Readonly<Record<string, string>> = {
	'listtypes.by-POST': '14 of 35 modules: those that the examples and the tests use',
	'relatedtypes.Contacts': 'lists of modules that the sandbox has',
	'describe.Users': '14 of 62 fields: names, addresses, and what the web service looks at',
	'query.Users': 'the same fields',
	'create.Products.ok': 'prices in several currencies are left out',
};

/**
 * Where the recording rig's own handlers are not those of docs/protocols/clientright.md, or vtiger
 * makes a value of others in a way that is not known: the answer of the sandbox.
 */
export const ANSWERED_OTHERWISE: Readonly<Record<string, object>> = {
	'GetFilesList.missing': {
		success: false,
		error: { message: 'Mandatory Fields Missing..sms', code: 'MANDATORY_FIELDS_MISSING' },
	},
};

/** Fields that vtiger makes of others in a way that is not known, by exchange. */
export const COMPUTED: Readonly<Record<string, readonly string[]>> = {
	'create.Calendar.ok-2': ['duration_hours'],
};
