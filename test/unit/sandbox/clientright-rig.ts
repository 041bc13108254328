import { htmlEntities } from '../../../sandbox/core/php';
import {
	PhpExit,
	PhpFatalError,
	WebserviceError,
	type Operation,
	type OperationCall,
} from '../../../sandbox/clientright';

/**
 * The operations that were added to the recorded vtiger to see what becomes of parameters, results
 * and PHP's own output.
 */
export const RIG_OPERATIONS: readonly Operation[] = [
	{ name: 'LoopTest', httpMethod: 'POST', run: loopTest },
	{ name: 'LoopPre', httpMethod: 'POST', beforeLogin: true, run: loopTest },
	{
		name: 'LoopEnc',
		httpMethod: 'POST',
		run: (call) => ({ decoded: decodedParameter(call.parameter('b')) }),
	},
	{
		name: 'LoopNoHandler',
		httpMethod: 'POST',
		run() {
			throw new PhpFatalError('Uncaught TypeError: no valid callback');
		},
	},
	{
		name: 'LoopNoFile',
		httpMethod: 'POST',
		run() {
			const file = 'include/Webservices/Custom/NoSuchFile.php';
			throw new PhpExit(`Sorry! Attempt to access restricted file. - ${file}`);
		},
	},
	{
		name: 'LoopBom',
		httpMethod: 'POST',
		run(call) {
			call.php.print('\uFEFF');
			return 'handler file starts with a BOM';
		},
	},
	{
		name: 'GetFilesListGet',
		httpMethod: 'GET',
		run: (call) =>
			call.parameter('inn') === '770000000001' && call.parameter('sms') === '1111'
				? { status: 'ok', files: RIG_FILES.map(wireFile) }
				: { status: ' failed', message: 'Неверный код СМС' },
	},
];

/** The files of the recorded contact. */
export const RIG_FILES = [
	{ title: 'Договор', path: 'https://crm.example.test/files/1.pdf' },
	{ title: 'Претензия "А&Б"', path: 'https://crm.example.test/files/2.pdf' },
] as const;

/** What the recorded `LoopTest` does, by its parameter `kind`. */
const KINDS: Readonly<Record<string, (call: OperationCall) => unknown>> = {
	echo: (call) => {
		const a = call.parameter('a');
		return { a, b: call.parameter('b'), a_type: 'string', a_len: Buffer.byteLength(a) };
	},
	user: ({ userId }) => ({ id: userId?.replace('19x', '') }),
	big: (call) => 'Я'.repeat(Number(call.parameter('a'))),
	dbread: (call) => {
		const v = htmlEntities(call.parameter('a'));
		return { query_result: v, raw: { 0: v, v } };
	},
	dberror: () => 'query failed quietly',
	null: () => null,
	false: () => false,
	true: () => true,
	int: () => 83859,
	intstr: () => '83859',
	float: () => 1.1,
	emptyarray: () => [],
	assoc: () => ({ x: null, y: '', z: 0 }),
	html: () => `<a href="x?a=1&b=2">'ООО "Ромашка"'</a> / \\ \t\r\n–€😀`,
	badutf8: () => '\udccf',
	throwws: () => fail('MANDATORY_FIELDS_MISSING', 'Не заполнено поле "ИНН" & <b>код</b>'),
	throwwscustom: () => fail('MY_OWN_CODE', 'custom'),
	throwwsnum: () => fail(42, 'numeric code'),
	createmiss: () => fail('MANDATORY_FIELDS_MISSING', 'lastname does not have a value'),
	throwgeneric: () => {
		throw new Error('its text stays in the CRM');
	},
	warn: ({ php }) => {
		php.warn('foreach() argument must be of type array|object, string given', 62);
		return 'after warning';
	},
	notice: ({ php }) => {
		php.warn('Undefined array key "nokey"', 63);
		return 'after notice';
	},
	echohtml: ({ php }) => {
		php.print('<b>debug</b>\n', 64);
		return 'after echo';
	},
	fatal: () => {
		const message = 'Uncaught Error: Call to undefined function call_missing_function()';
		throw new PhpFatalError(message, 65, traceOf('fatal'));
	},
	typeerror: () => {
		const message =
			'Uncaught TypeError: strlen(): Argument #1 ($string) must be of type string, array given';
		throw new PhpFatalError(message, 66, traceOf('typeerror'));
	},
	memory: () => {
		throw new PhpFatalError('Allowed memory size exhausted');
	},
	timeout: () => {
		throw new PhpFatalError('Maximum execution time of 1 second exceeded');
	},
	exit: () => {
		throw new PhpExit('Access denied text');
	},
	exitempty: () => {
		throw new PhpExit('');
	},
};

function loopTest(call: OperationCall): unknown {
	// PHP 8 takes no list for a text, whatever the operation does with it.
	['a', 'b'].forEach((name) => call.parameter(name));
	const kind = call.parameter('kind');
	return Object.hasOwn(KINDS, kind) ? KINDS[kind]?.(call) : 'unknown kind';
}

function fail(code: string | number, message: string): never {
	throw new WebserviceError(code, message);
}

function traceOf(kind: string): string {
	return [
		`#0 /var/www/crm/include/Webservices/OperationManager.php(146): loop_test('${kind}', '', '', Object(Users))`,
		'#1 /var/www/crm/webservice.php(134): OperationManager-&gt;runOperation(Array, Object(Users))',
		'#2 {main}',
	].join('\n');
}

/** A parameter that vtiger was told to be JSON. */
function decodedParameter(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

function wireFile({ title, path }: { title: string; path: string }): object {
	return { title: htmlEntities(title), path };
}
