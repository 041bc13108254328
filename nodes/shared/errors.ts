import { type IDataObject, type INode, NodeApiError, NodeOperationError } from 'n8n-workflow';

/** A parameter, an input field or a credential field that cannot be used. Nothing was sent. */
export class InputError extends Error {
	override readonly name = 'InputError';

	constructor(
		message: string,
		readonly description = '',
	) {
		super(message);
	}
}

/** The end of a sentence, with closing characters after it, as in `(….)`, `“….”` or `{"error": "…."}`. */
const SENTENCE_END = /[.!?…][)\]}"'’”»]*$/;

/**
 * Joins sentences to a paragraph and omits empty ones. Each sentence but the last gets a period if it has
 * none: an excerpt of a response or an error message may end with any character.
 */
export function joinSentences(...sentences: readonly string[]): string {
	const given = sentences.map((sentence) => sentence.trim()).filter((sentence) => sentence !== '');
	return [...given.slice(0, -1).map(asSentence), ...given.slice(-1)].join(' ');
}

/** Adds a period to a text that does not end like a sentence. */
export function asSentence(text: string): string {
	return SENTENCE_END.test(text) ? text : `${text}.`;
}

/**
 * The outcome of a failed call. It decides whether the call may be repeated (not a write that may have
 * been executed, nor a call whose signature was refused).
 */
export type CallOutcome =
	/** The partner did not receive the request. */
	| 'notSent'
	/** The partner responded and did not execute the request. */
	| 'rejected'
	/** The partner does not accept the sender; a further request may get it banned. */
	| 'refused'
	/** The request was sent, and no usable response arrived: the partner may have executed it. */
	| 'unknown';

/** The note of an error if no request of the call was sent. */
export const NOTHING_SENT = 'Nothing was sent.';
/** The note instead of it, if an earlier request was sent. */
export const NOTHING_MORE_SENT = 'Nothing more was sent.';

/** The properties of a `PartnerError` besides its message. */
export interface PartnerErrorDetails {
	outcome: CallOutcome;
	/** What the user should check or do. */
	description?: string;
	/**
	 * A note about this attempt alone, such as {@link NOTHING_SENT}. It is shown before the description,
	 * and omitted if an earlier attempt of the same call may have been processed.
	 */
	attemptNote?: string;
	/**
	 * Whether a request of this call may have been sent, in this attempt or an earlier one. By default
	 * the outcome decides; a request that was sent and not processed can have `notSent` as well.
	 */
	wasSent?: boolean;
	/** Whether no connection was made: name resolution, connecting or TLS failed. */
	noConnection?: boolean;
	/** Status of the HTTP response, if there was one. */
	httpStatus?: number;
	/** The system's error, which must contain nothing of the request. */
	cause?: Error | undefined;
}

/** A failed call to a partner. Message, description and cause contain no secrets. */
export class PartnerError extends Error {
	override readonly name: string = 'PartnerError';
	readonly outcome: CallOutcome;
	attemptNote: string;
	wasSent: boolean;
	/** The description without the note about this attempt. */
	advice: string;
	readonly noConnection: boolean;
	readonly httpStatus: number | undefined;

	constructor(message: string, details: PartnerErrorDetails) {
		super(message, details.cause && { cause: details.cause });
		this.outcome = details.outcome;
		this.attemptNote = details.attemptNote ?? '';
		this.advice = details.description ?? '';
		this.wasSent = details.wasSent ?? this.outcome !== 'notSent';
		this.noConnection = details.noConnection ?? false;
		this.httpStatus = details.httpStatus;
	}

	get description(): string {
		return joinSentences(this.attemptNote, this.advice);
	}

	/** All properties but the message, for an error with another message. */
	get details(): PartnerErrorDetails {
		const { outcome, advice, attemptNote, wasSent, noConnection, httpStatus, cause } = this;
		return {
			outcome,
			description: advice,
			attemptNote,
			wasSent,
			noConnection,
			...(httpStatus === undefined ? {} : { httpStatus }),
			...(cause instanceof Error ? { cause } : {}),
		};
	}

	/** Records that a request of the call may have been sent before, and corrects the note. */
	markSent(): this {
		this.wasSent = true;
		if (this.attemptNote === NOTHING_SENT) this.attemptNote = NOTHING_MORE_SENT;
		return this;
	}

	/** Adds a sentence to the description, with advice that only the caller has. */
	addAdvice(sentence: string): this {
		this.advice = joinSentences(this.advice, sentence);
		return this;
	}
}

