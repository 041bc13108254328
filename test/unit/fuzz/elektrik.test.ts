import fc from 'fast-check';
import {
	ElektrikInputError,
	ElektrikMessageError,
	hashPhone,
	readCheckAnswer,
	readCheckRequest,
	readPhone,
	readPhoneHash,
	readPoints,
	readUpdateAnswer,
	readYesNo,
	writeWsdl,
} from '../../../nodes/Elektrik/protocol';
import {
	answerFrom,
	readIncomingCheck,
	RefusedRequest,
} from '../../../nodes/Elektrik/server/exchange';
import { harmless } from './harmless';
import { anything, broken, json, LARGE_RUNS, pumped, RUNS } from './hostile';

/** A fault that names a header block with all the characters it may have, each of them escaped. */
const LARGEST_REFUSAL = 3_000;

const HASH = '0123456789abcdef0123456789abcdef';
const ENVELOPES = [
	'http://www.w3.org/2003/05/soap-envelope',
	'http://schemas.xmlsoap.org/soap/envelope/',
].flatMap((namespace) => [
	`<?xml version="1.0" encoding="utf-8"?><e:Envelope xmlns:e="${namespace}"><e:Header><w:Security xmlns:w="urn:w" e:mustUnderstand="0"/></e:Header><e:Body><CheckUser><phone>${HASH}</phone></CheckUser></e:Body></e:Envelope>`,
	`<e:Envelope xmlns:e="${namespace}" xmlns:b="urn:b"><e:Header><b:b e:mustUnderstand="1"/></e:Header><e:Body/></e:Envelope>`,
	`<e:Envelope xmlns:e="${namespace}"><e:Body><CheckUser><arParameters><item><key>phone</key><value><![CDATA[${HASH}]]></value></item></arParameters></CheckUser></e:Body></e:Envelope>`,
]);
const MARKUP = [
	'<b:b e:mustUnderstand="1"/>',
	'<a>',
	'</a>',
	'<a/>',
	'<e:a ',
	'<a xmlns:b="c">',
	' xmlns:b="c"',
	' a="b"',
	'&amp;',
	'&#x41;',
	'&x;',
	'<!--',
	'-->',
	'<![CDATA[',
	']]>',
	'<?a',
	'?>',
	'<!DOCTYPE a',
	'<!ENTITY',
	'"',
	"'",
	'<',
	'>',
	'=',
	':',
	' ',
	'\n',
	'é',
];
const questions = [
	`{"action":"user.check","phone":"${HASH}"}`,
	'\ufeff{}',
	'Warning: x\n{"result":true}',
];
const JSON_TOKENS = [
	'{',
	'[',
	'{"action":',
	'"',
	'\\',
	',',
	' ',
	'\t',
	'\ufeff',
	'{ "',
	'0',
	'\u0000',
];
const contentType = fc.constantFrom(
	undefined,
	'application/json',
	'text/xml',
	'application/soap+xml; charset=utf-8',
	'text/xml; charset=windows-1251',
	'text/xml; charset=utf-16',
	'text/xml; charset="nothing"',
	`text/xml; ${'charset '.repeat(1_000)}`,
	`${'a/'.repeat(5_000)}xml`,
);

describe('a check', () => {
	const ask = (body: Buffer, type: string | undefined) => {
		harmless(
			body,
			() => {
				try {
					const question = readIncomingCheck(body, type);
					expect(question.phoneHash).toMatch(/^[0-9a-f]{32}$/);
				} catch (error) {
					// What is refused has an answer in the protocol, that does not grow with it.
					const { status, body: answer } = (error as RefusedRequest).answer;
					expect(status).toBeGreaterThanOrEqual(400);
					expect(answer.length).toBeLessThan(LARGEST_REFUSAL);
					throw error;
				}
			},
			RefusedRequest,
		);
	};
	const asText = (text: string, type: string | undefined) => ask(Buffer.from(text), type);

	it('is handled if it is broken', () => {
		fc.assert(fc.property(broken(ENVELOPES, MARKUP), contentType, asText), RUNS);
		fc.assert(fc.property(broken(questions, JSON_TOKENS), contentType, asText), RUNS);
	});

	it('is handled if it is huge', () => {
		fc.assert(fc.property(pumped(ENVELOPES, MARKUP), contentType, asText), LARGE_RUNS);
		fc.assert(fc.property(pumped(questions, JSON_TOKENS), contentType, asText), LARGE_RUNS);
	});

	it('with mandatory header blocks gets a response that does not grow with them', () => {
		const length = fc.integer({ min: 1, max: 30_000 });
		const header = fc.record({ namespace: length, name: length, count: fc.integer({ min: 1 }) });
		fc.assert(
			fc.property(header, contentType, ({ namespace, name, count }, type) => {
				const block = `<b:${'n'.repeat(name)} e:mustUnderstand="1"/>`;
				const times = 1 + (count % Math.ceil(30_000 / block.length));
				asText(
					`<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" xmlns:b="${"'".repeat(namespace)}"><e:Header>${block.repeat(times)}</e:Header><e:Body/></e:Envelope>`,
					type,
				);
			}),
			LARGE_RUNS,
		);
	});

	it('is handled with any bytes', () => {
		const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
		const utf16 = broken(ENVELOPES, MARKUP).map((text) => Buffer.from(`\ufeff${text}`, 'utf16le'));
		fc.assert(fc.property(fc.oneof(bytes, utf16), contentType, ask), RUNS);
	});
});

