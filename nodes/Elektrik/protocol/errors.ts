import { isObject } from '../../shared/wire';

/** A value of ours that the protocol does not allow. Holds no uid and no phone. */
export class ElektrikInputError extends Error {
	override readonly name = 'ElektrikInputError';

	/**
	 * @param field the field's name in the nodes
	 * @param message what is wrong with it, to follow the field's name in a sentence
	 */
	constructor(
		readonly field: string,
		message: string,
	) {
		super(message);
	}
}

/** A message from the other side that the protocol does not know. */
export class ElektrikMessageError extends Error {
	override readonly name = 'ElektrikMessageError';
}

/** A message that is larger, deeper or more tangled than any of the protocol is. */
export class MessageLimitError extends ElektrikMessageError {}

const LONGEST_TEXT = 1_000;
/** An error is for a person to read; a list of thousands is not looked through. */
const MOST_PARTS = 20;
const DEEPEST = 10;

/**
 * The portal's words in an error, a text (docs/protocols/elektrik.md, 3.3): those in a list or an object
 * as well (docs/protocols/elektrik.md, 3.7), with its numbers behind them. Empty when it says nothing.
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
