import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { reachedFrom, sourcesIn } from '../../../tools/imports';
import { checkoutFolder } from '../../../tools/n8n/checkout';
import { needsOf } from '../../../tools/prerequisites';

const checkout = checkoutFolder();

describe('what a file needs besides Node', () => {
	let folder: string;
	beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'prerequisites-'))));
	afterEach(() => rmSync(folder, { recursive: true }));

	function needsIn(text: string): string[] {
		const file = join(folder, 'some.test.ts');
		writeFileSync(file, text);
		return needsOf(file);
	}

	it('stands in its first comment', () => {
		expect(needsIn('/** @needs redis */\n\nimport x;')).toEqual(['redis']);
		expect(needsIn('/**\n * A title.\n *\n * @needs php-curl zeep\n */\n')).toEqual([
			'php-curl',
			'zeep',
		]);
	});

	it('is nothing where the comment is about something else, or comes later', () => {
		expect(needsIn('/** It needs redis. */\nimport x;')).toEqual([]);
		expect(needsIn('import x;\n/** @needs redis */')).toEqual([]);
	});

	it('is a program that the tests know', () => {
		expect(() => needsIn('/** @needs cobol */')).toThrow('an unknown "cobol"');
	});
});

/** What the modules that a test file imports say that they need. */
function needsOfHelpers(file: string): string[] {
	const helpers = reachedFrom(file).filter((helper) => helper !== file);
	return [...new Set(helpers.flatMap(needsOf))];
}

it('each test file says which programs its helpers start', () => {
	const files = sourcesIn(join(checkout, 'test')).filter((file) => file.endsWith('.test.ts'));
	const unsaid = files
		// The runner, which these tests are about, looks for programs and starts none.
		.filter((file) => !relative(checkout, file).startsWith(join('test', 'unit', 'tools')))
		.flatMap((file) => {
			const said: string[] = needsOf(file);
			const missing = needsOfHelpers(file).filter((need) => !said.includes(need));
			return missing.map((need) => `${relative(checkout, file)}: ${need}`);
		});
	expect(unsaid).toEqual([]);
	expect(needsOfHelpers(join(checkout, 'test', 'e2e', 'queue.test.ts')).sort()).toEqual([
		'php-curl',
		'postgresql',
		'redis',
	]);
});
