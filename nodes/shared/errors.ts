import { type IDataObject, type INode, NodeApiError, NodeOperationError } from 'n8n-workflow';

/** A parameter, an input field or a credential's field that cannot be used. Nothing was sent. */
export class InputError extends Error {
	override readonly name = 'InputError';

	constructor(
		message: string,
		readonly description = '',
	) {
		super(message);
	}
}

/** The end of a sentence, with what may close after it, as in `(….)`, `“….”` or `{"error": "…."}`. */
const SENTENCE_END = /[.!?…][)\]}"'’”»]*$/;

/**
 * Joins sentences to a paragraph, without the empty ones. A sentence that another one follows gets a
 * period if it has none: an excerpt of a response or the message of an error may end anyhow.
 */
export function joinSentences(...sentences: readonly string[]): string {
	const given = sentences.map((sentence) => sentence.trim()).filter((sentence) => sentence !== '');
	return [...given.slice(0, -1).map(asSentence), ...given.slice(-1)].join(' ');
}

/** Adds a period to a text that does not end as a sentence does. */
export function asSentence(text: string): string {
	return SENTENCE_END.test(text) ? text : `${text}.`;
}

/**
 * What became of a call that failed. It decides whether the call may be made again
 * (a write that may have been carried out, or a call refused for its signature, may not).
 */
export type CallOutcome =
	/** The partner never got it. */
	| 'notSent'
	/** The partner answered, and did not do it. */
	| 'rejected'
	/** The partner does not accept this sender; asking again may get it banned. */
	| 'refused'
	/** It left, no usable answer came: the partner may have carried it out. */
	| 'unknown';

/** The note of an error before which no request of the call was sent. */
export const NOTHING_SENT = 'Nothing was sent.';
/** The note that replaces it if an earlier request was sent. */
export const NOTHING_MORE_SENT = 'Nothing more was sent.';

/** What a `PartnerError` tells besides its message. */
export interface PartnerErrorDetails {
	outcome: CallOutcome;
	/** What to check or to do, for a person. */
	description?: string;
	/**
	 * What is true of this attempt alone, such as {@link NOTHING_SENT}: shown before the description,
	 * and left out where an earlier attempt of the same call may have been processed.
	 */
	attemptNote?: string;
	/**
	 * Whether a request of this call may have been sent, in this attempt or an earlier one. By default
	 * the outcome decides; a request that was sent and not processed can have `notSent` as well.
	 */
	wasSent?: boolean;
	/** No connection was made: the name, the dialing or TLS failed. */
	noConnection?: boolean;
	/** Status of the HTTP answer, where there was one. */
	httpStatus?: number;
	/** What the system reported; it must hold nothing of the request. */
	cause?: Error | undefined;
}

/** A call to a partner that failed. Message, description and cause hold no secrets. */
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

	/** Everything but the message, for an error that tells the same in other words. */
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

	/** Records that a request of the call may have been sent before, so that the note stays true. */
	markSent(): this {
		this.wasSent = true;
		if (this.attemptNote === NOTHING_SENT) this.attemptNote = NOTHING_MORE_SENT;
		return this;
	}

	/** Adds a sentence to the description: what only the caller knows to advise. */
	addAdvice(sentence: string): this {
		this.advice = joinSentences(this.advice, sentence);
		return this;
	}
}

/**
 * A write that an earlier attempt may have carried out, whatever a later attempt met: a later "no
 * connection" or "no" says nothing about the earlier request.
 */
export class RetriedFailure extends PartnerError {
	override readonly name = 'RetriedFailure';
	/** What became of the last attempt; `undefined` if it failed before there was a request. */
	readonly lastOutcome: CallOutcome | undefined;

	/**
	 * @param first the earlier attempt, its outcome unknown
	 * @param last the attempt after it
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

	/** The advice is about the earlier attempt, and so outlives this failure. */
	override addAdvice(sentence: string): this {
		this.first.addAdvice(sentence);
		return super.addAdvice(sentence);
	}
}

/** The failure of a write after a further attempt: an unknown outcome is never hidden by a later one. */
export function afterRetry(earlier: unknown, later: unknown): unknown {
	const first = earlier instanceof RetriedFailure ? earlier.first : earlier;
	if (!(first instanceof PartnerError) || first.outcome !== 'unknown') {
		return afterEarlier(earlier, later);
	}
	if (later instanceof PartnerError && later.outcome === 'unknown') return later;
	return new RetriedFailure(first, later);
}

/** The failure of a further attempt. Its note must be true of the earlier attempts as well. */
export function afterEarlier(earlier: unknown, later: unknown): unknown {
	const wasSent = earlier instanceof PartnerError && earlier.wasSent;
	return wasSent && later instanceof PartnerError ? later.markSent() : later;
}

function textOf(error: unknown): { message: string; advice: string } {
	if (error instanceof PartnerError) return error;
	const message = error instanceof Error ? error.message : String(error);
	const description: unknown = (error as { description?: unknown } | undefined)?.description;
	return { message, advice: typeof description === 'string' ? description : '' };
}

/** The errors that n8n shows with a description and the item they are about. */
export type NodeError = NodeApiError | NodeOperationError;

/**
 * The one place where errors become n8n's: what a partner said is a `NodeApiError`, everything
 * about parameters is a `NodeOperationError`.
 *
 * @param more sentences to add to the description, such as what was carried out before
 */
export function toNodeError(
	node: INode,
	error: unknown,
	itemIndex: number,
	more: readonly string[] = [],
): NodeError {
	if (error instanceof PartnerError) {
		// Message and description are passed on their own: n8n would write others by HTTP status.
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
		// It also writes one of its own, without the host, for a message that names ECONNREFUSED.
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
	const message = error instanceof Error ? error.message : String(error);
	return new NodeOperationError(node, foreign ?? message, {
		message,
		description: join(descriptionOf(error), more),
		itemIndex,
	});
}

/** n8n routes an item to the error output when its json has these two keys and no other. */
export function errorJson(error: NodeError): IDataObject {
	return { error: error.message, message: error.description ?? '' };
}

/** Our errors bring a description, and so do n8n's own, an expression's for example. */
function descriptionOf(error: unknown): string {
	const description: unknown = (error as { description?: unknown } | undefined)?.description;
	return typeof description === 'string' ? description : '';
}

function join(description: string, more: readonly string[]): string {
	return joinSentences(description, ...more);
}
