const NAMED: Readonly<Record<string, string>> = {
	amp: '&',
	apos: "'",
	gt: '>',
	lt: '<',
	quot: '"',
};
const ENTITY = /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|apos|gt|lt|quot));/gi;
const MAX_CODE_POINT = 0x10ffff;

/**
 * Decodes the entities that vtiger's `query_result` writes (wire/README.md, answers: `&quot;`,
 * `&#039;`), once: `&amp;lt;` was typed as `&lt;`.
 */
export function decodeEntities(text: string): string {
	return text.replace(ENTITY, (entity, hex?: string, decimal?: string, name?: string) => {
		if (name !== undefined) return NAMED[name.toLowerCase()] ?? entity;
		const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
		return code > 0 && code <= MAX_CODE_POINT ? String.fromCodePoint(code) : entity;
	});
}
