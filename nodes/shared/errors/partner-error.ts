import { joinSentences } from './sentences';

/**
 * What became of a call that failed. It decides whether the call may be made again
 * (a write that may have been carried out, or a call refused for its signature, may not).
 */
export type Outcome =
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
	outcome: Outcome;
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
	readonly outcome: Outcome;
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
	advise(sentence: string): this {
		this.advice = joinSentences(this.advice, sentence);
		return this;
	}
}
