/** U+0000 to U+001F, except tab, line feed and carriage return. */
// eslint-disable-next-line no-control-regex -- they are what it looks for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g;
/**
 * Removes control characters that a field should not contain. Spreadsheets and word processors export
 * vertical tabs, and vtiger 8.4 writes them unescaped into its JSON.
 */
export function sendable(text: string): string {
	return text.replace(CONTROL, '');
}

/** The most characters to escape, more than a response has: each takes as long as a hundred others. */
const MAX_ESCAPED = 100_000;

/**
 * Escapes raw control characters in JSON, which may only be in its strings. vtiger 8.4's own encoder leaves
 * them unescaped, and no parser accepts that.
 *
 * @returns the unchanged text if it has none, or more than a response has
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

const LONGEST_EXCERPT = 200;
/** A body may have megabytes, and only its beginning is shown. */
const MAX_SCANNED = 64 * 1024;

/**
 * Returns the first characters of a text on one line, so that a user can recognize a page.
 *
 * @example
 * exapi.excerpt(' <html>\n<title>502 Bad Gateway</title>'); // => '<html> <title>502 Bad Gateway</title>'
 */
export function excerpt(text: string): string {
	const line = text.trimStart().slice(0, MAX_SCANNED).replace(/\s+/g, ' ').trim();
	return line.length > LONGEST_EXCERPT ? `${line.slice(0, LONGEST_EXCERPT)}…` : line;
}

/** The longest file name in bytes; most file systems allow 255. */
const LONGEST_NAME = 240;
/** Line ends and tabs separate words. Other control characters, direction marks and quotes are removed. */
const LINE_ENDS = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;
const USELESS = /[\p{Cc}\p{Cf}\p{Surrogate}"'`]/gu;
const DOTS = /^\.*$/;
const EXTENSION = /\.[A-Za-z0-9]{1,10}$/;

/**
 * Makes the name of a partner's file safe to show and to save: without paths, line ends in a header, and
 * direction marks that hide an extension.
 *
 * @returns an empty text if nothing is left
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
 * Returns the name of a file with a title and a path: the title with the extension of the path.
 *
 * @param pathName the last part of the path, which is the name of a file without a title
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
