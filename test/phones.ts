import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A phone as somebody wrote it, and its one right reading, or why it is refused. */
export interface PhoneSpelling {
	written: string;
	/** With + and country code. */
	number?: string;
	/** Part of the reason. */
	refused?: string;
	/** Why Elektrik.ru's portal does not take it, where that differs. */
	elektrik?: string;
	/** The CRM gets it as it is typed: only its country is not certain. */
	typed?: true;
}

/** How people write phones: brackets, dashes, extensions, two numbers, words, other countries. */
export const PHONES = JSON.parse(
	readFileSync(join(__dirname, 'vectors', 'phones.json'), 'utf8'),
) as readonly PhoneSpelling[];
