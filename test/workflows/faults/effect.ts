/** What became of a request that a fault struck, as far as it can be known from outside. */
export type Effect =
	/** No request left n8n. */
	| 'notSent'
	/** Somebody answered that it was not done, before the partner had it. */
	| 'keptOff'
	/** The partner may have done it, and the answer says nothing. */
	| 'lost'
	/** As `lost`, and as a partner looks that refuses the sender: asking again may get it banned. */
	| 'refusal'
	/** The partner does not accept the sender and did nothing: asking again may get it banned. */
	| 'barred'
	/** The answer is good all the same. */
	| 'usable'
	/** Whether the answer is good depends on what is in it. */
	| 'either'
	/** The user stopped the execution. */
	| 'stopped';

/** Nobody can know from outside whether the partner has done it. */
export const UNCLEAR: readonly Effect[] = ['lost', 'refusal', 'either', 'stopped'];