describe('a message', () => {
	const read = (text: string) => {
		harmless(text, () => readCheckRequest(text), ElektrikMessageError);
		harmless(text, () => readUpdateAnswer(text), ElektrikMessageError);
	};

	it('is handled with any JSON', () => {
		fc.assert(
			fc.property(json, (value) => {
				read(JSON.stringify(value));
				harmless(value, () => readCheckAnswer(value), ElektrikMessageError, ElektrikInputError);
			}),
			RUNS,
		);
	});

	it('is handled if it is broken or huge', () => {
		const seeds = [...questions, '{"success":false,"error":"UID incorrect"}', '<br />{"result":1}'];
		fc.assert(fc.property(broken(seeds, JSON_TOKENS), read), RUNS);
		fc.assert(fc.property(pumped(seeds, JSON_TOKENS), read), LARGE_RUNS);
	});
});

describe('what a workflow returns', () => {
	it('is sent in the protocol of the check, with only exist and points', () => {
		const bodies = fc.oneof(
			json.map((value) => JSON.stringify(value)),
			fc.array(json).map((items) => JSON.stringify(items)),
			json.map((value) => JSON.stringify({ elektrikAnswer: JSON.stringify(value) })),
			fc.string(),
		);
		const question = readIncomingCheck(Buffer.from(questions[0]!), 'application/json');
		const mode = fc.constantFrom('lastNode' as const, 'responseNode' as const);
		fc.assert(
			fc.property(bodies, mode, (text, responseMode) => {
				const body = Buffer.from(text);
				const written = { kind: 'written' as const, status: 200, headers: {}, body };
				harmless(text, () => {
					const answer = answerFrom(question, written, responseMode, () => undefined);
					const fields = Object.keys(JSON.parse(answer.body.toString()) as object);
					expect([['exist'], ['exist', 'points'], ['error']]).toContainEqual(fields);
				});
			}),
			RUNS,
		);
	});
});

describe('what a user enters', () => {
	const phones = ['+7 (900) 000-00-01', 'tel:89000000001', '9000000001'];
	const pieces = [
		'+',
		'0',
		'9',
		'-',
		'(',
		' ',
		'\u00a0',
		'\u200b',
		'\u2212',
		'\u0660',
		'x',
		',',
		'\ud800',
	];
	const readOne = (value: unknown) => {
		harmless(value, () => readPhone(value));
		harmless(value, () => hashPhone(value, 'uid'), ElektrikInputError);
		harmless(value, () => readPhoneHash(value));
		harmless(value, () => readPoints(value), ElektrikInputError);
		harmless(value, () => readYesNo(value));
	};

	it('for a phone or points is read, or is an error that names a field', () => {
		fc.assert(fc.property(fc.oneof(anything, broken(phones, pieces)), readOne), RUNS);
		fc.assert(fc.property(pumped(phones, pieces), readOne), LARGE_RUNS);
	});

	it('for an address stays text in the WSDL', () => {
		fc.assert(
			fc.property(broken(['https://n8n.example.com/webhook/x'], MARKUP), (address) => {
				const written = writeWsdl(address);
				expect(written.split('<').length).toBe(writeWsdl('').split('<').length);
			}),
			RUNS,
		);
	});
});