/**
 * A failed write that an earlier attempt may have executed. The outcome of a later attempt, such as no
 * connection or a rejection, does not change that.
 */
export class RetriedFailure extends PartnerError {
	override readonly name = 'RetriedFailure';
	/** The outcome of the last attempt; `undefined` if it failed before a request. */
	readonly lastOutcome: CallOutcome | undefined;

	/**
	 * @param first the error of the earlier attempt, whose outcome is unknown
	 * @param last the error of a later attempt
	 */
	constructor(
		readonly first: PartnerError,
		last: unknown,
	) {
		const { message, advice } = textOf(last);
		super(first.message, {
			...first.details,
			description: joinSentences(
				first.advice,
				'The partner may have executed that attempt.',
				asSentence(`A later attempt failed: ${message}`),
				advice,
			),
			attemptNote: '',
			noConnection: last instanceof PartnerError && last.noConnection,
		});
		this.lastOutcome = last instanceof PartnerError ? last.outcome : undefined;
	}

	/** Adds advice to this error and to that of the earlier attempt, which it is about. */
	override addAdvice(sentence: string): this {
		this.first.addAdvice(sentence);
		return super.addAdvice(sentence);
	}
}

/** Returns the error of a write after a further attempt. A later outcome never hides an unknown one. */
export function afterRetry(earlier: unknown, later: unknown): unknown {
	const first = earlier instanceof RetriedFailure ? earlier.first : earlier;
	if (!(first instanceof PartnerError) || first.outcome !== 'unknown') {
		return afterEarlier(earlier, later);
	}
	if (later instanceof PartnerError && later.outcome === 'unknown') return later;
	return new RetriedFailure(first, later);
}

/** Returns the error of a further attempt, with a note that is also true of the earlier attempts. */
export function afterEarlier(earlier: unknown, later: unknown): unknown {
	const wasSent = earlier instanceof PartnerError && earlier.wasSent;
	return wasSent && later instanceof PartnerError ? later.markSent() : later;
}

function textOf(error: unknown): { message: string; advice: string } {
	if (error instanceof PartnerError) return error;
	return { message: messageOf(error), advice: descriptionOf(error) };
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

/** The message of whatever was thrown, and what to do about it. */
export function explain(error: unknown): string {
	const isOurs = error instanceof PartnerError || error instanceof InputError;
	return isOurs ? joinSentences(error.message, error.description) : messageOf(error);
}

/** The errors that n8n shows with a description and an item. */
export type NodeError = NodeApiError | NodeOperationError;

/**
 * Converts any error to one of n8n's, in one place: an error from a partner becomes a `NodeApiError`, an
 * error about parameters a `NodeOperationError`.
 *
 * @param more sentences to add to the description, such as which items were executed before
 */
export function toNodeError(
	node: INode,
	error: unknown,
	itemIndex: number,
	more: readonly string[] = [],
): NodeError {
	if (error instanceof PartnerError) {
		// Message and description are passed as options: n8n would replace them by texts for the HTTP status.
		const apiError = new NodeApiError(
			node,
			{ message: error.message },
			{
				message: error.message,
				description: join(error.description, more),
				itemIndex,
				...(error.httpStatus === undefined ? {} : { httpCode: String(error.httpStatus) }),
			},
		);
		// n8n also replaces a message that contains ECONNREFUSED by its own, which has no host.
		apiError.message = error.message;
		if (error.cause instanceof Error) apiError.cause = error.cause;
		return apiError;
	}
	if (error instanceof NodeApiError || error instanceof NodeOperationError) {
		error.context.itemIndex ??= itemIndex;
		if (more.length > 0) error.description = join(error.description ?? '', more);
		return error;
	}
	const foreign = error instanceof Error && !(error instanceof InputError) ? error : undefined;
	const message = messageOf(error);
	return new NodeOperationError(node, foreign ?? message, {
		message,
		description: join(descriptionOf(error), more),
		itemIndex,
	});
}

/** Builds the json by which n8n routes an item to the error output: these two keys and no other. */
export function errorJson(error: NodeError): IDataObject {
	return { error: error.message, message: error.description ?? '' };
}

/** Returns the description of an error, which n8n's own errors have as well. */
function descriptionOf(error: unknown): string {
	const description: unknown = (error as { description?: unknown } | undefined)?.description;
	return typeof description === 'string' ? description : '';
}

function join(description: string, more: readonly string[]): string {
	return joinSentences(description, ...more);
}
