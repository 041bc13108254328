import { join } from 'node:path';
import ts from 'typescript';
import * as entry from '../../..';

const ENTRY = join(__dirname, '..', '..', '..', 'index.d.ts');

/** A statement of an example, and what its comment states about it, if anything. */
interface Step {
	code: string;
	kind?: 'value' | 'error';
	expected?: string;
}

const isFunction = (value: unknown) =>
	typeof value === 'function' && !/^class\b/.test(Function.prototype.toString.call(value));

/** Every function that programs can call, such as `exapi.sign`. */
const FUNCTIONS = Object.entries(entry).flatMap(([format, members]) =>
	Object.entries(members)
		.filter(([, value]) => isFunction(value))
		.map(([name]) => `${format}.${name}`),
);

/** The examples in the docstrings of the declarations that a user installs. */
const EXAMPLES = examplesOf(ENTRY);

function examplesOf(file: string): Map<string, string[]> {
	const program = ts.createProgram([file], { skipLibCheck: true, types: [] });
	const checker = program.getTypeChecker();
	const membersOf = (module: ts.Symbol) =>
		checker
			.getExportsOfModule(module)
			.map((symbol) =>
				symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
			);
	const examples = new Map<string, string[]>();
	const source = program.getSourceFile(file)!;
	for (const format of checker.getExportsOfModule(checker.getSymbolAtLocation(source)!)) {
		for (const member of membersOf(checker.getAliasedSymbol(format))) {
			const texts = member
				.getJsDocTags(checker)
				.filter(({ name }) => name === 'example')
				.map(({ text }) => ts.displayPartsToString(text));
			examples.set(`${format.name}.${member.name}`, texts);
		}
	}
	return examples;
}

const STATED = /^\/\/ (=>|throws) /;

/** `code; // => value` or `code; // throws Name: message`, where the comment may be on the next lines. */
function stepsOf(example: string): Step[] {
	const source = ts.createSourceFile('example.js', example, ts.ScriptTarget.ES2022, true);
	return source.statements.map((statement) => {
		const code = statement.getText();
		const comments = [
			...(ts.getTrailingCommentRanges(example, statement.end) ?? []),
			...(ts.getLeadingCommentRanges(example, statement.end) ?? []),
		].map(({ pos, end }) => example.slice(pos, end));
		const [first = '', ...others] = comments;
		const [whole, sign] = STATED.exec(first) ?? [];
		if (whole === undefined) return { code };
		const expected = [first.slice(whole.length), ...others.map((line) => line.slice(2))].join('');
		return { code, kind: sign === '=>' ? 'value' : 'error', expected };
	});
}

/** What each step with a comment gave, beside what the comment states. */
function run(steps: readonly Step[]): Array<[given: unknown, stated: unknown]> {
	const results: Array<[unknown, unknown]> = [];
	const lines = steps.map(({ code, kind, expected = '' }) => {
		const expression = code.replace(/;$/, '');
		if (kind === 'value') return `add(${expression}, (${expected}));`;
		return kind === 'error' ? `addError(() => ${expression}, ${JSON.stringify(expected)});` : code;
	});
	const add = (given: unknown, stated: unknown) => results.push([given, stated]);
	const addError = (call: () => unknown, stated: string) => {
		try {
			add(call(), stated);
		} catch (error) {
			add(`${(error as Error).name}: ${(error as Error).message}`, stated);
		}
	};
	// eslint-disable-next-line @typescript-eslint/no-implied-eval -- an example is code, and is run as its reader would
	const example = new Function(
		'exapi',
		'elektrik',
		'clientright',
		'add',
		'addError',
		lines.join('\n'),
	) as (...values: unknown[]) => void;
	example(entry.exapi, entry.elektrik, entry.clientright, add, addError);
	return results;
}

it('the functions that programs can call are found', () => {
	expect(FUNCTIONS).toEqual(
		expect.arrayContaining(['clientright.writeForm', 'elektrik.hashPhone', 'exapi.sign']),
	);
	expect(FUNCTIONS).not.toContain('elektrik.SoapFault');
});

it.each(FUNCTIONS)('%s has an example that gives what it states', (name) => {
	const examples = EXAMPLES.get(name) ?? [];
	expect(examples).not.toEqual([]);
	for (const example of examples) {
		expect(example).toContain(`${name}(`);
		const results = run(stepsOf(example));
		expect(results).not.toEqual([]);
		for (const [given, stated] of results) expect(given).toEqual(stated);
	}
});

describe('an example', () => {
	const results = (example: string) => run(stepsOf(example));

	it('is checked against the value behind it, or on the next lines', () => {
		expect(results("const text = 'a';\ntext; // => 'b'")).toEqual([['a', 'b']]);
		expect(results('[1, 2];\n// => [1,\n//  3]')).toEqual([
			[
				[1, 2],
				[1, 3],
			],
		]);
	});

	it('is checked against the error that it states', () => {
		const call = "elektrik.readPoints('many'); // throws ";
		const [[given] = []] = results(`${call}nothing`);
		expect(given).toMatch(/^ElektrikInputError: must be a number/);
		expect(results('1 + 1; // throws Error: no')).toEqual([[2, 'Error: no']]);
	});

	it('that states nothing has no result', () => {
		expect(results('// => 1\n1 + 1;')).toEqual([]);
	});
});
