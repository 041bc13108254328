import type { RequestId } from './request';
import type { ExapiKey } from './signature';

/** What was wrong with an answer; decides what a caller may do next. */
export type AnswerFault =
	/** HTTP answered, but without a byte, as a server may refuse a signature (docs/protocols/exapi.md, 4.6). */
	| 'empty'
	/** Text that is not JSON: an HTML page, a PHP error, a truncated body. */
	| 'notJson'
	/** JSON that is not `{sign, answer}`. */
	| 'notAnEnvelope'
	/** Not signed with our secret, or not as an answer: nothing in it can be trusted. */
	| 'wrongSignature'
	/** Properly signed, but the answer to another request. */
	| 'wrongId'
	/** Properly signed, `error` is not null. */
	| 'remoteError'
	/** Properly signed, but the result is not of the shape of docs/protocols/exapi.md. */
	| 'unexpectedResult';

/**
 * An answer that cannot be used. `detail` holds what a person may see of it: the first
 * characters of an unreadable body, or the CRM's own error text. It is empty for a wrong
 * signature, since nothing of such an answer is to be trusted.
 */
export class ExapiAnswerError extends Error {
	override readonly name = 'ExapiAnswerError';

	constructor(
		readonly fault: AnswerFault,
		message: string,
		readonly detail = '',
	) {
		super(message);
	}
}

/** Why a request cannot be accepted; a server drops or answers it accordingly. */
export class ExapiRequestError extends Error {
	override readonly name = 'ExapiRequestError';

	/**
	 * @param answerTo how to answer, when the signature was right: then, and only then, a server
	 *   owes a signed answer (docs/protocols/exapi.md, 1.5 and 1.6)
	 */
	constructor(
		message: string,
		readonly answerTo?: { key: ExapiKey; id: RequestId },
	) {
		super(message);
	}
}

/**
 * A value that must not be sent. `field` is its name in the node and in `OrderInput`; the message
 * goes on from there ("is missing").
 */
export class ExapiInputError extends Error {
	override readonly name = 'ExapiInputError';

	constructor(
		readonly field: string,
		message: string,
	) {
		super(message);
	}
}

/** What is wrong with a number of a user whose digits are lost already. */
export const LOST_DIGITS = 'came as a number too long to keep all its digits. Give it as text';

/** The same of a number within a value. */
export const HOLDS_LOST_DIGITS = 'holds a number too long to keep all its digits. Give it as text';
