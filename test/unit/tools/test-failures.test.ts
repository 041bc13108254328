import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { failedTests } from '../../../tools/test-failures';

describe('what failed, at the end of the output', () => {
	let folder: string;
	beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'test-failures-'))));
	afterEach(() => rmSync(folder, { recursive: true }));

	function failuresOf(...testResults: object[]): string[] {
		const file = join(folder, 'results.json');
		writeFileSync(file, JSON.stringify({ testResults }));
		return failedTests(file);
	}

	it('are the tests by file and name, with the beginning of the reason', () => {
		const [first, ...others] = failuresOf(
			{ name: resolve('test/a.test.ts'), status: 'passed', message: '', assertionResults: [] },
			{
				name: resolve('test/b.test.ts'),
				status: 'failed',
				message: 'all of it',
				assertionResults: [
					{ fullName: 'a sum is right', status: 'passed', failureMessages: [] },
					{
						fullName: 'a sum is rounded',
						status: 'failed',
						failureMessages: [`\u001b[31mExpected: 1\u001b[0m\n\n${'x'.repeat(9_000)}\n at y`],
					},
				],
			},
		);
		expect(others).toEqual([]);
		expect(first).toMatch(
			/^test.b\.test\.ts: a sum is rounded\n {2}Expected: 1\n {2}x+\n {3}at y$/,
		);
		expect(first?.length).toBeLessThan(1_000);
	});

	it('is the file itself when it did not begin', () => {
		const name = resolve('test/c.test.ts');
		expect(
			failuresOf({ name, status: 'failed', message: 'No such module', assertionResults: [] }),
		).toEqual([expect.stringMatching(/^test.c\.test\.ts\n {2}No such module$/)]);
	});

	it('is not known of a run that wrote nothing', () => {
		expect(failedTests(join(folder, 'none.json'))).toEqual([]);
	});
});
