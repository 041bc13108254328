import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { decodeEntities } from '../../../nodes/ClientRight/webservice/entities';
import { openEnvelope } from '../../../nodes/ClientRight/webservice/envelope';
import { excerpt, redact } from '../../../nodes/ClientRight/webservice/redaction';
import { readFiles, readRecordId } from '../../../nodes/ClientRight/webservice/results';

const WARNING =
	'<br />\n<b>Warning</b>:  foreach() argument must be {array} in <b>/var/www/crm/x.php</b> on line <b>62</b><br />\n';

describe('an envelope', () => {
	it('is found whatever is printed around it (wire/README.md: display_errors on)', () => {
		const noise = fc.constantFrom(
			'',
			WARNING,
			'\uFEFF',
			'<b>debug</b>\n',
			'{"success":',
			'{}',
			' ',
		);
		fc.assert(
			fc.property(fc.jsonValue(), noise, noise, (result, before, after) => {
				const opened = openEnvelope(
					`${before}${JSON.stringify({ success: true, result })}${after}`,
				);
				const expected = JSON.parse(JSON.stringify({ result })) as { result: unknown };
				expect(opened?.envelope).toEqual({ success: true, result: expected.result });
			}),
		);
	});

	it('tells that something was printed, but not for a byte order mark', () => {
		const json = '{"success":true,"result":"9"}';
		expect(openEnvelope(WARNING + json)?.printedAround).toBe(true);
		expect(openEnvelope(`\uFEFF${json}\n`)?.printedAround).toBe(false);
	});

	it('may hold what looks like another one', () => {
		const result = 'he said {"success":false}';
		const text = `x ${JSON.stringify({ success: true, result })} y`;
		expect(openEnvelope(text)?.envelope).toEqual({ success: true, result });
	});

	it.each(['', '\uFEFF', 'Access denied text', '<html></html>', '[]', '{"success":"yes"}', 'null'])(
		'is not seen in %j',
		(text) => expect(openEnvelope(text)).toBeUndefined(),
	);

	it.each([
		['{"success":false,"error":{"message":"numeric code","code":42}}', '42', 'numeric code'],
		[
			'{"success":false,"error":{"message":"Duplicate(s) detected!","code":0}}',
			'0',
			'Duplicate(s) detected!',
		],
		['{"success":false,"error":"x"}', '', 'x'],
		['{"success":false}', '', ''],
	])('tells code and message of an error: %s', (json, code, message) => {
		expect(openEnvelope(json)?.envelope).toEqual({ success: false, error: { code, message } });
	});
});

interface Exchange {
	name: string;
	response: { status: string | null; body: string | null };
}

/** The recording leaves out the middle of long bodies. */
const ABRIDGED = new Set(['echo.value-200k-cyrillic', 'handler.big-1M-cyrillic', 'listtypes.ok']);

describe('every answer recorded from a real vtiger', () => {
	const recording = JSON.parse(
		readFileSync(join(__dirname, '..', '..', 'vectors', 'vtiger-7.2.json'), 'utf8'),
	) as Exchange[];
	const answers = recording.filter(({ response }) => response.status !== null);

	it('with an envelope in it is opened, and no other', () => {
		for (const { name, response } of answers) {
			const body = response.body ?? '';
			if (ABRIDGED.has(name)) continue;
			const hasEnvelope = /\{"success":(true|false),/.test(body);
			expect([name, openEnvelope(body) !== undefined]).toEqual([name, hasEnvelope]);
		}
	});
});

describe('entities', () => {
	it.each([
		['&lt;b&gt;&quot;x&quot; &amp; &#039;y&#039;&lt;/b&gt;', '<b>"x" & \'y\'</b>'],
		['&#x42F;&#1071;&apos;', "ЯЯ'"],
		['&amp;lt;', '&lt;'],
		['&nbsp; &unknown; & &#0; &#x110000;', '&nbsp; &unknown; & &#0; &#x110000;'],
	])('%s is %s', (encoded, text) => expect(decodeEntities(encoded)).toBe(text));
});

describe('a result', () => {
	const notFound = { status: ' failed', message: ' Клиент с указанным СМС-кодом и ИНН не найден' };

	it('that failed is an error with its message (document, 4.1: " failed")', () => {
		expect(() => readFiles('GetFilesList', notFound)).toThrow(
			'The CRM refused GetFilesList: Клиент с указанным СМС-кодом и ИНН не найден',
		);
	});

	it.each([
		['83859', '83859'],
		[83859, '83859'],
		['12x9', '12x9'],
	])('with the id %j gives it as text', (result, id) => {
		expect(readRecordId('CreateContact', result)).toBe(id);
	});

	it.each([null, false, true, '', '0', [], {}, 'query failed quietly', 1.1, -1])(
		'without an id is no success: %j',
		(result) => {
			expect(() => readRecordId('CreateContact', result)).toThrow('without the id of a record');
		},
	);

	it('lists files, with their titles decoded', () => {
		const file = { title: 'договор &quot;1&quot;', path: 'storage/a.pdf' };
		const expected = [{ title: 'договор "1"', path: 'storage/a.pdf', raw: file }];
		expect(readFiles('GetFilesList', { status: 'ok', files: [file] })).toEqual(expected);
		expect(readFiles('GetFilesList', { status: 'ok', files: { 3: file } })).toEqual(expected);
		expect(readFiles('GetFilesList', { status: 'ok', files: [] })).toEqual([]);
		expect(readFiles('GetFilesList', { status: 'ok' })).toEqual([]);
		expect(() => readFiles('GetFilesList', 'x')).toThrow('without a list of files');
	});
});

describe('what the CRM wrote', () => {
	it('is shown without secrets and tags', () => {
		const page = "<b>Fatal</b> in login('api', 'd41d8cd98f00b204')<script>alert(1)</script>";
		expect(excerpt(page, ['d41d8cd98f00b204'])).toBe("Fatal in login('api', '•••')");
		expect(redact('abc', ['', 'a'])).toBe('abc');
	});

	it('keeps what is no tag, and ends with a tag or a script that has no end', () => {
		expect(excerpt('a < b <b>c</b> <3 <a href="x', [])).toBe('a < b c <3');
		expect(excerpt('a <script>b</style> c', [])).toBe('a');
	});

	it.each(['<', '<b', '</', '<script', '<script>', '<!--', '<style><script>'])(
		'is shown at once, also of megabytes of %s',
		(part) => {
			const before = process.cpuUsage().user;
			excerpt(part.repeat(2_000_000 / part.length), []);
			expect((process.cpuUsage().user - before) / 1000).toBeLessThan(2_000);
		},
	);

	it.each([
		['{"success":true,"result":{"sessionName":"5f400d266b0', '"sessionName":"•••'],
		['{"success":true,"result":{"token":"6b02727d5f8ce","serverTi', '"token":"•••","serverTi'],
		['Array ( [sessionName] => 5f400d266b0 )', '[sessionName] => •••'],
	])('shows no session or token of half an answer: %s', (text, shown) => {
		expect(excerpt(text, [])).toContain(shown);
	});
});
