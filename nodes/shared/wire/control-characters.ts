/** U+0000 to U+001F but tab, line feed and carriage return. */
// eslint-disable-next-line no-control-regex -- they are what it looks for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g;
/**
 * Leaves out control characters that no field of a person is meant to hold. Spreadsheets and word
 * processors hand over vertical tabs, and vtiger 8.4 writes them raw into its JSON.
 */
export function sendable(text: string): string {
	return text.replace(CONTROL, '');
}

/**
 * Writes raw control characters of JSON as escapes; outside its texts, JSON has none of them. vtiger 8.4
 * has an encoder of its own that leaves them as they are, and no parser takes that for JSON.
 */
export function escapeControlCharacters(json: string): string {
	return json.replace(CONTROL, escapeOf);
}

function escapeOf(character: string): string {
	return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
