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
