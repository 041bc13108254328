/** How much may be in a JSON text. */
export interface StructureLimits {
	maxValues: number;
	maxDepth: number;
}

const QUOTE = '"'.charCodeAt(0);
const BACKSLASH = '\\'.charCodeAt(0);
const COMMA = ','.charCodeAt(0);
/** By this bit alone a brace differs from the bracket of the same side. */
const BRACE_BIT = 0x20;
const OPENING = '['.charCodeAt(0) | BRACE_BIT;
const CLOSING = ']'.charCodeAt(0) | BRACE_BIT;

/**
 * Whether JSON text has no more values, and is nested no deeper, than it may. It is looked at before
 * the text is parsed: 16 MB of `[` or of empty lists take seconds and half a gigabyte to parse.
 */
export function isWithin(text: string, { maxValues, maxDepth }: StructureLimits): boolean {
	const { length } = text;
	let values = 0;
	let depth = 0;
	let at = 0;
	while (at < length) {
		const code = text.charCodeAt(at++);
		if (code === QUOTE) {
			// A call for each text, most of them short, would take longer than the text does.
			while (at < length) {
				const within = text.charCodeAt(at++);
				if (within === QUOTE) break;
				if (within === BACKSLASH) at++;
			}
		} else if (code === COMMA) {
			if (++values > maxValues) return false;
		} else if ((code | BRACE_BIT) === OPENING) {
			if (++values > maxValues || ++depth > maxDepth) return false;
		} else if ((code | BRACE_BIT) === CLOSING) {
			depth--;
		}
	}
	return true;
}
