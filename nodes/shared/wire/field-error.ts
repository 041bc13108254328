/**
 * A value that must not be sent. `field` is its name in the node and in the items; the message continues the
 * sentence ("is missing"). Each protocol has its own subclass.
 */
export class FieldError extends Error {
	override readonly name: string = 'FieldError';

	constructor(
		readonly field: string,
		message: string,
	) {
		super(message);
	}
}

const LONGEST = 60;

/** Shortens a rejected value for a message, so that a user can recognize it. Never throws. */
export function previewValue(value: unknown): string {
	const text = typeof value === 'object' && value !== null ? written(value) : String(value);
	return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function written(value: object): string {
	try {
		// An object's toJSON may return undefined.
		const json: unknown = JSON.stringify(value);
		return typeof json === 'string' ? json : 'an object';
	} catch {
		// It refers to itself, or contains a BigInt.
		return 'an object';
	}
}

/** Names the type of a value for a message that expects another type. */
export function nameType(value: unknown): string {
	return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
}
