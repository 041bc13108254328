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

/** More than the texts of an answer hold: each costs as much as a hundred other characters. */
const MAX_ESCAPED = 100_000;

/**
 * Writes raw control characters of JSON as escapes; outside its texts, JSON has none of them. vtiger 8.4
 * has an encoder of its own that leaves them as they are, and no parser takes that for JSON.
 *
 * @returns the text as it is where there are none, or more than an answer holds
 */
export function escapeControlCharacters(json: string): string {
	const pieces: string[] = [];
	let from = 0;
	CONTROL.lastIndex = 0;
	for (let match = CONTROL.exec(json); match; match = CONTROL.exec(json)) {
		pieces.push(json.slice(from, match.index), escapeOf(match[0]));
		from = match.index + 1;
		if (pieces.length > 2 * MAX_ESCAPED) return json;
	}
	return pieces.join('') + json.slice(from);
}

function escapeOf(character: string): string {
	return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** In bytes: most file systems take 255. */
const LONGEST_NAME = 240;
/** Line ends and tabs part words; other controls, direction marks and quotes are of no use in a name. */
const LINE_ENDS = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;
const USELESS = /[\p{Cc}\p{Cf}\p{Surrogate}"'`]/gu;
const DOTS = /^\.*$/;
const EXTENSION = /\.[A-Za-z0-9]{1,10}$/;

/**
 * A file's name from outside, fit to be shown and to be saved under: no path leads anywhere, no header
 * line ends, and no direction mark hides an extension.
 *
 * @returns an empty text when nothing is left
 */
export function safeFileName(name: string): string {
	const parts = name
		.replace(LINE_ENDS, ' ')
		.replace(USELESS, '')
		.split(/[/\\]/)
		.map((part) => part.trim())
		.filter((part) => !DOTS.test(part));
	return cut(parts.join('_'));
}

/**
 * The name of a file that has a title and a path: the title, with the extension of the path.
 *
 * @param pathName the last part of the path, which names the file when there is no title
 */
export function titledFileName(title: string, pathName: string): string {
	const named = safeFileName(pathName);
	const [extension = ''] = EXTENSION.exec(named) ?? [];
	const titled = safeFileName(title);
	if (titled === '') return named === '' ? 'file' : named;
	return titled.toLowerCase().endsWith(extension.toLowerCase())
		? titled
		: cut(titled, extension.length) + extension;
}

function cut(name: string, reserved = 0): string {
	if (Buffer.byteLength(name) <= LONGEST_NAME - reserved) return name;
	const [extension = ''] = EXTENSION.exec(name) ?? [];
	let room = LONGEST_NAME - reserved - extension.length;
	const kept: string[] = [];
	for (const character of name) {
		room -= Buffer.byteLength(character);
		if (room < 0) break;
		kept.push(character);
	}
	return kept.join('').trim() + extension;
}
