import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { openEnvelopeInTurns } from '../../../nodes/ClientRight/wire/envelope';
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
import {
	findKey,
	openAnswerInTurns,
	readDateTime,
	readMessageInTurns,
	readRequestInTurns,
	sign,
	toOrderState,
} from '../../../nodes/Exapi/protocol';
import { takeTurns } from '../../../nodes/shared/wire';
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
	/** What its sender does with the text, where that is no part of reading it. */
	pack?: (text: string) => string;
	/** What its messages are made of, to be repeated up to the largest text. */
	beginnings: readonly string[];
	units: readonly string[];
	/** How many values the largest message has; such a message is whole, so that all of it is read. */
	values?: number;
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
	'\\n',
	'\\u0416',
	'\u0001',
	'"',
	'"a":',
	'"a",',
	'"#":1,',
	'{"#":1},',
	'{"a":{"b":[]}},',
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

/** What ends a text: the quote and the brackets that are open in it. */
function endOf(text: string): string {
	const open: string[] = [];
	for (let at = 0; at < text.length; at++) {
		const character = text[at]!;
		if (open.at(-1) === '"') {
			if (character === '\\') at++;
			else if (character === '"') open.pop();
		} else if ('"[{'.includes(character)) {
			open.push(character);
		} else if (']}'.includes(character)) {
			open.pop();
		}
	}
	return open
		.reverse()
		.map((one) => ({ '"': '"', '[': ']', '{': '}' })[one])
		.join('');
}

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
		read: async (text) => {
			const message = await takeTurns(readMessageInTurns(text));
			return findKey(message, [KEY.secret]);
		},
		beginnings: JSON_BEGINNINGS,
		units: JSON_UNITS,
	},
	'exapi: response': {
		characters: 16 * MEGABYTE,
		depth: '512',
		elements: '100',
		read: async (text) => await takeTurns(openAnswerInTurns(text, KEY, '1')),
		beginnings: JSON_BEGINNINGS,
		units: JSON_UNITS,
	},
	'exapi: text of a signed request': {
		characters: 16 * MEGABYTE,
		depth: '512',
		elements: '2,000,000',
		read: async (text) => await takeTurns(readRequestInTurns(text, KEY)),
		beginnings: ['', '{"method":"a","id":"1","params":[', '{"method":"a","id":"1","params":[{'],
		units: JSON_UNITS,
		values: 2_000_000,
	},
	'exapi: text of a signed response': {
		characters: 16 * MEGABYTE,
		depth: '512',
		elements: '2,000,000',
		read: async (body) => await takeTurns(openAnswerInTurns(body, KEY, '1')),
		pack: (text) => JSON.stringify({ sign: sign(text, KEY), answer: text }),
		beginnings: ['', '{"error":null,"result":[', '{"error":null,"result":{'],
		units: JSON_UNITS,
		values: 2_000_000,
	},
	'exapi: list within an order': {
		characters: MEGABYTE,
		depth: '512',
		elements: '50,000',
		values: 50_000,
		read: (text) => toOrderState({ status: 'paid', call_log: text }, 'Europe/Moscow'),
		beginnings: ['[', '[{"a":['],
		units: [...JSON_UNITS, '{"date":"20260101T101010","recall":"2026-01-01"},'],
	},
	'exapi: date': {
		characters: 16 * MEGABYTE,
		depth: '—',
		elements: '—',
		read: (text) => [
			readDateTime(text, 'Europe/Moscow'),
			readDateTime({ date: text, timezone: text }, 'Europe/Moscow'),
		],
		beginnings: ['', '2026-01-31', '2026-01-31 15:30:00', '2026-01-31 15:30:00.'],
		units: ['0', '-', ':', ' ', 'x', 'T', '.', '[', ']', ' a', '[Europe/Moscow]', '+03:00', '9'],
	},
	'ClientRight: response': {
		characters: 16 * MEGABYTE,
		depth: '512',
		elements: '500,000',
		read: async (text) => await takeTurns(openEnvelopeInTurns(text)),
		beginnings: [...JSON_BEGINNINGS, '{"success":true,"result":[{'],
		units: JSON_UNITS,
		values: 500_000,
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

interface Recipe {
	beginning: string;
	/** What is repeated behind it; `#` is another number each time. */
	unit: string;
	/** Whether the message is one that is read to its end. */
	isWhole: boolean;
}

/** What a message as large as is read is made of. */
function recipe({ beginnings, units, values }: Parser): fc.Arbitrary<Recipe> {
	const pieces = fc.array(fc.constantFrom(...units), { minLength: 1, maxLength: 2 });
	return fc.record({
		beginning: fc.constantFrom(...beginnings),
		unit: pieces.map((parts) => parts.join('')),
		isWhole: values === undefined ? fc.constant(false) : fc.boolean(),
	});
}

/** No list and no object has more members than twice as many. */
const GROUP = 100_000;

function write(
	{ characters, values = 0, pack }: Parser,
	{ beginning, unit, isWhole }: Recipe,
): string {
	const written = unit.replaceAll('#', '999999');
	const length = Buffer.byteLength(pack ? JSON.stringify(written).slice(2) : written);
	const most = Math.floor((characters - beginning.length - 1024) / length);
	if (!isWhole) return beginning + repeated(unit, 0, most);
	const perUnit = unit.match(/[[{,]/g)?.length ?? 0;
	const times = perUnit === 0 ? most : Math.min(most, Math.floor((values * 0.99) / perUnit));
	const isInText = endOf(beginning).startsWith('"');
	if (isInText) return beginning + repeated(unit, 0, times) + endOf(beginning);
	const isList = endOf(beginning).startsWith(']');
	const groups = Array.from({ length: Math.ceil(times / GROUP) }, (_, group) => {
		const until = Math.min(times, (group + 1) * GROUP);
		const members = repeated(unit, group * GROUP, until).replace(/,$/, '');
		return isList ? `[${members}]` : `"g${group}":{${members}}`;
	});
	return beginning + groups.join(',') + endOf(beginning);
}

function repeated(unit: string, from: number, to: number): string {
	if (!unit.includes('#')) return unit.repeat(to - from);
	return Array.from({ length: to - from }, (_, index) =>
		unit.replaceAll('#', `${from + index}`),
	).join('');
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

it('each parser of external input has a row in SECURITY.md with its limits', () => {
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

describe('the largest message with any content does not block the event loop', () => {
	it.each(Object.keys(PARSERS))(
		'%s',
		async (name) => {
			const parser = PARSERS[name]!;
			let most = 0;
			const property = fc.asyncProperty(recipe(parser), async (ingredients) => {
				const text = write(parser, ingredients);
				const message = parser.pack?.(text) ?? text;
				const delay = await eventLoopDelay(async () => {
					try {
						await parser.read(message);
					} catch {
						// What it makes of it is tested elsewhere.
					}
				});
				most = Math.max(most, delay);
				expect(delay).toBeLessThan(EVENT_LOOP_BUDGET);
			});
			const numRuns = parser.values === undefined ? TEXTS : TEXTS / 4;
			await fc.assert(property, { numRuns, ...SEED });
			if (LONG) process.stderr.write(`${name}: ${Math.round(most)} ms\n`);
		},
		600_000,
	);
});
