/** U+0000 to U+001F but tab, line feed and carriage return. */
// eslint-disable-next-line no-control-regex -- they are what it looks for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g;
/** What JSON allows in a text only as an escape, and the marks that tell where texts are. */
// eslint-disable-next-line no-control-regex -- they are what it looks for
const TEXT_MARKS = /["\\\u0000-\u001f]/g;

/**
 * Leaves out control characters that no field of a person is meant to hold. Spreadsheets and word
 * processors hand over vertical tabs, and vtiger 8.4 writes them raw into its JSON.
 */
export function sendable(text: string): string {
	return text.replace(CONTROL, '');
}

/**
 * Writes the raw control characters in the texts of JSON as escapes. vtiger 8.4 has an encoder of its
 * own that leaves all but \b, \f, \n, \r and \t as they are, and no parser takes that for JSON.
 */
export function escapeControlCharacters(json: string): string {
	const pieces: string[] = [];
	let done = 0;
	let quoted = false;
	// A mark behind a backslash is no mark.
	let escaped = -1;
	for (const { 0: mark, index } of json.matchAll(TEXT_MARKS)) {
		if (index === escaped) continue;
		if (mark === '"') quoted = !quoted;
		else if (mark === '\\') escaped = index + 1;
		else if (quoted) {
			pieces.push(json.slice(done, index), escapeOf(mark));
			done = index + 1;
		}
	}
	pieces.push(json.slice(done));
	return pieces.join('');
}

function escapeOf(character: string): string {
	return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
