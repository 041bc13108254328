import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { atOnce, parseJson, parseJsonInTurns, takeTurns } from '../../../nodes/shared/wire';
import { parseSlices } from '../../../nodes/shared/wire/slices';
import { broken, RUNS } from '../fuzz/hostile';

const MANY = { ...RUNS, numRuns: Math.max(3_000, RUNS.numRuns) };
const LIMITS = { maxValues: 10_000, maxDepth: 512 };

function sliced(text: string, slice: number): unknown {
	try {
		return atOnce(parseSlices(text, LIMITS, slice));
	} catch (error) {
		if (error instanceof SyntaxError) return 'no JSON';
		throw error;
	}
}

function whole(text: string): unknown {
	const value = parseJson(text);
	return typeof value === 'object' && value !== null ? value : 'no JSON';
}

describe('JSON that is parsed in slices', () => {
	const slice = fc.integer({ min: 0, max: 40 });
	const structure = fc.oneof(
		fc.array(fc.jsonValue({ maxDepth: 6 })),
		fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 6 })),
	);

	it('is what it is as a whole', () => {
		fc.assert(
			fc.property(structure, fc.nat(3), slice, (value, indent, size) => {
				const text = JSON.stringify(value, null, indent);
				expect(JSON.stringify(sliced(text, size))).toBe(JSON.stringify(whole(text)));
			}),
			MANY,
		);
	});

	it('is none where it is none as a whole', () => {
		const seeds = ['{"a":[1,{"b":[]},"c"],"d":{"e":{},"f":[[2],[]]}}', '[[1,2],[3,[4]],{"a":1}]'];
		const tokens = ['[', ']', '{', '}', ',', ':', '"a":', '"', '1', '-', ' ', '\\', '[]', 'null'];
		fc.assert(
			fc.property(broken(seeds, tokens), slice, (text, size) => {
				expect(JSON.stringify(sliced(text, size))).toBe(JSON.stringify(whole(text)));
			}),
			MANY,
		);
	});

	it.each([
		['[1,2', 'an end is missing'],
		['[1,,2]', 'a member is missing'],
		['[1,2,]', 'nothing is behind the last comma'],
		['[[1,2] [3,4]]', 'a comma is missing between lists'],
		['{"a":[1,2]"b":[3,4]}', 'a comma is missing between members'],
		['{"a":[1,2],[3,4]}', 'a key is missing'],
		['{"a":-[1,2]}', 'something is between a key and its list'],
		['[1,2}', 'a list ends as an object'],
		['[1,2],3', 'something is behind it'],
		['0[1,2]', 'something is before it'],
		['["a,b]', 'a text has no end'],
		['"a,b"', 'it is neither a list nor an object'],
		['', 'it is empty'],
	])('is no JSON: %s, where %s', (text) => {
		for (let size = 0; size < text.length; size++) expect(sliced(text, size)).toBe('no JSON');
	});

	it.each([
		['{"__proto__":{"a":[1,2]},"b":1}', '__proto__'],
		['{"a":{"__proto__":[1,2],"b":1},"c":3}', 'a nested __proto__'],
		['{"a":1,"a":{"b":[1,2]},"c":3,"c":4}', 'the same key again'],
		['{"2":1,"1":[2,3],"a":4}', 'keys that are indexes'],
		[' \t\n[ 1 , [ 2 , 3 ] , { "a" : [ 4 , 5 ] , "b" : 6 } ] \r\n', 'blanks'],
		['["],[",{"},{":"\\",\\\\"},"\\"]"]', 'brackets, commas and quotes in texts'],
	])('is the same: %s, with %s', (text) => {
		for (let size = 0; size < text.length; size++) {
			const read = sliced(text, size);
			expect(JSON.stringify(read)).toBe(JSON.stringify(JSON.parse(text)));
			expect(Object.getPrototypeOf(read)).toBe(Object.getPrototypeOf(JSON.parse(text)));
		}
	});

	it('keeps the digits of large numbers', () => {
		const text = '[1,9007199254740993,[2,-12345678901234567890,3],{"a":9007199254740993}]';
		for (let size = 0; size < text.length; size++) {
			expect(sliced(text, size)).toEqual([
				1,
				'9007199254740993',
				[2, '-12345678901234567890', 3],
				{ a: '9007199254740993' },
			]);
		}
	});

	it('has no more values, and is nested no deeper, than it may', () => {
		const read = (text: string, maxValues: number, maxDepth: number) => () =>
			atOnce(parseSlices(text, { maxValues, maxDepth }, 1));
		expect(read('[1,[2],3]', 4, 2)()).toEqual([1, [2], 3]);
		expect(read('[1,[2],3]', 3, 2)).toThrow(SyntaxError);
		expect(read('[1,[2],3]', 4, 1)).toThrow(SyntaxError);
	});

	it('has lists and objects of no more than 250,000 members', () => {
		const limits = { maxValues: 1_000_000, maxDepth: 2 };
		const read = (text: string) => () => atOnce(parseSlices(text, limits));
		const half = (member: string) => Array<string>(125_000).fill(member).join();
		expect(read(`[[${half('1')}],[${half('1')}]]`)()).toHaveLength(2);
		expect(read(`[${half('1')},${half('1')}]`)()).toHaveLength(250_000);
		expect(read(`[${half('1')},${half('1')},1]`)).toThrow(SyntaxError);
		expect(read(`{${half('"a":1')},${half('"a":1')},"a":1}`)).toThrow(SyntaxError);
	});
});

it('others get their turn while megabytes of JSON are parsed', async () => {
	const text = `[${'{"a":[1,"b"]},'.repeat(200_000)}7]`;
	const state = { isDone: false, turns: 0 };
	const read = takeTurns(parseJsonInTurns(text)).finally(() => (state.isDone = true));
	while (!state.isDone) {
		await nextTurn();
		state.turns++;
	}
	expect(await read).toHaveLength(200_001);
	expect(state.turns).toBeGreaterThan(3);
});
