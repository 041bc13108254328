import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import html4Entities from '../../vectors/html-4-entities.json';
import { decodeEntities, openEnvelope } from '../../../nodes/ClientRight/wire/envelope';
import { RemoteError, UnusableAnswer } from '../../../nodes/ClientRight/client/failures';
import { pageExcerpt, redact } from '../../../nodes/ClientRight/client/exchange';
import {
	readFiles,
	readRecordId,
	refuseUndone,
	ResultError,
} from '../../../nodes/ClientRight/wire/results';
import { hasLostDigits } from '../../../nodes/shared/wire';

const WARNING =
	'<br />\n<b>Warning</b>:  foreach() argument must be {array} in <b>/var/www/crm/x.php</b> on line <b>62</b><br />\n';

/** Whole numbers beyond 2^53 come out as text, which keeps their digits. */
const keepDigits = (_: string, value: unknown) =>
	typeof value === 'number' && /^-?\d+$/.test(String(value)) && !Number.isSafeInteger(value)
		? String(value)
		: value;

describe('an envelope', () => {
	it('is found whatever is printed around it (docs/protocols/vtiger.md, 3.4)', () => {
		// Whole numbers beyond 2^53 come out as text.
		const json = fc.jsonValue().filter((value) => !hasLostDigits(value));
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
			fc.property(json, noise, noise, (result, before, after) => {
				const opened = openEnvelope(
					`${before}${JSON.stringify({ success: true, result })}${after}`,
				);
				const expected = JSON.parse(JSON.stringify({ result }), keepDigits) as { result: unknown };
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

describe('vtiger 8.4', () => {
	const recording = JSON.parse(
		readFileSync(join(__dirname, '..', '..', 'vectors', 'vtiger-8.4.json'), 'utf8'),
	) as Exchange[];
	const opened = (name: string) => {
		const { response } = recording.find((exchange) => exchange.name === name)!;
		return openEnvelope(response.body ?? '')?.envelope;
	};
	const resultOf = (name: string) => {
		const envelope = opened(name);
		return envelope?.success ? envelope.result : undefined;
	};

	it('writes control characters raw into its texts: they are read', () => {
		expect(resultOf('api.create.control-character')).toMatchObject({ description: 'до\vпосле' });
	});

	it('gives every control character back, whatever stands around them', () => {
		const text = fc.string({
			unit: fc.integer({ min: 0, max: 0x7f }).map((c) => String.fromCharCode(c)),
		});
		fc.assert(
			fc.property(text, fc.constantFrom('', WARNING, '"', "it's \\"), (value, before) => {
				// As its encoder writes: these have escapes of their own, the others none.
				const raw = JSON.stringify(value).replace(/\\u00([01][0-9a-f])/g, (_, code: string) =>
					String.fromCharCode(Number.parseInt(code, 16)),
				);
				const body = `${before}{"success":true,"result":[{"a":${raw},"b":1}]}`;
				expect(openEnvelope(body)?.envelope).toEqual({
					success: true,
					result: [{ a: value, b: 1 }],
				});
			}),
		);
	});

	it('writes all entities of HTML 4 into the answers of custom operations', () => {
		expect(
			readFiles('GetFilesList', resultOf('GetFilesList.html-entities-in-title')),
		).toMatchObject([{ title: 'Договор «Ромашка» — "копия" № 1 & приложение' }]);
	});

	it('leaves the result out when a conversion did nothing', () => {
		const nothing = resultOf('convertlead.nothing-to-create');
		expect(() => refuseUndone('convertlead', nothing)).toThrow(
			'The CRM returned no result for convertlead: it did nothing',
		);
		expect(() => refuseUndone('ConvertLead', null)).toThrow(ResultError);
		expect(() => refuseUndone('convertlead', resultOf('convertlead.ok'))).not.toThrow();
		expect(() => refuseUndone('delete', undefined)).not.toThrow();
	});

	it.each([
		['query.by-POST', 'the parameter "query" was empty'],
		['retrieve.unknown-prefix', 'the parameter "id" was empty'],
		['describe.by-POST', 'the parameter "elementType" was empty'],
		['describe.unknown-module', 'the parameter "elementType" was empty'],
		['retrieve.not-found', 'lacks a right, or the record does not exist'],
	])('says that access is denied, and means: %s', (name, meant) => {
		const envelope = opened(name);
		if (!envelope || envelope.success) throw new Error('It was a success');
		expect(new RemoteError('query', envelope.error).description).toContain(meant);
	});

	it('tells of a query too long for a URL, and how to make PHP’s log speak', () => {
		const answer = (status: number, body: string) =>
			new UnusableAnswer('query', { status, headers: {}, body: Buffer.from(body) }, body);
		expect(answer(414, '<h1>Request-URI Too Long</h1>').description).toContain(
			'Shorten the query: it is too long for a URL',
		);
		for (const failed of [answer(500, ''), answer(500, 'Fatal'), answer(200, 'Fatal error')]) {
			expect(failed.description).toContain(
				'replace line 17 of config.inc.php (error_reporting) with line 18 or 19',
			);
		}
	});
});

describe('entities', () => {
	it('of HTML 4 are decoded to what PHP’s htmlentities() wrote them for', () => {
		const entries = Object.entries(html4Entities);
		expect(entries.length).toBeGreaterThan(250);
		const decoded = entries.map(([entity]) => [entity, decodeEntities(entity)]);
		expect(Object.fromEntries(decoded)).toEqual(html4Entities);
		// Once only: whoever typed an entity gets what was typed.
		for (const [entity] of entries) {
			expect(decodeEntities(entity.replace('&', '&amp;'))).toBe(entity);
		}
	});

	it.each([
		['&lt;b&gt;&quot;x&quot; &amp; &#039;y&#039;&lt;/b&gt;', '<b>"x" & \'y\'</b>'],
		['&#x42F;&#1071;&apos;', "ЯЯ'"],
		['&amp;lt;', '&lt;'],
		['&nbsp; &unknown; & &#0; &#x110000;', '\u00a0 &unknown; & &#0; &#x110000;'],
		['&laquo;Три&nbsp;бобра&raquo; &mdash; 5&deg; &hellip; &copy;', '«Три\u00a0бобра» — 5° … ©'],
		['&Eacute;&eacute; &rsquo; &euro; &amp;laquo; &#128;', 'Éé ’ € &laquo; \u0080'],
		['&laquo &copy 2026 R&D; a&b', '&laquo &copy 2026 R&D; a&b'],
	])('%s is %s', (encoded, text) => expect(decodeEntities(encoded)).toBe(text));
});

describe('a result', () => {
	const notFound = { status: ' failed', message: ' Клиент с указанным СМС-кодом и ИНН не найден' };

	it('that failed is an error with its message (docs/protocols/clientright.md, 4.3)', () => {
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
			expect(() => readRecordId('CreateContact', result)).toThrow('no record ID');
		},
	);

	it('lists files, with their titles decoded', () => {
		const file = { title: 'договор &quot;1&quot;', path: 'storage/a.pdf' };
		const expected = [{ title: 'договор "1"', path: 'storage/a.pdf', raw: file }];
		expect(readFiles('GetFilesList', { status: 'ok', files: [file] })).toEqual(expected);
		expect(readFiles('GetFilesList', { status: 'ok', files: { 3: file } })).toEqual(expected);
		expect(readFiles('GetFilesList', { status: 'ok', files: [] })).toEqual([]);
		expect(readFiles('GetFilesList', { status: 'ok' })).toEqual([]);
		expect(() => readFiles('GetFilesList', 'x')).toThrow('no list of files');
	});

	it.each([false, '', ' ', [], {}, null, undefined])('without files has none: %j', (files) => {
		expect(readFiles('GetFilesList', { status: 'ok', files })).toEqual([]);
		expect(readFiles('GetFilesList', { status: ' OK ', message: '', files })).toEqual([]);
		expect(readFiles('GetFilesList', { files })).toEqual([]);
	});

	it('that is an empty list has no files, and one of files has them', () => {
		expect(readFiles('GetFilesList', [])).toEqual([]);
		expect(readFiles('GetFilesList', [{ title: 'a', path: 'b' }])).toMatchObject([{ path: 'b' }]);
	});

	it.each([
		[{ status: 'pending' }, 'with the status "pending"'],
		[{ status: 'error', message: 'Нет &laquo;доступа&raquo;' }, '"error": Нет «доступа»'],
		[{ status: 'denied', files: [{ title: 'a', path: 'b' }] }, 'with the status "denied"'],
		[{ status: false, files: [] }, 'with the status false'],
		[{ status: 1, message: ' нет ' }, 'with the status 1: нет'],
		[
			{ status: 'ok', message: ['нет', 'договора'] },
			'instead of files for GetFilesList: ["нет","договора"]',
		],
		[{ status: { code: 5 }, files: [] }, 'with the status {"code":5}'],
		[
			{ message: 'Клиент не найден' },
			'a message instead of files for GetFilesList: Клиент не найден',
		],
		[
			{ status: 'ok', message: 'СМС-код устарел', files: [] },
			'instead of files for GetFilesList: СМС-код устарел',
		],
		[
			{ status: 'ok', message: 'СМС-код устарел', files: false },
			'instead of files for GetFilesList: СМС-код',
		],
	])('of the CRM’s words is an error, not an empty list: %j', (result, words) => {
		expect(() => readFiles('GetFilesList', result)).toThrow(words);
		expect(() => readFiles('GetFilesList', result)).toThrow(
			expect.objectContaining({ fault: 'refused' }),
		);
	});

	it('of files may have a message beside them', () => {
		const files = [{ title: 'a', path: 'b' }];
		expect(readFiles('GetFilesList', { status: 'ok', message: 'один файл', files })).toHaveLength(
			1,
		);
	});

	it.each([
		{ types: ['Contacts'] },
		{ files: 'a.pdf' },
		{ files: 3 },
		{ files: true },
		null,
		false,
		'',
	])('of something else is no empty list: %j', (result) => {
		expect(() => readFiles('GetFilesList', result)).toThrow('no list of files');
	});

	it('without an id keeps the CRM’s words', () => {
		expect(() => readRecordId('CreateContact', { status: 'error', message: 'нет места' })).toThrow(
			expect.objectContaining({ fault: 'noId', said: 'нет места' }),
		);
	});
});

describe('what the CRM wrote', () => {
	it('is shown without secrets and tags', () => {
		const page = "<b>Fatal</b> in login('api', 'd41d8cd98f00b204')<script>alert(1)</script>";
		expect(pageExcerpt(page, ['d41d8cd98f00b204'])).toBe("Fatal in login('api', '•••')");
		expect(redact('abc', ['', 'a'])).toBe('abc');
	});

	it('keeps what is no tag, and ends with a tag or a script that has no end', () => {
		expect(pageExcerpt('a < b <b>c</b> <3 <a href="x', [])).toBe('a < b c <3');
		expect(pageExcerpt('a <script>b</style> c', [])).toBe('a');
	});

	it.each(['<', '<b', '</', '<script', '<script>', '<!--', '<style><script>'])(
		'is shown at once, also of megabytes of %s',
		(part) => {
			const before = process.cpuUsage().user;
			pageExcerpt(part.repeat(2_000_000 / part.length), []);
			expect((process.cpuUsage().user - before) / 1000).toBeLessThan(2_000);
		},
	);

	it.each([
		['{"success":true,"result":{"sessionName":"5f400d266b0', '"sessionName":"•••'],
		['{"success":true,"result":{"token":"6b02727d5f8ce","serverTi', '"token":"•••","serverTi'],
		['Array ( [sessionName] => 5f400d266b0 )', '[sessionName] => •••'],
	])('shows no session or token of half an answer: %s', (text, shown) => {
		expect(pageExcerpt(text, [])).toContain(shown);
	});
});
