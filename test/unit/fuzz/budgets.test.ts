import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { openEnvelope } from '../../../nodes/ClientRight/wire/envelope';
import {
	parseWsdl,
	readCheckRequest,
	readCheckUser,
	readCheckUserResponse,
	readUpdateAnswer,
	reduceWsdl,
	writeCheckUserResponse,
	writeWsdl,
} from '../../../nodes/Elektrik/protocol';
import { openAnswer, openRequest } from '../../../nodes/Exapi/protocol';
import { QUICK } from '../../extent';
import { EVENT_LOOP_BUDGET, eventLoopDelay } from './event-loop';
import { LONG } from './hostile';

const KILOBYTE = 1024;
const MEGABYTE = 1024 * KILOBYTE;
const KEY = { sender: 'partner_7', secret: 'invented' };

/** A parser of what comes from outside. */
interface Parser {
	/** The largest text that it reads; its row in SECURITY.md says so. */
	characters: number;
	/** How deep, and with how many values or elements; also in its row. */
	depth: string;
	elements: string;
	read(text: string): unknown;
	/** What its messages are made of, to be repeated up to the largest text. */
	beginnings: readonly string[];
	units: readonly string[];
}

const JSON_UNITS = [
	'[',
	'{',
	'[],',
	'{},',
	'1,',
	'9',
	' ',
	'\n',
	'x',
	'\\',
	'\\"',
	'"',
	'"a":',
	'{"a":',
	'{ ',
	'{"',
	'null,',
	'\u0416',
	'{"success":',
	'{"sign":"a","answer":"b"}',
	'{"result":true,',
	'<b>a, {b}</b>\n',
];
const JSON_BEGINNINGS = [
	'',
	'[',
	'{"a":"',
	'{"success":true,"result":[',
	'{"sender":"a","sign":"b","request":"',
	'{"sign":"a","answer":"',
	'{"success":true,"result":{"a":',
	'{"action":"user.check","phone":"',
];

const ENVELOPE = 'xmlns:e="http://www.w3.org/2003/05/soap-envelope"';
const around = (inside: string) => `<e:Envelope ${ENVELOPE}><e:Body><CheckUserResponse>${inside}`;
const XML_UNITS = [
	'<a>',
	'<a/>',
	'<a b="c">',
	'<a b="">',
	' b="c"',
	' xmlns:p="u"',
	'&amp;',
	'&#x41;',
	'&lt;a',
	'x',
	' ',
	'\n',
	'<!-- a -->',
	'<![CDATA[',
	']]>',
	']',
	'-',
	'<?a b?>',
	'<',
	'>',
	'"',
	':',
	'</a>',
	'<exist>true</exist>',
	'<x href="#r"/>',
	'<m id="r"><n/></m>',
	'\u0416',
];
const XML_BEGINNINGS = [
	'',
	'<a',
	'<a b="',
	'<!--',
	around(''),
	around('<a '),
	around('<a>'),
	around('<![CDATA['),
];
const WSDL = writeWsdl('https://distributor.example/soap');
const WSDL_BEGINNINGS = [
	'<types>',
	'</xsd:schema>',
	'<xsd:element name="phone"',
	'<message',
	'<portType',
	'</portType>',
	'</service>',
].map((place) => WSDL.slice(0, WSDL.indexOf(place)));
const WSDL_UNITS = [
	...XML_UNITS,
	'<xsd:element name="a" type="tns:Parameters"/>',
	'<xsd:complexType name="Parameters"><xsd:complexContent><xsd:extension base="tns:Parameters">',
	'<message name="CheckUserInput"><part name="p" element="tns:CheckUser"/></message>',
	'<operation name="CheckUser"><input message="tns:CheckUserInput"/></operation>',
	'<import location="x"/>',
];

