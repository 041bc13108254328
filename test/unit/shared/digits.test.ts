import fc from 'fast-check';
import {
	hasLostDigits,
	memberSource,
	parseJson,
	parseTypedJson,
	parseWorkflowJson,
	toItemNumber,
	wholeNumber,
	writeJson,
} from '../../../nodes/shared/wire';
import { processorTimeOf } from '../processor-time';

const BEYOND = '12345678901234567890';

describe('a whole number in JSON', () => {
	it.each<[string, unknown]>([
		['9007199254740991', 9007199254740991],
		['-9007199254740991', -9007199254740991],
		['9007199254740992', '9007199254740992'],
		['9007199254740993', '9007199254740993'],
		['-9007199254740993', '-9007199254740993'],
		[BEYOND, BEYOND],
		[` [ ${BEYOND} , {"a" :\n${BEYOND}\n} ] `, [BEYOND, { a: BEYOND }]],
		[`{"a":${BEYOND},"b":${BEYOND}}`, { a: BEYOND, b: BEYOND }],
		[`["${BEYOND}", "a ${BEYOND}, b"]`, [BEYOND, `a ${BEYOND}, b`]],
		[`["\\"", ${BEYOND}, "\\\\", ${BEYOND}]`, ['"', BEYOND, '\\', BEYOND]],
		[`{"${BEYOND}": 1}`, { [BEYOND]: 1 }],
		['1.2345678901234567890', 1.2345678901234567],
		['1234567890123456.5', 1234567890123456.5],
		['1e22', 1e22],
		['0', 0],
		[`\uFEFF${BEYOND}`, BEYOND],
	])('keeps its digits: %s', (json, value) => {
		expect(parseJson(json)).toEqual(value);
	});

	it.each([
		`{${BEYOND}:1}`,
		`{"a":1,${BEYOND}:1}`,
		`[0${BEYOND}]`,
		`[+${BEYOND}]`,
		`[${BEYOND} 1]`,
		`${BEYOND}x`,
		`["a" ${BEYOND}]`,
		`[-${BEYOND}`,
		`["${BEYOND}`,
		`[--${BEYOND}]`,
	])('does not make JSON of what is none: %s', (text) => {
		expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
		expect(parseJson(text)).toBeUndefined();
		expect(parseTypedJson(text)).toBeUndefined();
	});

	it('keeps its digits at every place, behind shorter numbers too', () => {
		for (let before = 0; before < 40; before++) {
			for (const [digits, value] of [
				['9007199254740991', 9007199254740991],
				['9007199254740993', '9007199254740993'],
				[BEYOND, BEYOND],
			]) {
				const short = '1'.repeat(before % 16 || 1);
				const json = `${' '.repeat(before)}[${short},${digits}]`;
				expect(parseJson(json)).toEqual([Number(short), value]);
				expect(parseJson(`[${short},${digits}${' '.repeat(before)}]`)).toEqual(parseJson(json));
			}
		}
	});

	/** JSON values whose whole numbers may be of any size, as bigints. */
	const exact = fc.letrec<{ value: unknown }>((tie) => ({
		value: fc.oneof(
			{ maxDepth: 3 },
			fc.bigInt().map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value)),
			fc.constantFrom<unknown>(null, true, 0.5, '', BEYOND, `"${BEYOND}`, '\\', '[1'),
			fc.string({ unit: 'binary' }),
			fc.array(tie('value'), { maxLength: 4 }),
			fc.dictionary(fc.string(), tie('value'), { maxKeys: 4, noNullPrototype: true }),
		),
	})).value;
	const asText = (value: unknown): unknown => {
		if (typeof value === 'bigint') return String(value);
		if (Array.isArray(value)) return value.map(asText);
		if (typeof value !== 'object' || value === null) return value;
		return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, asText(one)]));
	};

	it('is written and read with all its digits, wherever it is', () => {
		fc.assert(
			fc.property(exact, (value) => {
				const json = writeJson(value);
				expect(parseTypedJson(json)).toEqual(value);
				expect(parseJson(json)).toEqual(asText(value));
			}),
		);
	});

	it('makes no difference to other JSON', () => {
		fc.assert(
			fc.property(fc.json(), fc.string(), (json, other) => {
				for (const text of [json, other, json.slice(1), `${json}${other}`]) {
					let parsed: unknown;
					try {
						parsed = JSON.parse(text);
					} catch {
						parsed = undefined;
					}
					if (hasLostDigits(parsed)) continue;
					expect(parseJson(text)).toEqual(parsed);
					expect(parseTypedJson(text)).toEqual(parsed);
				}
			}),
		);
	});

	it.each([
		['keys that come twice', `{"a":${BEYOND},"a":2}`, { a: 2 }],
		['a key of __proto__', `{"__proto__":{"x":${BEYOND}}}`, undefined],
		['half a character', `["\\ud800",${BEYOND}]`, ['\ud800', BigInt(BEYOND)]],
	])('beside %s is typed by a user', (_, json, value) => {
		const parsed = parseTypedJson(json);
		if (value !== undefined) expect(parsed).toEqual(value);
		expect(({} as { x?: unknown }).x).toBeUndefined();
		expect(Object.keys(parsed as object)).toEqual(Object.keys(JSON.parse(json) as object));
	});

	it('that n8n wrote from a rounded one stays a number, and others keep their digits', () => {
		const rounded = JSON.stringify([2 ** 53, 12345678901234567000, 1]);
		expect(hasLostDigits(parseWorkflowJson(rounded))).toBe(true);
		expect(parseWorkflowJson('[9007199254740993]')).toEqual(['9007199254740993']);
	});

	it.each<[unknown, unknown]>([
		[5, 5],
		['5', 5],
		[' +05 ', 5],
		['-5', -5],
		[BEYOND, BigInt(BEYOND)],
		[7n, 7],
		[2 ** 53, undefined],
		[1.5, undefined],
		['1e3', undefined],
		['0x10', undefined],
		['', undefined],
		['5'.repeat(101), undefined],
		[true, undefined],
		[null, undefined],
	])('is read from %p', (value, whole) => {
		expect(wholeNumber(value)).toBe(whole);
	});

	it('is a number for an item where that is exact', () => {
		expect([toItemNumber(5), toItemNumber(BigInt(BEYOND))]).toEqual([5, BEYOND]);
	});
});

