import fc from 'fast-check';
import {
	ExapiAnswerError,
	ExapiRequestError,
	idForItem,
	openAnswer,
	openRequest,
	sign,
	signatureMatches,
	writeAnswer,
	writeRequest,
} from '../../../nodes/Exapi/protocol';
import { hasLostDigits, parseJson } from '../../../nodes/shared/wire';
import vectors from '../../vectors/exapi-signing.json';

const key = { sender: 'partner_7', secret: 'invented' };
/** Whole numbers beyond 2^53 come out as text. */
const json = fc.jsonValue().filter((value) => !hasLostDigits(value));
const text = fc.string({ unit: 'binary', minLength: 1 });
const keys = fc.record({ sender: fc.string({ minLength: 1, maxLength: 64 }), secret: text });

describe('signatures made by PHP', () => {
	it.each(vectors)('$name', ({ sender, secret, message, sign: expected, body }) => {
		expect(sign(message, { sender, secret })).toBe(expected);
		expect(signatureMatches(message, expected, { sender, secret })).toBe(true);
		const inner = parseJson(message) as {
			method?: string;
			params?: unknown;
			error?: string | null;
			id: string | number | null;
		};
		if (inner.method !== undefined) {
			const opened = openRequest(body, () => [secret]);
			expect(opened).toMatchObject({ key: { sender, secret }, request: { params: inner.params } });
		} else if (inner.error === null) {
			expect(openAnswer(body, { sender, secret }, String(inner.id))).toEqual(inner);
		} else {
			expect(() => openAnswer(body, { sender, secret }, '')).toThrow(
				expect.objectContaining({ fault: 'remoteError', detail: inner.error }),
			);
		}
	});

	it('cover what differs between encoders', () => {
		const all = vectors.map(({ message }) => message).join('');
		const missing = ['\\/', '\\u04', 'и', '://', '👍', '\\ud83d', '\\"'].filter(
			(trait) => !all.includes(trait),
		);
		expect(missing).toEqual([]);
	});
});

