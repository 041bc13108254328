/** How much may be in a JSON text. */
export interface StructureLimits {
	maxValues: number;
	maxDepth: number;
}

const QUOTE = '"'.charCodeAt(0);
const OPENING_BRACKET = '['.charCodeAt(0);
const CLOSING_BRACKET = ']'.charCodeAt(0);
const OPENING_BRACE = '{'.charCodeAt(0);
const CLOSING_BRACE = '}'.charCodeAt(0);
const BACKSLASH = '\\'.charCodeAt(0);
const COMMA = ','.charCodeAt(0);

/**
 * Whether JSON text has no more values, and is nested no deeper, than it may. It is looked at before
 * the text is parsed: 16 MB of `[` or of empty lists take seconds and half a gigabyte to parse.
 */
export function isWithin(text: string, { maxValues, maxDepth }: StructureLimits): boolean {
	let values = 0;
	let depth = 0;
	let isInString = false;
	for (let at = 0; at < text.length; at++) {
		const code = text.charCodeAt(at);
		if (isInString) {
			if (code === QUOTE) isInString = false;
			else if (code === BACKSLASH) at++;
		} else if (code === QUOTE) {
			isInString = true;
		} else if (code === COMMA || code === OPENING_BRACKET || code === OPENING_BRACE) {
			if (++values > maxValues) return false;
			if (code !== COMMA && ++depth > maxDepth) return false;
		} else if (code === CLOSING_BRACKET || code === CLOSING_BRACE) {
			depth--;
		}
	}
	return true;
}
