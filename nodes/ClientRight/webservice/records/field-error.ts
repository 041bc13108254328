/**
 * A value that must not be sent. `field` is its name in the node and in the items; the message
 * goes on from there ("is missing").
 */
export class FieldError extends Error {
	override readonly name = 'FieldError';

	constructor(
		readonly field: string,
		message: string,
	) {
		super(message);
	}
}

/** A refused value, cut short: a person must recognise it, a log need not keep it. */
export function show(value: unknown): string {
	const text = typeof value === 'object' && value !== null ? written(value) : String(value);
	return text.length > 60 ? `${text.slice(0, 60)}…` : text;
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