describe('a member of an object', () => {
	it.each<[string, string | undefined]>([
		['{"id":1.0}', '1.0'],
		['{ "a" : {"id":2, "b":["]"]} , "id" :\n1e3 }', '1e3'],
		['{"id":"x\\"}"}', '"x\\"}"'],
		['{"id":1,"\\u0069d":2}', '2'],
		['{"a":"id","b":[],"id":-5}', '-5'],
		['{"a":{"id":1}}', undefined],
		['{}', undefined],
	])('is as it stands in %s', (json, source) => {
		expect(memberSource(json, 'id')).toBe(source);
	});
});

describe('16 MB of JSON with long numbers', () => {
	const row = (number: number) => `["${number}",9007199254740993,"Позвонить, [${BEYOND}]",[]]`;
	const rows = Array.from({ length: 200_000 }, (_, at) => row(at)).join(',');

	it('cost little more than they cost to parse', () => {
		const json = `[${rows}]`;
		const parsed = processorTimeOf(() => JSON.parse(json) as unknown);
		expect(processorTimeOf(() => parseJson(json))).toBeLessThan(300 + 5 * parsed);
	});

	it.each(['9', '9,', '"9', '[9999999999999999', ' 9999999999999999', '\\"9999999999999999'])(
		'of %j are read at once',
		(unit) => {
			const text = `[${unit.repeat(1_000_000 / unit.length)}`;
			expect(processorTimeOf(() => parseJson(text))).toBeLessThan(200);
		},
	);
});
