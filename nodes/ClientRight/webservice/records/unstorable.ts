/** Beyond the first plane of Unicode: emoji, rare letters. */
const BEYOND = /[\u{10000}-\u{10ffff}]/u;

/**
 * Whether a text holds characters that the tables of a vtiger, which are utf8mb3, do not: it stores
 * `????` in their place and reports a success (docs/protocols/vtiger.md, 3.9).
 */
export function holdsUnstorable(text: string): boolean {
	return BEYOND.test(text);
}
