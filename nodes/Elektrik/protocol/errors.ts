import { isObject } from '../../shared/wire';
import { FieldError } from '../../shared/wire/field-error';

/** A value of ours that the protocol does not allow. The message contains no UID and no phone. */
export class ElektrikInputError extends FieldError {
	override readonly name = 'ElektrikInputError';
}

/** A message from the partner that the protocol does not allow. */
export class ElektrikMessageError extends Error {
	override readonly name = 'ElektrikMessageError';
}

/** A message that is larger, deeper or more complex than any message of the protocol. */
export class MessageLimitError extends ElektrikMessageError {}

const LONGEST_TEXT = 1_000;
/** An error is read by a person, so only the first parts of a long list are shown. */
const MOST_PARTS = 20;
const DEEPEST = 10;

/**
 * Writes the portal's error as text (docs/protocols/elektrik.md, 3.3): also its texts in a list or an
 * object (docs/protocols/elektrik.md, 3.7), followed by its numbers. Empty when it has none.
 */
export function textOfError(error: unknown): string {
	const parts: string[] = [];
	const numbers: string[] = [];
	collect(error, '');
	const words = parts.join('; ');
	const behind = numbers.join(', ');
	const text = words === '' || behind === '' ? words + behind : `${words} (${behind})`;
	return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;

	function collect(value: unknown, name: string, depth = 0): void {
		if (parts.length + numbers.length >= MOST_PARTS || depth > DEEPEST) return;
		if (typeof value === 'string' && value.trim() !== '') parts.push(value.trim());
		else if (typeof value === 'number') numbers.push(`${name} ${value}`.trim());
		else if (Array.isArray(value)) value.forEach((entry) => collect(entry, name, depth + 1));
		else if (isObject(value)) {
			for (const [key, entry] of Object.entries(value)) collect(entry, key, depth + 1);
		}
	}
}
