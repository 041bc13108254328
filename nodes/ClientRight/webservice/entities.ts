import { decodeHTMLStrict } from 'entities';

const ENTITY = /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|[a-z][a-z\d]*);/gi;
/** Names of HTML 4, which PHP writes, that HTML 5 and the library with it gave to other characters. */
const HTML_4_ONLY: Readonly<Record<string, string>> = { '&lang;': '\u2329', '&rang;': '\u232a' };
const MAX_CODE_POINT = 0x10ffff;

/**
 * Decodes the entities of a custom operation's answer: its handler reads with `query_result` or
 * `fetch_array`, which give PHP's `htmlentities()`, all names of HTML 4 (docs/protocols/vtiger.md, 16.3).
 * Once: `&amp;lt;` was typed as `&lt;`. Answers of vtiger's own operations come decoded.
 */
export function decodeEntities(text: string): string {
	return text.replace(ENTITY, (entity, hex?: string, decimal?: string) => {
		if (hex === undefined && decimal === undefined) {
			return HTML_4_ONLY[entity] ?? decodeHTMLStrict(entity);
		}
		// HTML reads some numbers as other characters; PHP writes what it means.
		const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
		return code > 0 && code <= MAX_CODE_POINT ? String.fromCodePoint(code) : entity;
	});
}
