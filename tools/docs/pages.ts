import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutFolder } from '../n8n/checkout';
import { fieldsOf, type Described } from './descriptions';
import { FieldTable } from './field-table';
import type { Language } from './language';

/** A generated table in a page. Everything outside of it is written by hand. */
const BLOCK = /(<!-- fields of ([\w. ]+?) -->\n)[^]*?(<!-- end of fields -->)/g;

export interface Page {
	/** Relative to the checkout. */
	file: string;
	/** Its text in the checkout. */
	text: string;
}

/** Reads the pages in a folder of the checkout. */
export function pagesIn(folder: string): Page[] {
	return readdirSync(join(checkoutFolder(), folder))
		.filter((name) => name.endsWith('.md'))
		.map((name) => join(folder, name))
		.map((file) => ({ file, text: readFileSync(join(checkoutFolder(), file), 'utf8') }));
}

/** Returns the subjects of a page's tables: `exapi order.create`, `exapiTrigger`, `exapiApi`. */
export function subjectsOf({ text }: Page): string[] {
	return [...text.matchAll(BLOCK)].map(([, , subject = '']) => subject);
}

/**
 * Generates the tables of a page and returns its text.
 *
 * @param untranslated receives the texts that have no translation
 * @throws Error for a table whose subject the package does not have
 */
export function withTables(
	page: Page,
	parts: ReadonlyMap<string, Described>,
	language: Language,
	untranslated: Set<string>,
): string {
	return page.text.replace(BLOCK, (_, start: string, subject: string, end: string) => {
		const [name = '', path = ''] = subject.split(' ');
		const [resource, operation] = path === '' ? [] : path.split('.');
		const part = parts.get(name);
		const fields = part ? fieldsOf(part, resource, operation) : [];
		if (fields.length === 0) throw new Error(`${page.file}: the package has no "${subject}"`);
		const table = new FieldTable(fields, language);
		const made = `${start}\n${table.toMarkdown()}\n\n${end}`;
		for (const text of table.untranslated) untranslated.add(text);
		return made;
	});
}
