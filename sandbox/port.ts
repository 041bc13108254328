/** Reads the value of an option for a port; 0 is any free one. */
export function readPort(text: string): number {
	const port = Number(text);
	if (text.trim() !== '' && Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
	throw new Error(`"${text}" is not a port. Give a number from 0 to 65535`);
}
