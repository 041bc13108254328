/**
 * What is known of the operations of vtiger and of ClientRight (docs/protocols/vtiger.md, 2.7 and 2.8;
 * docs/protocols/clientright.md, 1.2). Their names can be written in any case (docs/protocols/vtiger.md, 2.9).
 */

const GET = new Set([
	'describe',
	'files_retrieve',
	'listtypes',
	'query',
	'query_related',
	'relatedtypes',
	'retrieve',
	'retrieve_inventory',
	'retrieve_related',
	'sync',
]);
const POST = new Set([
	'add_related',
	'changepassword',
	'convertlead',
	'create',
	'createaccount',
	'createcontact',
	'createproject',
	'delete',
	'deleteuser',
	'extendsession',
	'getfileslist',
	'logout',
	'mobile.query',
	'revise',
	'update',
]);
/** Operations that are registered for POST, although they only read. */
const READING_POST = new Set(['getfileslist', 'mobile.query']);

/**
 * Returns the HTTP method that an operation is registered with; `undefined` for an unknown one.
 *
 * @example
 * clientright.methodOf('query'); // => 'GET'
 * clientright.methodOf('CreateContact'); // => 'POST'
 * clientright.methodOf('myOperation'); // => undefined
 */
export function methodOf(operation: string): 'GET' | 'POST' | undefined {
	const name = operation.toLowerCase();
	if (GET.has(name)) return 'GET';
	return POST.has(name) ? 'POST' : undefined;
}

/**
 * Whether an operation is known to change nothing, so that it may be repeated.
 *
 * @example
 * clientright.isKnownRead('query'); // => true
 * clientright.isKnownRead('CreateContact'); // => false
 */
export function isKnownRead(operation: string): boolean {
	const name = operation.toLowerCase();
	return GET.has(name) || READING_POST.has(name);
}
