import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { checkoutFolder } from './n8n/checkout';

/** What is used of the file that Jest writes with `--json`. */
interface Results {
	testResults: Array<{
		name: string;
		status: string;
		/** Of the file as a whole: it did not even begin. */
		message: string;
		assertionResults: Array<{ fullName: string; status: string; failureMessages: string[] }>;
	}>;
}

/** Enough to see why; a counterexample may be of many kilobytes. */
const LINES_SHOWN = 8;
const COLUMNS_SHOWN = 300;

/**
 * The tests that failed, each with the beginning of its reason: for the end of a long output.
 *
 * @param file where Jest wrote its results; if there is none, it did not come to it
 */
export function failedTests(file: string): string[] {
	if (!existsSync(file)) return [];
	const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as Results;
	return testResults
		.filter(({ status }) => status === 'failed')
		.flatMap(({ name, message, assertionResults }) => {
			const path = relative(checkoutFolder(), name);
			const failed = assertionResults.filter(({ status }) => status === 'failed');
			if (failed.length === 0) return [`${path}\n${beginningOf(message)}`];
			return failed.map(
				({ fullName, failureMessages }) =>
					`${path}: ${fullName}\n${beginningOf(failureMessages.join('\n'))}`,
			);
		});
}

function beginningOf(message: string): string {
	return stripVTControlCharacters(message)
		.split('\n')
		.filter((line) => line.trim() !== '')
		.slice(0, LINES_SHOWN)
		.map((line) => `  ${line.slice(0, COLUMNS_SHOWN)}`)
		.join('\n');
}
