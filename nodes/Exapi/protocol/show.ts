const LONGEST = 60;

/** A refused value, cut short: a person must recognise it, a log need not keep it. Never throws. */
export function show(value: unknown): string {
	const text = typeof value === 'object' && value !== null ? written(value) : String(value);
	return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function written(value: object): string {
	try {
		// An object may say that it has no JSON.
		const json: unknown = JSON.stringify(value);
		return typeof json === 'string' ? json : 'an object';
	} catch {
		// It holds itself, or a number that JSON does not know.
		return 'an object';
	}
}