/** By the name that its row in SECURITY.md has. */
const PARSERS: Record<string, Parser> = {
	'exapi: request': {
		characters: 16 * MEGABYTE,
		depth: '100',
		elements: '100',
		read: (text) => openRequest(text, () => [KEY.secret]),
		beginnings: JSON_BEGINNINGS,
		units: JSON_UNITS,
	},
	'exapi: response': {
		characters: 16 * MEGABYTE,
		depth: '512',
		elements: '100',
		read: (text) => openAnswer(text, KEY, '1'),
		beginnings: JSON_BEGINNINGS,
		units: JSON_UNITS,
	},
	'ClientRight: response': {
		characters: 16 * MEGABYTE,
		depth: '512',
		elements: '500,000',
		read: openEnvelope,
		beginnings: JSON_BEGINNINGS,
		units: JSON_UNITS,
	},
	'Elektrik.ru: request by JSON': {
		characters: 64 * KILOBYTE,
		depth: '—',
		elements: '—',
		read: readCheckRequest,
		beginnings: JSON_BEGINNINGS,
		units: JSON_UNITS,
	},
	'Elektrik.ru: response by JSON': {
		characters: MEGABYTE,
		depth: '512',
		elements: '1,000',
		read: readUpdateAnswer,
		beginnings: JSON_BEGINNINGS,
		units: JSON_UNITS,
	},
	'Elektrik.ru: request by SOAP': {
		characters: 64 * KILOBYTE,
		depth: '32',
		elements: '2,000',
		read: (text) => readCheckUser(Buffer.from(text), 'application/soap+xml'),
		beginnings: XML_BEGINNINGS,
		units: XML_UNITS,
	},
	'Elektrik.ru: response by SOAP': {
		characters: 64 * KILOBYTE,
		depth: '32',
		elements: '2,000',
		read: (text) => readCheckUserResponse(text, []),
		beginnings: [
			...XML_BEGINNINGS,
			writeCheckUserResponse('1.1', { exist: false }).body.toString(),
		],
		units: XML_UNITS,
	},
	'Elektrik.ru: WSDL': {
		characters: 256 * KILOBYTE,
		depth: '64',
		elements: '5,000',
		read: (text) => reduceWsdl([parseWsdl(text, { characters: 0, elements: 0 })]),
		beginnings: WSDL_BEGINNINGS,
		units: WSDL_UNITS,
	},
};

/** What a text as large as is read is made of: a beginning, and pieces that are repeated behind it. */
function recipe({ beginnings, units }: Parser): fc.Arbitrary<[beginning: string, unit: string]> {
	const pieces = fc.array(fc.constantFrom(...units), { minLength: 1, maxLength: 2 });
	return fc.tuple(
		fc.constantFrom(...beginnings),
		pieces.map((parts) => parts.join('')),
	);
}

const shown = (characters: number) =>
	characters < MEGABYTE ? `${characters / KILOBYTE} KB` : `${characters / MEGABYTE} MB`;

/** The rows of the table in a page, without the time that was measured. */
function rowsIn(page: string, heading: string): string[][] {
	const text = readFileSync(join(__dirname, '..', '..', '..', page), 'utf8');
	const [, section = ''] = text.split(`## ${heading}\n`);
	return section
		.split('\n## ')[0]!
		.split('\n')
		.filter((line) => line.startsWith('| '))
		.slice(1)
		.filter((line) => !line.startsWith('| -'))
		.map((line) =>
			line
				.split('|')
				.slice(1, 5)
				.map((cell) => cell.trim()),
		);
}

it('each parser of foreign bytes has its row in SECURITY.md, with its limits', () => {
	const rows = rowsIn('SECURITY.md', 'What one message may cost');
	expect(rows).toEqual(
		Object.entries(PARSERS).map(([name, { characters, depth, elements }]) => [
			name,
			shown(characters),
			depth,
			elements,
		]),
	);
});

const SEED = LONG ? {} : { seed: 2_026 };
const TEXTS = LONG ? 400 : QUICK ? 8 : 40;

describe('the largest message, whatever is in it, keeps the event loop free for others', () => {
	it.each(Object.keys(PARSERS))(
		'%s',
		async (name) => {
			const parser = PARSERS[name]!;
			let most = 0;
			const property = fc.asyncProperty(recipe(parser), async ([beginning, unit]) => {
				const times = Math.floor((parser.characters - beginning.length) / unit.length);
				const text = beginning + unit.repeat(times);
				const delay = await eventLoopDelay(() => {
					try {
						parser.read(text);
					} catch {
						// What it makes of it is tested elsewhere.
					}
				});
				most = Math.max(most, delay);
				expect(delay).toBeLessThan(EVENT_LOOP_BUDGET);
			});
			await fc.assert(property, { numRuns: TEXTS, ...SEED });
			if (LONG) process.stderr.write(`${name}: ${Math.round(most)} ms\n`);
		},
		600_000,
	);
});
