import { webserviceError } from './webservice-error';

const DATE_FIELDS = new Set(['birthday', 'agrdate', 'startdate', 'finishdate', 'claimdate']);
/** Widths in characters, as far as recorded. */
const WIDTHS: Readonly<Record<string, number>> = { lastname: 80 };
/** The recorded tables are utf8mb3: a character beyond U+FFFF becomes a question mark a byte. */
const BEYOND_UTF8MB3 = /[\u{10000}-\u{10FFFF}]/gu;

/**
 * What MySQL keeps of a value.
 *
 * @param strict `STRICT_TRANS_TABLES`: values are refused instead of cut
 * @throws WebserviceError when the database refuses the value
 */
export function storedValue(name: string, value: string, strict: boolean): string {
	// vtiger checks dates itself and stores nothing, strict or not.
	if (DATE_FIELDS.has(name)) return isDate(value) ? value : '';
	const width = WIDTHS[name] ?? Infinity;
	// No character beyond U+FFFF is left: a character is one unit of text.
	const kept = value.replace(BEYOND_UTF8MB3, '????').slice(0, width);
	if (strict && kept !== value) throw webserviceError('INTERNAL_SERVER_ERROR');
	return kept;
}

function isDate(text: string): boolean {
	if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
	const date = new Date(`${text}T00:00:00Z`);
	return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