describe('a request', () => {
	it('is read as it was signed', () => {
		fc.assert(
			fc.property(
				fc.string({ minLength: 1 }),
				fc.array(json),
				fc.string(),
				keys,
				(method, params, id, own) => {
					const body = writeRequest({ method, params, id }, own);
					const { request } = openRequest(body, () => ['other', own.secret]);
					// JSON has no -0: what is signed is the text.
					expect(request).toEqual(JSON.parse(JSON.stringify({ method, params, id })));
				},
			),
		);
	});

	it('is rejected with any changed character', () => {
		const body = writeRequest({ method: 'addOrder', params: [{ a: 'б' }], id: '1' }, key);
		fc.assert(
			fc.property(
				fc.nat(body.length - 1),
				fc.string({ minLength: 1, maxLength: 1 }),
				(at, char) => {
					fc.pre(body[at] !== char);
					const changed = body.slice(0, at) + char + body.slice(at + 1);
					const open = () =>
						openRequest(changed, (sender) => (sender === key.sender ? [key.secret] : []));
					// A change may leave the JSON's meaning alone (white space, an escape written otherwise).
					if (sameMeaning(changed, body)) expect(open).not.toThrow();
					else expect(open).toThrow(ExapiRequestError);
				},
			),
		);
	});

	it.each([
		['no JSON', '{', false],
		['a list', '[]', false],
		['no sender', '{"sign":"x","request":"{}"}', false],
		['a long sender', JSON.stringify({ sender: 'x'.repeat(65), sign: '', request: '{}' }), false],
		['no request', '{"sender":"partner_7","sign":""}', false],
		['no method', signed('{"params":[]}'), true],
		['params that are an object', signed('{"method":"x","params":{}}'), true],
		['an inner text that is no JSON', signed('x'), true],
	])('is rejected with %s', (_, body, admitted) => {
		expect(() => openRequest(body, () => [key.secret])).toThrow(
			expect.objectContaining({
				name: 'ExapiRequestError',
				answerTo: admitted ? { key, id: null } : undefined,
			}),
		);
	});

	it('rejects a lone surrogate in the signed text', () => {
		const body = signed('{"method":"x","params":["\uFFFD"],"id":""}');
		expect(openRequest(body, () => [key.secret]).request.params).toEqual(['\uFFFD']);
		const forged = body.replace('\uFFFD', '\\ud800');
		expect(() => openRequest(forged, () => [key.secret])).toThrow('The signature is wrong');
	});

	it.each([
		['17', '"17"'],
		['', '""'],
		[1767225600123, '1767225600123'],
		[1.5, '1.5'],
		[0, '0'],
		[true, 'true'],
		[null, 'null'],
		[null, '{"a":1}'],
		[null, '[1]'],
	])('has the id %j, as it was sent: %s', (id, sent) => {
		const body = signed(`{"method":"x","params":[],"id":${sent}}`);
		expect(openRequest(body, () => [key.secret]).request.id).toBe(id);
	});

	it.each<[string, unknown]>([
		['12345678901234567890', '12345678901234567890'],
		['9007199254740993', '9007199254740993'],
		['-9007199254740993', '-9007199254740993'],
		['1.0', '1.0'],
		['1e3', '1e3'],
		['1767225600123', 1767225600123],
		['1.5', 1.5],
		['0', 0],
	])('has its id %s echoed digit by digit, without quotes', (sent, inItem) => {
		const { request } = openRequest(signed(`{"params":[],"method":"x","id":${sent} }`), () => [
			key.secret,
		]);
		const body = writeAnswer({ result: 7, error: null, id: request.id }, key);
		expect((JSON.parse(body) as { answer: string }).answer).toBe(
			`{"result":7,"error":null,"id":${sent}}`,
		);
		expect(idForItem(request.id)).toBe(inItem);
	});

	it('keeps the digits of whole numbers, and text of digits as text', () => {
		const { request } = openRequest(
			signed(
				'{"method":"x","params":[9007199254740993,"9007199254740993",7],"id":"9007199254740993"}',
			),
			() => [key.secret],
		);
		expect(request).toMatchObject({
			params: ['9007199254740993', '9007199254740993', 7],
			id: '9007199254740993',
		});
	});

	it('is written with all digits', () => {
		const params = [9007199254740993n, ['12345678901234567890'], 7];
		const body = writeRequest({ method: 'x', params, id: '1' }, key);
		expect((JSON.parse(body) as { request: string }).request).toBe(
			'{"method":"x","params":[9007199254740993,["12345678901234567890"],7],"id":"1"}',
		);
		expect(openRequest(body, () => [key.secret]).request.params[0]).toBe('9007199254740993');
	});

	it.each([
		['a byte order mark', (body: string) => `\uFEFF${body}`],
		['blanks', (body: string) => ` \r\n\t${body}\n`],
		['a byte order mark and blanks', (body: string) => `\uFEFF\n${body} `],
	])('may have %s around it', (_, around) => {
		const body = around(signed('{"method":"x","params":[],"id":"1"}'));
		expect(openRequest(body, () => [key.secret]).request.method).toBe('x');
	});

	it.each([
		['123', '123'],
		['-7', '-7'],
		['-0', '0'],
		['9007199254740993', '9007199254740993'],
		['9223372036854775807', '9223372036854775807'],
		['9223372036854775808', '9.2233720368548E+18'],
		['12345678901234567890', '1.2345678901235E+19'],
		['1.0', '1'],
		['1e3', '1000'],
		['1.50', '1.5'],
		['123456789.123456789', '123456789.12346'],
		['1.2345678901234567', '1.2345678901235'],
		['0.0001', '0.0001'],
		['0.00001', '1.0E-5'],
		['10000000000000.0', '10000000000000'],
		['100000000000000.0', '1.0E+14'],
		['1E100', '1.0E+100'],
		['-0.0', '-0'],
		['-1e-7', '-1.0E-7'],
	])('may have a sender that is the number %s, with which PHP signs as %s', (sent, sender) => {
		const request = '{"method":"x","params":[],"id":"1"}';
		const signature = sign(request, { ...key, sender });
		const body = `{"sender": ${sent},"sign":"${signature}","request":${JSON.stringify(request)}}`;
		const secretsOf = (name: string) => (name === sender ? [key.secret] : []);
		expect(openRequest(body, secretsOf).key.sender).toBe(sender);
		expect(() => openRequest(body.replace(signature, '0'.repeat(32)), secretsOf)).toThrow(
			'The signature is wrong',
		);
	});

	it.each(['true', 'null', '[123]', '{"a":1}', '""', '"9".repeat(65)', '9'.repeat(400)])(
		'has no sender, or an unknown one, with %s',
		(sent) => {
			const body = `{"sender":${sent},"sign":"${'0'.repeat(32)}","request":"{}"}`;
			expect(() => openRequest(body, () => [])).toThrow(ExapiRequestError);
		},
	);

	it('in UTF-16 is none, as it is none to PHP', () => {
		const body = signed('{"method":"x","params":[],"id":"1"}');
		const decoded = Buffer.from(`\uFEFF${body}`, 'utf16le').toString('utf8');
		expect(() => openRequest(decoded, () => [key.secret])).toThrow(ExapiRequestError);
	});

	it('has an id of up to 255 characters; a longer one is not returned', () => {
		const withId = (id: string) => signed(JSON.stringify({ method: 'x', params: [], id }));
		const open = (id: string) => openRequest(withId(id), () => [key.secret]);
		expect(open('я'.repeat(255)).request.id).toHaveLength(255);
		expect(() => open('x'.repeat(256))).toThrow(
			expect.objectContaining({ name: 'ExapiRequestError', answerTo: { key, id: null } }),
		);
	});

	it('without an id has null for it', () => {
		const { request } = openRequest(signed('{"method":"x","params":[]}'), () => [key.secret]);
		expect(request.id).toBeNull();
	});

	it('keeps its id for the answer when it is rejected', () => {
		expect(() => openRequest(signed('{"params":[],"id":17}'), () => [key.secret])).toThrow(
			expect.objectContaining({ answerTo: { key, id: 17 } }),
		);
	});

	it.each([
		[{ sender: '', secret: 'x' }, 'sender'],
		[{ sender: 'x'.repeat(65), secret: 'x' }, 'sender'],
		[{ sender: 'x', secret: '' }, 'secret'],
	])('is not written with %j', (bad, field) => {
		expect(() => writeRequest({ method: 'x', params: [], id: '' }, bad)).toThrow(
			expect.objectContaining({ name: 'ExapiInputError', field }),
		);
	});
});

