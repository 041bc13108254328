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

/** What a `PartnerError` tells besides its message. */
export interface PartnerErrorDetails {
	outcome: Outcome;
	/** What to check or to do, for a person. */
	description?: string;
	/** Status of the HTTP answer, where there was one. */
	httpStatus?: number;
}

/** A call to a partner that failed. Message and description hold no secrets. */
export class PartnerError extends Error {
	override readonly name: string = 'PartnerError';
	readonly outcome: Outcome;
	description: string;
	readonly httpStatus: number | undefined;

	constructor(message: string, details: PartnerErrorDetails) {
		super(message);
		this.outcome = details.outcome;
		this.description = details.description ?? '';
		this.httpStatus = details.httpStatus;
	}

	/** Adds a sentence to the description: what only the caller knows to advise. */
	advise(sentence: string): this {
		this.description = [this.description, sentence].filter((text) => text !== '').join(' ');
		return this;
	}
}
