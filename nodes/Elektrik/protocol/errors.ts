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