describe('an answer', () => {
	it('is read as it was signed', () => {
		fc.assert(
			fc.property(json, fc.string(), keys, (result, id, own) => {
				const { result: opened } = openAnswer(
					writeAnswer({ result, error: null, id }, own),
					own,
					id,
				);
				expect(opened).toEqual(JSON.parse(JSON.stringify(result)));
			}),
		);
	});

	it('is rejected with any changed bit', () => {
		const body = Buffer.from(writeAnswer({ result: 'да', error: null, id: '1' }, key));
		fc.assert(
			fc.property(fc.nat(body.length - 1), fc.nat(7), (at, bit) => {
				const changed = Buffer.from(body);
				changed.writeUInt8(changed.readUInt8(at) ^ (1 << bit), at);
				const flipped = changed.toString('utf8');
				fc.pre(!sameMeaning(flipped, body.toString('utf8')));
				expect(() => openAnswer(flipped, key, '1')).toThrow(ExapiAnswerError);
			}),
		);
	});

	it.each([
		['empty', ' \n', 'empty'],
		['HTML', '<html>', 'notJson'],
		['JSON of another kind', '{"ok":true}', 'notAnEnvelope'],
		['a number', '17', 'notAnEnvelope'],
		[
			'signed by another',
			writeAnswer({ result: 1, error: null, id: '1' }, { ...key, secret: 'x' }),
			'wrongSignature',
		],
		['an upper-case signature', envelope('{}', sign('{}', key).toUpperCase()), 'wrongSignature'],
		['no signature', envelope('{}', null), 'wrongSignature'],
		['of another id', writeAnswer({ result: 1, error: null, id: '2' }, key), 'wrongId'],
		['an error', writeAnswer({ result: null, error: 'нет', id: '1' }, key), 'remoteError'],
		[
			'an error that is an object',
			envelope('{"error":{"a":1}}', sign('{"error":{"a":1}}', key)),
			'remoteError',
		],
		['a signed list', envelope('[]', sign('[]', key)), 'notAnEnvelope'],
		[
			'our own request',
			echoOf(writeRequest({ method: 'x', params: [], id: '1' }, key)),
			'wrongSignature',
		],
		[
			'a request with more in it',
			inEnvelope({ method: 'x', result: 7, id: '1' }),
			'wrongSignature',
		],
		['an id and nothing more', inEnvelope({ id: '1' }), 'wrongSignature'],
		['nothing at all', inEnvelope({}), 'wrongSignature'],
		['an answer of another id to nothing', inEnvelope({ id: '2' }), 'wrongSignature'],
	])('that is %s: %s', (_, body, fault) => {
		expect(() => openAnswer(body, key, '1')).toThrow(
			expect.objectContaining({ name: 'ExapiAnswerError', fault }),
		);
	});

	it.each([null, 1, '1', ''])('may have the id %j for "1"', (id) => {
		expect(openAnswer(writeAnswer({ result: 7, error: null, id }, key), key, '1').result).toBe(7);
	});

	it.each([
		['without an error', { result: 7, id: '1' }, 7],
		['without an id', { result: 7, error: null }, 7],
		['of null', { result: null, error: null, id: '1' }, null],
		['with no more than an error of none', { error: null, id: '1' }, undefined],
	])('%s is read', (_, answer, result) => {
		expect(openAnswer(inEnvelope(answer), key, '1').result).toBe(result);
	});

	it.each<[unknown]>([
		[null],
		[''],
		[' \n'],
		[false],
		[0],
		['0'],
		[0.0],
		['0.00'],
		['null'],
		['NULL'],
		['false'],
		['[]'],
		[[]],
		[{}],
		[[null]],
		[[[]]],
		[['', 0]],
		[{ code: 0, message: '' }],
		[{ errors: [], code: '0' }],
	])('may have the error %j, which says nothing', (error) => {
		expect(openAnswer(inEnvelope({ result: 7, error, id: '1' }), key, '1').result).toBe(7);
		expect(openAnswer(inEnvelope({ result: null, error, id: '1' }), key, '1').result).toBeNull();
	});

	it.each<[unknown, string]>([
		['нет', 'нет'],
		['00 1', '00 1'],
		['ok', 'ok'],
		[5, '5'],
		[-1, '-1'],
		[true, 'true'],
		[['нет товара'], 'нет товара'],
		[[null, 'нет', '', 'склад закрыт '], 'нет; склад закрыт'],
		[{ code: 17, message: 'Склад закрыт' }, 'Склад закрыт (code 17)'],
		[{ code: 0, message: 'Склад закрыт' }, 'Склад закрыт'],
		[{ errors: { phone: ['is wrong', 'is missing'] } }, 'is wrong; is missing'],
		[{ code: 17 }, '{"code":17}'],
		[[[true]], '[[true]]'],
		['x'.repeat(5_000), `${'x'.repeat(1_000)}…`],
	])('with the error %j is one, whose text is shown', (error, detail) => {
		expect(() => openAnswer(inEnvelope({ result: 7, error, id: '1' }), key, '1')).toThrow(
			expect.objectContaining({ fault: 'remoteError', detail }),
		);
	});

	it.each<[string, (inner: string) => string]>([
		['lists', (inner) => `${'['.repeat(5_000)}${inner}${']'.repeat(5_000)}`],
		['objects', (inner) => `${'{"a":'.repeat(5_000)}${inner}${'}'.repeat(5_000)}`],
	])('may have an error nested 5,000 deep in %s', (_, nested) => {
		const answer = (error: string) => {
			const text = `{"result":7,"error":${error},"id":"1"}`;
			return JSON.stringify({ sign: sign(text, key), answer: text });
		};
		expect(openAnswer(answer(nested('null')), key, '1').result).toBe(7);
		for (const [inner, detail] of [
			['"нет"', 'нет'],
			['{"code":17}', 'code 17'],
		] as const) {
			expect(() => openAnswer(answer(nested(inner)), key, '1')).toThrow(
				expect.objectContaining({ fault: 'remoteError', detail }),
			);
		}
		expect(() => openAnswer(answer(nested('true')), key, '1')).toThrow(
			expect.objectContaining({ fault: 'remoteError' }),
		);
	});

	it('is found behind warnings that PHP printed', () => {
		const body = `<br />\n<b>Warning</b>: {"x"} in crm.php\n${writeAnswer({ result: 7, error: null, id: '1' }, key)}`;
		expect(openAnswer(body, key, '1').result).toBe(7);
	});

	const right = writeAnswer({ result: 7, error: null, id: '1' }, key);
	const forged = writeAnswer({ result: 8, error: null, id: '1' }, { ...key, secret: 'x' });

	it.each<[string, string, string]>([
		['a notice behind it', '', '<br />\n<b>Notice</b>: Undefined index: {x} in crm.php\n'],
		['comments around it', '<!-- {"page": 1} -->', '<!-- 0.02 s, {"sign" -->'],
		['a beginning of another one in front', '<b>Warning</b>: {"sign":', ''],
		['a beginning of another one behind', '', ' {"sign":"x","answer":"'],
		['an open quote in front', 'Warning: Undefined index "x in {"crm.php\n', ''],
		['another object in front', '{"sign":"x"}\n', ''],
		['an object around it', '{"a":', '}'],
		['objects around it', '{"a":[{"b":', '}],"c":{"d":1}}'],
		['an envelope around it', '{"sign":"x","answer":"y","z":', '}'],
		['an object around it and one in front', '{"x":{"y":1}} {"a": ', ' } {"z":1}'],
		['one that is signed by another in front', forged, ''],
		['one that is signed by another behind', '', forged],
		['an empty list in front', '[]', ''],
		['a byte order mark behind a warning', 'Warning\n\uFEFF', '\uFEFF'],
	])('is found with %s', (_, before, behind) => {
		expect(openAnswer(before + right + behind, key, '1').result).toBe(7);
	});

	it('is rejected if another secret signed it, with any text around it', () => {
		expect(() => openAnswer(`Warning ${forged} Notice`, key, '1')).toThrow(
			expect.objectContaining({ fault: 'wrongSignature' }),
		);
	});

	it('shows its first 200 characters if it cannot be read, and nothing for a wrong signature', () => {
		const page = `<h1>${'x'.repeat(500)}`;
		const detailOf = (body: string) => {
			try {
				openAnswer(body, key, '1');
				return 'none';
			} catch (error) {
				return (error as ExapiAnswerError).detail;
			}
		};
		expect(detailOf(page)).toBe(`${page.slice(0, 200)}…`);
		expect(detailOf(envelope('{"result":"bait"}', '0'.repeat(32)))).toBe('');
	});
});

describe('a signature', () => {
	it('never matches without a secret', () => {
		const open = { sender: 'x', secret: '' };
		expect(signatureMatches('{}', sign('{}', open), open)).toBe(false);
	});
});

function signed(request: string): string {
	return JSON.stringify({ sender: key.sender, sign: sign(request, key), request });
}

function envelope(answer: string, signature: string | null): string {
	return JSON.stringify({ sign: signature, answer });
}

function inEnvelope(answer: object): string {
	const text = JSON.stringify(answer);
	return envelope(text, sign(text, key));
}

/** What somebody on the way makes of a request, without a secret. */
function echoOf(body: string): string {
	const message = JSON.parse(body) as { sign: string; request: string };
	return envelope(message.request, message.sign);
}

function sameMeaning(a: string, b: string): boolean {
	try {
		return JSON.stringify(JSON.parse(a)) === JSON.stringify(JSON.parse(b));
	} catch {
		return false;
	}
}
