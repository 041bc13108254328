import { isObject } from './json';

const LONGEST_TEXT = 1_000;
/** An error is for a person to read; a list of thousands is not looked through. */
const MOST_PARTS = 20;
/** How PHP writes nothing as text: an error code of 0, and what was encoded twice. */
const NOTHING = /^(?:0+(?:\.0+)?|null|false|\[\s*\]|\{\s*\})?$/i;

/**
 * Whether an `error` says that there is none. The document knows `null` only; PHP has many spellings
 * of it. Taken for an error, any of them would have an order that was added sent again. Text, a
 * number other than 0 and `true` say something, wherever in a list or an object they are. What the
 * method then makes of a result that is missing beside is for its own reader to say.
 */
export function isNoError(error: unknown): boolean {
	if (typeof error === 'string') return NOTHING.test(error.trim());
	if (typeof error !== 'object') return !error;
	return error === null || Object.values(error).every(isNoError);
}

/** The CRM's error for a person: the texts in a list or an object, with its codes behind them. */
export function textOfError(error: unknown): string {
	const texts: string[] = [];
	const codes: string[] = [];
	collect(error, '', texts, codes);
	if (texts.length === 0) return cut(JSON.stringify(error));
	const behind = codes.length > 0 ? ` (${codes.join(', ')})` : '';
	return cut(texts.join('; ')) + behind;
}

function collect(value: unknown, name: string, texts: string[], codes: string[]): void {
	if (texts.length + codes.length >= MOST_PARTS || isNoError(value)) return;
	if (typeof value === 'string') {
		texts.push(value.trim());
	} else if (Array.isArray(value)) {
		for (const entry of value) collect(entry, name, texts, codes);
	} else if (isObject(value)) {
		for (const [key, entry] of Object.entries(value)) collect(entry, key, texts, codes);
	} else if (typeof value === 'number') {
		codes.push(`${name} ${value}`.trim());
	}
}

function cut(text: string): string {
	return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}
