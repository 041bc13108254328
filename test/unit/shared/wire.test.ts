import fc from 'fast-check';
import { openEnvelope } from '../../../nodes/ClientRight/wire/envelope';
import { pageExcerpt } from '../../../nodes/ClientRight/client/exchange';
import { findCheckAnswer, findUpdateAnswer } from '../../../nodes/Elektrik/protocol';
import { ExapiAnswerError, openAnswer, writeAnswer } from '../../../nodes/Exapi/protocol';
import { endOfStructure, findObject, isObject, parseJson } from '../../../nodes/shared/wire';
import { EVENT_LOOP_BUDGET, eventLoopDelay } from '../fuzz/event-loop';
import { processorTimeOf } from '../processor-time';

const MANY = 1_000;
const find = (text: string) =>
	findObject(text, MANY, (json) => {
		const value = parseJson(json);
		return isObject(value) && value.wanted === true ? value : undefined;
	});

describe('an object in a text', () => {
	const wanted = '{"wanted":true,"a":["}","{\\"",{"b":null}],"c":-1.5e3}';

	it.each([
		['a notice', '<br />\n<b>Notice</b>: Undefined index: x in <b>a.php</b><br />\n'],
		['a brace', 'array {'],
		['an open object', 'var_dump: {"a": '],
		['an open text', '{"a'],
		['a quote', 'in "a.php'],
		['another object', '{"wanted":false,"a":{}}'],
		['an object that holds it', '{"wanted":1,"a":{"wanted":true}}'],
		['what is no JSON', '{\'a\': 1} {a: 1} {"a": undefined} {"a":1,} {"a" 1}'],
		['a comment', '/* {"a":1} */ // {"a"'],
		['a byte order mark', '\uFEFF'],
		['brackets', '[[[{"a":[}]'],
		['a line break in a text', '{"a\n":1}'],
	])('is found with %s before and behind it', (_, noise) => {
		const found = find(`${noise}${wanted}${noise}`);
		expect(found).toMatchObject({ start: noise.length, end: noise.length + wanted.length });
		expect(found?.read).toEqual(JSON.parse(wanted));
	});

	it('ends where JSON says', () => {
		const budget = (characters: number) => ({ characters, values: MANY });
		const structure = fc.oneof(
			fc.dictionary(fc.string(), fc.jsonValue()),
			fc.array(fc.jsonValue()),
		);
		fc.assert(
			fc.property(structure, fc.string(), fc.nat(4), (value, behind, indent) => {
				const json = JSON.stringify(value, null, indent);
				const text = json + behind;
				expect(endOfStructure(text, 0, budget(text.length))).toBe(json.length);
				expect(endOfStructure(json, 0, budget(json.length - 1))).toBeLessThan(0);
			}),
		);
	});

	it('is not looked for in what it may not be', () => {
		expect(find(`{"wanted":true,"a":[${'0,'.repeat(MANY)}0]}`)).toBeUndefined();
		expect(find(`{"wanted":true,"a":${'['.repeat(600)}${']'.repeat(600)}}`)).toBeUndefined();
	});
});

describe('a response of 16 MB blocks n8n for less than 100 ms', () => {
	const SIZE = 16 * 1024 * 1024;
	const key = { sender: 'partner_7', secret: 'invented' };
	const fill = (unit: string, before = '') =>
		before + unit.repeat(Math.floor((SIZE - before.length) / unit.length));
	const beginning = '{"success":true,"sign":"a","answer":"';

	it.each<[string, string]>([
		['opening brackets', fill('[')],
		['opening braces', fill('{')],
		['empty lists', fill('[],', '[')],
		['empty lists in an object', fill('[],', '{"success":true,"result":[')],
		['50 beginnings of an envelope', fill('x', beginning.repeat(50))],
		['50 beginnings around a list', fill('1,', '{"success":true,"sign":['.repeat(50))],
		['nested beginnings', fill('{"success":')],
		['beginnings that break off', fill('{"')],
		['small objects', fill('{"sign":"a","answer":"b"}')],
		['blanks', fill(' ', '{')],
		['braces and blanks', fill('{ ')],
		['backslashes', fill('\\', '{"a":"')],
		['digits', fill('9', '{"a":')],
		['control characters', fill('\u0001', '{"success":true,"result":"')],
		['words', fill('a ')],
		['an HTML page', fill('<b>a, {b}</b>\n')],
	])('of %s', async (_, text) => {
		const read = () => {
			expect(() => openAnswer(text, key, '1')).toThrow(ExapiAnswerError);
		};
		const readEnvelope = () => openEnvelope(text) ?? pageExcerpt(text, [key.secret]);
		expect(await eventLoopDelay(read)).toBeLessThan(EVENT_LOOP_BUDGET);
		expect(await eventLoopDelay(readEnvelope)).toBeLessThan(EVENT_LOOP_BUDGET);
		// The portal's answers are read up to 1 MB.
		const megabyte = text.slice(0, SIZE / 16);
		const findUpdate = () => findUpdateAnswer(megabyte);
		const findCheck = () => findCheckAnswer(megabyte);
		expect(await eventLoopDelay(findUpdate)).toBeLessThan(EVENT_LOOP_BUDGET);
		expect(await eventLoopDelay(findCheck)).toBeLessThan(EVENT_LOOP_BUDGET);
	});

	it('and 16 KB with 50 beginnings of an envelope, packed, a few', () => {
		const text = beginning.repeat(50).padEnd(16 * 1024, 'x');
		expect(processorTimeOf(() => openEnvelope(text))).toBeLessThan(10);
	});

	it('also of a signed one with megabytes of notices around', () => {
		const notices = '<b>Notice</b>: {"a": in "b.php\n'.repeat(15_000);
		const text = notices + writeAnswer({ result: 7, error: null, id: '1' }, key) + notices;
		expect(openAnswer(text, key, '1').result).toBe(7);
		expect(processorTimeOf(() => openAnswer(text, key, '1'))).toBeLessThan(100);
	});
});
