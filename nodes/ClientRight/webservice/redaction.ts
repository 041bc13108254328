const MASK = '•••';
/** Shorter texts are no secrets, and would blot out half of every message. */
const SHORTEST_SECRET = 4;
const LONGEST_EXCERPT = 200;
/** A page has megabytes, and only its beginning is shown. */
const LOOKED_AT = 64 * 1024;

/** Takes what must not be seen out of a text that the CRM wrote: it may repeat what it was sent. */
export function redact(text: string, secrets: readonly string[]): string {
	return secrets
		.filter((secret) => secret.length >= SHORTEST_SECRET)
		.reduce((clean, secret) => clean.replaceAll(secret, MASK), text);
}

/**
 * Half an answer to a login holds a session that nobody knows yet, and PHP's dumps show variables.
 * What follows such a name and a `:`, `=` or `=>` is a secret.
 */
const NAMED_SECRET =
	/(sessionname|sessionid|token|accesskey)(["'\]\s]*(?::|=>?|=&gt;)\s*["']?)[^\s"'<>,)]+/gi;

/** Without its end a tag goes on to the end of the page: searched for again and again, it would cost minutes. */
const SCRIPT = /<(script|style)\b[\s\S]*?(?:<\/\1>|$)/gi;
const TAG = /<[a-z/!?][^>]*(?:>|$)/gi;

/** The beginning of a page or a PHP error, without its tags, for a person to recognise it. */
export function excerpt(text: string, secrets: readonly string[]): string {
	const words = redact(text, secrets)
		.slice(0, LOOKED_AT)
		.replace(NAMED_SECRET, `$1$2${MASK}`)
		.replace(SCRIPT, ' ')
		.replace(TAG, ' ')
		.replace(/\s+/g, ' ')
		.trim();
	return words.length > LONGEST_EXCERPT ? `${words.slice(0, LONGEST_EXCERPT)}…` : words;
}
