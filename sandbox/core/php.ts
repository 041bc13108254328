import { decodeHTMLStrict } from 'entities';

export const BYTE_ORDER_MARK = '\uFEFF';

/** The content type of what a PHP script prints before it has set another one. */
export const PHP_HTML = 'text/html; charset=UTF-8';

/** Writes JSON as PHP's `json_encode` does by default, with escaped slashes and `\uXXXX`. */
export function phpJson(value: unknown): string {
	// In JSON text "/" and characters outside ASCII occur within strings only.
	return JSON.stringify(value)
		.replaceAll('/', '\\/')
		.replace(/[\u0080-\uFFFF]/g, (unit) => {
			return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
		});
}

/** The JSON of vtiger 8.4's own encoder: control characters without a name stay as they are. */
export function vtigerJson(value: unknown): string {
	return JSON.stringify(value).replace(
		/\\(?:u00([01][0-9a-f])|u(d[c-f][0-9a-f]{2})|.)/g,
		(escape, ...codes: unknown[]) => {
			const [control, byte] = codes as [string?, string?];
			const code = control ?? byte;
			return code === undefined ? escape : String.fromCharCode(Number.parseInt(code, 16));
		},
	);
}

/** A warning as PHP prints it with `display_errors` on. */
export function phpWarning(message: string, file = 'index.php', line = 1): string {
	return phpNotice('Warning', message, file, line);
}

/** @param kind `Warning` or `Fatal error` */
export function phpNotice(kind: string, message: string, file: string, line: number): string {
	return `<br />\n<b>${kind}</b>:  ${message} in <b>${file}</b> on line <b>${line}</b><br />\n`;
}

/** Names of characters in HTML 4.01. */
const LATIN_1 =
	'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn ' +
	'sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave ' +
	'Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ' +
	'ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN ' +
	'szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave ' +
	'iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc ' +
	'uuml yacute thorn yuml';
const SIGNS =
	'amp lt gt quot OElig oelig Scaron scaron Yuml circ tilde ensp emsp thinsp zwnj zwj lrm rlm ' +
	'ndash mdash lsquo rsquo sbquo ldquo rdquo bdquo dagger Dagger bull hellip permil prime Prime ' +
	'lsaquo rsaquo oline frasl euro image weierp real trade larr uarr rarr darr harr minus infin ' +
	'asymp ne equiv le ge sum prod radic loz spades clubs hearts diams';
const ENTITY_OF = new Map([
	["'", '&#039;'],
	...`${LATIN_1} ${SIGNS}`
		.split(' ')
		.map((name): [string, string] => [decodeHTMLStrict(`&${name};`), `&${name};`]),
]);

/** PHP's `htmlentities`, as far as Russian texts go: without Greek and formulas. */
export function htmlEntities(text: string): string {
	return text.replace(
		/[&<>"'\u00a0-\u00ff\u0152-\u0178\u02c6-\u02dc\u2000-\u26ff]/g,
		(character) => {
			return ENTITY_OF.get(character) ?? character;
		},
	);
}
