const MAX_PARTS = 100;
const QUOTE = '"'.charCodeAt(0);
const BACKSLASH = '\\'.charCodeAt(0);
/** With each of these another value begins. */
const BEGINNINGS = new Set(['{', '[', ','].map((character) => character.charCodeAt(0)));

/**
 * Whether JSON text has no more values than a message, which has three. Millions of empty lists in
 * 16 MB take seconds and half a gigabyte to parse, and whoever sends them has not signed anything.
 */
export function isSmallStructure(text: string): boolean {
	let parts = 0;
	for (let at = 0; at < text.length; at++) {
		const code = text.charCodeAt(at);
		if (code === QUOTE) at = endOfText(text, at);
		else if (BEGINNINGS.has(code) && ++parts > MAX_PARTS) return false;
	}
	return true;
}

/** The position of the quote that ends the text begun at `start`; behind all when there is none. */
function endOfText(text: string, start: number): number {
	for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
		let first = end;
		while (text.charCodeAt(first - 1) === BACKSLASH) first--;
		if ((end - first) % 2 === 0) return end;
	}
	return text.length;
}
