import { PartnerError, type Outcome } from './partner-error';
import { asSentence, joinSentences } from './sentences';

/**
 * A write that an earlier attempt may have carried out, whatever a later attempt met: a later "no
 * connection" or "no" says nothing about the earlier request.
 */
export class RetriedFailure extends PartnerError {
	override readonly name = 'RetriedFailure';
	/** What became of the last attempt; `undefined` if it failed before there was a request. */
	readonly lastOutcome: Outcome | undefined;

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
				'That attempt may have been carried out.',
				asSentence(`A later attempt failed: ${message}`),
				advice,
			),
			attemptNote: '',
			noConnection: last instanceof PartnerError && last.noConnection,
		});
		this.lastOutcome = last instanceof PartnerError ? last.outcome : undefined;
	}

	/** The advice is about the earlier attempt, and so outlives this failure. */
	override advise(sentence: string): this {
		this.first.advise(sentence);
		return super.advise(sentence);
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
